/**
 * What every engine does with packets: which go where, and how they look when they leave.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Rule } from "../../src/relay/mod.ts";
import { type Bench, loopback, openPort, type Peer, type Port, rule } from "./harness.ts";
import { dtls, rtcp, rtp, stun } from "./packets.ts";
import type { Case } from "./case.ts";

/** Two ports that forward to each other, and the peers at their ends. */
export interface Bridge {
  readonly a: Peer;
  readonly b: Peer;
  /** Facing `a`. */
  readonly portA: Port;
  /** Facing `b`. */
  readonly portB: Port;
}

/** Builds a {@link Bridge} with known remote endpoints; `parts` overrides both rules. */
export async function bridge(
  bench: Bench,
  parts: Partial<Rule> = {},
  address = "127.0.0.1",
): Promise<Bridge> {
  const a = await bench.peer(address);
  const b = await bench.peer(address);
  const portA = openPort(bench, address);
  const portB = openPort(bench, address);
  const match = parts.opaque === true ? ["other"] as const : ["rtp", "rtcp"] as const;
  bench.engine.setRule(
    portA.slot,
    rule({ remote: a.endpoint, outputs: [{ slot: portB.slot, match }], ...parts }),
  );
  bench.engine.setRule(
    portB.slot,
    rule({ remote: b.endpoint, outputs: [{ slot: portA.slot, match }], ...parts }),
  );
  return { a, b, portA, portB };
}

/** Sends a packet through a bridge from `a` and expects it at `b`; what came before it was dropped. */
export async function passes({ a, b, portA, portB }: Bridge, packet: Uint8Array): Promise<void> {
  await a.send(portA.local, packet);
  const received = await b.next();
  assert.deepEqual(received.payload, packet);
  assert.deepEqual(received.source, portB.local);
}

async function bothWays(bench: Bench, address: string): Promise<void> {
  const between = await bridge(bench, {}, address);
  await passes(between, rtp(1));
  await between.b.send(between.portB.local, rtp(2));
  const back = await between.a.next();
  assert.deepEqual(back.payload, rtp(2));
  assert.deepEqual(back.source, between.portA.local);
}

