/**
 * What every engine tells: counters and events.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PacketClass, RelayEvent } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { bridge, passes } from "./forwarding.ts";
import { type Bench, openPort, rule } from "./harness.ts";
import { dtls, rtcp, rtp, stun } from "./packets.ts";

type Punt = Extract<RelayEvent, { type: "punt" }>;

function punts(bench: Bench, kind: PacketClass): Punt[] {
  return bench.events.filter((event) => event.type === "punt" && event.class === kind) as Punt[];
}

/** The cases. */
export const reportingCases: readonly Case[] = [
  {
    name: "counts packets and bytes on both sides",
    async run(bench) {
      const between = await bridge(bench);
      for (let i = 0; i < 5; i++) await passes(between, rtp(i));
      const { portA, portB } = between;
      await bench.until("all are counted", () => bench.engine.counters(portB.slot).txPackets === 5);
      const received = bench.engine.counters(portA.slot);
      assert.deepEqual([received.rxPackets, received.rxBytes, received.rxErrors], [5, 860, 0]);
      assert.deepEqual([received.txPackets, received.txBytes], [0, 0]);
      assert.equal(received.lastRx, bench.engine.lastRx(portA.slot));
      const sent = bench.engine.counters(portB.slot);
      assert.deepEqual([sent.txPackets, sent.txBytes, sent.txErrors], [5, 860, 0]);
      assert.deepEqual([sent.rxPackets, sent.lastRx], [0, 0]);
      assert.ok(sent.lastTx > 0);
    },
  },
  {
    name: "counts loss, duplicates and late packets per SSRC",
    async run(bench) {
      const between = await bridge(bench);
      for (const sequence of [65533, 65534, 0, 0, 65535, 4]) await passes(between, rtp(sequence));
      await passes(between, rtp(9, { ssrc: 5, payloadType: 0 }));
      const { ssrcs } = bench.engine.counters(between.portA.slot);
      assert.equal(ssrcs.length, 2);
      const [first, second] = ssrcs;
      assert.equal(first?.ssrc, 0x11223344);
      assert.deepEqual([first.packets, first.bytes, first.payloadType], [6, 6 * 172, 8]);
      assert.equal(first.payloadBytes, 6 * 160);
      assert.ok(first.first > 1.6e12 && first.first <= first.last, `${first.first} ${first.last}`);
      assert.deepEqual([first.duplicates, first.reordered, first.resets], [1, 1, 0]);
      // 65533..4 are eight, six came, one of them twice
      assert.deepEqual([first.maxSequence, first.lost, first.lastTimestamp], [4, 2, 640]);
      assert.deepEqual([second?.ssrc, second?.packets, second?.lost], [5, 1, 0]);
    },
  },
  {
    name: "counts the first eight payload types",
    async run(bench) {
      const between = await bridge(bench);
      for (const [sequence, payloadType] of [8, 101, 8, 0, 9, 13, 96, 97, 98, 99, 8].entries()) {
        await passes(between, rtp(sequence, { payloadType }));
      }
      const { payloads } = bench.engine.counters(between.portA.slot);
      assert.deepEqual(payloads?.map(({ payloadType }) => payloadType), [
        8,
        101,
        0,
        9,
        13,
        96,
        97,
        98,
      ]);
      assert.deepEqual(payloads[0], { payloadType: 8, packets: 3, bytes: 3 * 172 });
      assert.deepEqual(payloads[1], { payloadType: 101, packets: 1, bytes: 172 });
      assert.deepEqual(bench.engine.counters(between.portB.slot).payloads, []);
    },
  },
  {
    name: "takes a restart of the sequence numbers as one, not as loss",
    async run(bench) {
      const between = await bridge(bench);
      for (const sequence of [100, 101, 30000, 30001, 30002]) await passes(between, rtp(sequence));
      const [source] = bench.engine.counters(between.portA.slot).ssrcs;
      assert.deepEqual([source?.packets, source?.lost, source?.resets], [5, 0, 1]);
      assert.equal(source?.maxSequence, 30002);
    },
  },
  {
    name: "measures jitter in the clock rate of the payload type",
    async run(bench) {
      const narrow = await bridge(bench);
      const wide = await bridge(bench);
      bench.engine.setClockRate(wide.portA.slot, 8, 48000);
      for (const between of [narrow, wide]) await passes(between, rtp(0));
      await bench.pass(60);
      // 60 ms by the clock: none by the first one's timestamps, 60 by the second one's
      for (const [between, timestamp] of [[narrow, 0], [wide, 2880]] as const) {
        const packet = rtp(1);
        new DataView(packet.buffer).setUint32(4, timestamp);
        await passes(between, packet);
      }
      const jitter = [narrow, wide].map(({ portA }) =>
        bench.engine.counters(portA.slot).ssrcs[0]?.jitter ?? NaN
      );
      // a sixteenth of the difference; were 48000 taken for 8000 it would be 18.75
      assert.ok(jitter[0]! > 3.5 && jitter[0]! < 40, `jitter of the first: ${jitter[0]} ms`);
      assert.ok(jitter[1]! >= 0 && jitter[1]! < 12, `jitter of the second: ${jitter[1]} ms`);
    },
  },
  {
    name: "tells when the remote endpoint is learned",
    async run(bench) {
      const port = openPort(bench);
      const peer = await bench.peer();
      bench.engine.setRule(port.slot, rule({ learning: "immediate" }));
      await peer.send(port.local, rtp(1));
      await bench.until("an event comes", () => bench.events.length === 1);
      const [event] = bench.events;
      assert.equal(event?.type, "remote");
      assert.deepEqual([event.slot, event.remote], [port.slot, peer.endpoint]);
      assert.equal(event.confirmed, true);
      assert.ok(event.time > 1.6e12, "wall-clock ms");
    },
  },
  {
    name: "hands up what the rule asks for, with payload and source",
    async run(bench) {
      const between = await bridge(bench, { punt: ["stun", "dtls", "rtcp"], rtcpMux: true });
      const { a, portA } = between;
      for (const packet of [stun(), dtls()]) await a.send(portA.local, packet);
      await passes(between, rtcp()); // handed up and forwarded
      await bench.until("three events come", () => bench.events.length === 3);
      for (
        const [kind, payload] of [["stun", stun()], ["dtls", dtls()], ["rtcp", rtcp()]] as const
      ) {
        const [punt] = punts(bench, kind);
        assert.ok(punt !== undefined, kind);
        assert.deepEqual([punt.slot, punt.source], [portA.slot, a.endpoint]);
        assert.deepEqual(punt.payload, payload);
      }
      const { punted, rxErrors } = bench.engine.counters(portA.slot);
      assert.deepEqual([punted, rxErrors], [3, 0]);
    },
  },
  {
    name: "hands up unknown SSRCs, filtered payload types and foreign sources when asked",
    async run(bench) {
      const between = await bridge(bench, {
        punt: ["unknown-ssrc", "filtered-pt", "bad-source"],
        payloadTypes: [8],
        sourceAction: "drop",
      });
      const { a, portA } = between;
      const stranger = await bench.peer();
      await passes(between, rtp(1));
      await a.send(portA.local, rtp(2, { payloadType: 9 }));
      await stranger.send(portA.local, rtp(3));
      await passes(between, rtp(4));
      await bench.until("three events come", () => bench.events.length === 3);
      assert.deepEqual(punts(bench, "unknown-ssrc")[0]?.payload, rtp(1));
      assert.deepEqual(punts(bench, "filtered-pt")[0]?.payload, rtp(2, { payloadType: 9 }));
      assert.deepEqual(punts(bench, "bad-source")[0]?.source, stranger.endpoint);
    },
  },
  {
    name: "keeps at most four sources",
    async run(bench) {
      const between = await bridge(bench);
      for (let ssrc = 1; ssrc <= 20; ssrc++) await passes(between, rtp(ssrc, { ssrc }));
      const { ssrcs, rxPackets } = bench.engine.counters(between.portA.slot);
      assert.equal(rxPackets, 20);
      assert.deepEqual(ssrcs.map(({ ssrc }) => ssrc), [1, 2, 3, 4]);
    },
  },
];