/** The cases. */
export const forwardingCases: readonly Case[] = [
  {
    name: "forwards both ways over IPv4, from the local port the peer knows",
    run: (bench) => bothWays(bench, "127.0.0.1"),
  },
  {
    name: "forwards both ways over IPv6",
    needsIpv6: true,
    run: (bench) => bothWays(bench, "::1"),
  },
  {
    name: "forwards between IPv4 and IPv6",
    needsIpv6: true,
    async run(bench) {
      const [a, b] = [await bench.peer(loopback(4)), await bench.peer(loopback(6))];
      const [portA, portB] = [openPort(bench, loopback(4)), openPort(bench, loopback(6))];
      const toB = { slot: portB.slot, match: ["rtp"] as const };
      bench.engine.setRule(portA.slot, rule({ remote: a.endpoint, outputs: [toB] }));
      bench.engine.setRule(portB.slot, rule({ remote: b.endpoint }));
      await passes({ a, b, portA, portB }, rtp(1));
    },
  },
  {
    name: "copies to several outputs and to a fixed destination",
    async run(bench) {
      const { a, b, portA, portB } = await bridge(bench);
      const c = await bench.peer();
      const match = ["rtp"] as const;
      bench.engine.setRule(
        portA.slot,
        rule({
          remote: a.endpoint,
          outputs: [{ slot: portB.slot, match }, { slot: portB.slot, match, dst: c.endpoint }],
        }),
      );
      await a.send(portA.local, rtp(7));
      assert.deepEqual((await b.next()).payload, rtp(7));
      assert.deepEqual((await c.next()).payload, rtp(7));
    },
  },
  {
    name: "sends RTCP where the rule says when it is muxed with RTP",
    async run(bench) {
      const { a, b, portA, portB } = await bridge(bench);
      const c = await bench.peer();
      const portC = openPort(bench);
      bench.engine.setRule(portC.slot, rule({ remote: c.endpoint }));
      bench.engine.setRule(
        portA.slot,
        rule({
          remote: a.endpoint,
          rtcpMux: true,
          outputs: [{ slot: portB.slot, match: ["rtp"] }, { slot: portC.slot, match: ["rtcp"] }],
        }),
      );
      await a.send(portA.local, rtcp());
      await a.send(portA.local, rtp(1));
      assert.deepEqual((await b.next()).payload, rtp(1));
      const report = await c.next();
      assert.deepEqual(report.payload, rtcp());
      assert.deepEqual(report.source, portC.local);
    },
  },
  {
    name: "takes only RTCP on an RTCP port",
    async run(bench) {
      const between = await bridge(bench, { rtcpOnly: true });
      await between.a.send(between.portA.local, rtp(1));
      await passes(between, rtcp());
      assert.equal(bench.engine.counters(between.portA.slot).dropMalformed, 1);
    },
  },
  {
    name: "forwards anything on an opaque port",
    async run(bench) {
      const between = await bridge(bench, { opaque: true });
      await passes(between, new Uint8Array([0, 1, 2]));
      await passes(between, stun());
      await passes(between, rtp(1));
    },
  },
  {
    name: "rewrites the SSRC of the source it is told to, and of no other",
    async run(bench) {
      const { a, b, portA, portB } = await bridge(bench);
      bench.engine.setRule(
        portA.slot,
        rule({
          remote: a.endpoint,
          outputs: [{ slot: portB.slot, match: ["rtp"], ssrcIn: 1, ssrcOut: 0xfedcba98 }],
        }),
      );
      await a.send(portA.local, rtp(1, { ssrc: 1 }));
      assert.deepEqual((await b.next()).payload, rtp(1, { ssrc: 0xfedcba98 }));
      await a.send(portA.local, rtp(2, { ssrc: 2 }));
      assert.deepEqual((await b.next()).payload, rtp(2, { ssrc: 2 }));
    },
  },
  {
    name: "lets through only the payload types of the rule",
    async run(bench) {
      const between = await bridge(bench, { payloadTypes: [0, 101, 127] });
      await between.a.send(between.portA.local, rtp(1, { payloadType: 8 }));
      await passes(between, rtp(2, { payloadType: 127 }));
      await passes(between, rtp(3, { payloadType: 0 }));
      assert.equal(bench.engine.counters(between.portA.slot).dropFiltered, 1);
    },
  },
  {
    name: "drops what is not valid RTP or RTCP",
    async run(bench) {
      const between = await bridge(bench, { rtcpMux: true });
      const cutRtcp = rtcp();
      cutRtcp[0] = 0x81; // one report block that is not there
      const bad = [new Uint8Array([0x80]), rtp(1).subarray(0, 11), cutRtcp, stun(), dtls()];
      for (const packet of bad) await between.a.send(between.portA.local, packet);
      await passes(between, rtp(1));
      const { dropMalformed, rxErrors, rxPackets } = bench.engine.counters(between.portA.slot);
      assert.deepEqual([dropMalformed, rxErrors, rxPackets], [5, 5, 6]);
    },
  },
  {
    name: "sends nothing to a peer behind NAT before it has sent something",
    async run(bench) {
      const { a, b, portA, portB } = await bridge(bench, { waitInput: true });
      await a.send(portA.local, rtp(1));
      await bench.until(
        "the packet is dropped",
        () => bench.engine.counters(portA.slot).dropNoRule === 1,
      );
      await b.send(portB.local, rtp(2));
      assert.deepEqual((await a.next()).payload, rtp(2));
      await passes({ a, b, portA, portB }, rtp(3));
    },
  },
  {
    name: "drops everything under a blackhole and without a rule",
    async run(bench) {
      const between = await bridge(bench);
      const { a, portA } = between;
      const old = rule({
        remote: a.endpoint,
        outputs: [{ slot: between.portB.slot, match: ["rtp"] }],
      });
      const count = () => bench.engine.counters(portA.slot);
      bench.engine.setRule(portA.slot, { ...old, blackhole: true });
      await a.send(portA.local, rtp(1));
      await bench.until("it is swallowed", () => count().dropFiltered === 1);
      bench.engine.clearRule(portA.slot);
      await a.send(portA.local, rtp(2));
      await bench.until("it has no rule", () => count().dropNoRule === 1);
      bench.engine.setRule(portA.slot, old);
      await passes(between, rtp(3));
    },
  },
  {
    name: "sends from a port to an endpoint, to the remote one, or says that there is none",
    async run(bench) {
      const peer = await bench.peer();
      const port = openPort(bench);
      const payload = new Uint8Array([1, 2, 3]);
      assert.equal(bench.engine.send(port.slot, payload), false);
      assert.equal(bench.engine.send(port.slot, payload, peer.endpoint), true);
      assert.deepEqual(await peer.next(), { payload, source: port.local });
      bench.engine.setRule(port.slot, rule({ remote: peer.endpoint }));
      assert.equal(bench.engine.send(port.slot, rtp(9)), true);
      assert.deepEqual(await peer.next(), { payload: rtp(9), source: port.local });
    },
  },
  {
    name: "refuses rules that contradict themselves, and keeps the old one",
    async run(bench) {
      const between = await bridge(bench);
      const { portA, portB } = between;
      const to = (slot: number, parts = {}) => ({ slot, match: ["rtp"] as const, ...parts });
      const wrong: readonly Partial<Rule>[] = [
        { opaque: true, rtcpMux: true },
        { rtcpOnly: true, rtcpMux: true },
        { remote: { family: 6, address: "::1", port: 5000 } },
        { learnMs: 3_600_001 },
        { outputs: [to(900)] },
        { outputs: [{ slot: portB.slot, match: [] }] },
        { outputs: [to(portB.slot, { dst: { family: 6, address: "::1", port: 5000 } })] },
        { outputs: Array.from({ length: 33 }, () => to(portB.slot)) },
      ];
      for (const parts of wrong) {
        assert.throws(() => bench.engine.setRule(portA.slot, rule(parts)), Error);
      }
      await passes(between, rtp(1));
    },
  },
];
