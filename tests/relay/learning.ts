/**
 * How every engine finds the remote endpoint, and whom it listens to afterwards.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Endpoint } from "../../src/core/endpoint.ts";
import type { Rule } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { bridge, passes } from "./forwarding.ts";
import { type Bench, openPort, type Peer, type Port, rule } from "./harness.ts";
import { rtp } from "./packets.ts";

/** Long enough for several packets on a busy machine, short enough to wait for. */
const WINDOW = 600;

interface Learning {
  readonly port: Port;
  /** Sends through the port and waits until it is counted. */
  hear(peer: Peer): Promise<void>;
  /** Where packets for the port's peer go now. */
  remote(): Endpoint | undefined;
  readonly state: () => { confirmed: boolean; learned: boolean };
}

function learn(bench: Bench, parts: Partial<Rule>): Learning {
  const port = openPort(bench);
  bench.engine.setRule(port.slot, rule({ learnMs: WINDOW, ...parts }));
  const count = () => bench.engine.counters(port.slot);
  let sent = 0;
  return {
    port,
    async hear(peer) {
      await peer.send(port.local, rtp(++sent));
      await bench.until("the packet is counted", () => count().rxPackets === sent);
    },
    remote: () => count().remote,
    state: () => ({ confirmed: count().confirmed, learned: count().learned }),
  };
}

const nowhere: Endpoint = { family: 4, address: "127.0.0.9", port: 9 };

/** The cases. */
export const learningCases: readonly Case[] = [
  {
    name: "never learns when learning is off",
    async run(bench) {
      const { hear, remote, state } = learn(bench, { remote: nowhere, learning: "off" });
      assert.deepEqual(state(), { confirmed: true, learned: false });
      await hear(await bench.peer());
      assert.deepEqual(remote(), nowhere);
      assert.deepEqual(state(), { confirmed: true, learned: false });
    },
  },
  {
    name: "learns from the first packet when learning is immediate, and only from it",
    async run(bench) {
      const { hear, remote, state } = learn(bench, { remote: nowhere, learning: "immediate" });
      const [first, second] = [await bench.peer(), await bench.peer()];
      assert.deepEqual(state(), { confirmed: false, learned: false });
      await hear(first);
      assert.deepEqual(state(), { confirmed: true, learned: true });
      await hear(second);
      assert.deepEqual(remote(), first.endpoint);
    },
  },
  {
    name: "follows every packet while learning is delayed; the last one of the window wins",
    async run(bench) {
      const { hear, remote, state } = learn(bench, { remote: nowhere, learning: "delayed" });
      const [first, second] = [await bench.peer(), await bench.peer()];
      await hear(first);
      assert.deepEqual(remote(), first.endpoint);
      await hear(second);
      assert.deepEqual(remote(), second.endpoint);
      assert.deepEqual(state(), { confirmed: false, learned: true });
      await bench.pass(WINDOW + 50);
      await hear(first);
      assert.deepEqual(remote(), second.endpoint);
      assert.deepEqual(state(), { confirmed: true, learned: true });
    },
  },
  {
    name: "learns from who sends first only after the window",
    async run(bench) {
      const { hear, remote, state } = learn(bench, { remote: nowhere, learning: "delayed" });
      await bench.pass(WINDOW + 50);
      const late = await bench.peer();
      await hear(late);
      assert.deepEqual(remote(), late.endpoint);
      assert.deepEqual(state(), { confirmed: true, learned: true });
    },
  },
  {
    name: "takes the best match in heuristic mode and an exact one at once",
    async run(bench) {
      const [stranger, exact] = [await bench.peer("127.0.0.2"), await bench.peer()];
      const neighbour = await bench.peer();
      const { hear, remote, state } = learn(bench, {
        remote: exact.endpoint,
        learning: "heuristic",
      });
      await hear(stranger);
      assert.deepEqual(remote(), stranger.endpoint);
      await hear(neighbour); // the signalled address, another port
      assert.deepEqual(remote(), neighbour.endpoint);
      await hear(stranger);
      assert.deepEqual(remote(), neighbour.endpoint);
      assert.deepEqual(state(), { confirmed: false, learned: true });
      await hear(exact);
      assert.deepEqual(remote(), exact.endpoint);
      assert.deepEqual(state(), { confirmed: true, learned: true });
    },
  },
  {
    name: "keeps what it learned under a new rule unless told to learn anew or to go elsewhere",
    async run(bench) {
      const peer = await bench.peer();
      const before = rule({ remote: nowhere, learning: "immediate" });
      const { port, hear, remote } = learn(bench, before);
      await hear(peer);
      bench.engine.setRule(port.slot, { ...before, punt: ["stun"] });
      assert.deepEqual(remote(), peer.endpoint);
      bench.engine.setRule(port.slot, { ...before, relearn: true });
      assert.deepEqual(remote(), nowhere);
      await hear(peer);
      assert.deepEqual(remote(), peer.endpoint);
      const elsewhere = { ...nowhere, port: 10 };
      bench.engine.setRule(port.slot, { ...before, remote: elsewhere });
      assert.deepEqual(remote(), elsewhere);
    },
  },
  {
    name: "D2-5 drops packets from elsewhere under strict source",
    async run(bench) {
      const between = await bridge(bench, { sourceAction: "drop" });
      const stranger = await bench.peer();
      await stranger.send(between.portA.local, rtp(1));
      await passes(between, rtp(2));
      const { dropSource, rxErrors, lastRx } = bench.engine.counters(between.portA.slot);
      assert.deepEqual([dropSource, rxErrors], [1, 1]);
      assert.ok(lastRx > 0);
    },
  },
  {
    name: "forwards packets from elsewhere without strict source, and stays with its peer",
    async run(bench) {
      const between = await bridge(bench);
      const stranger = await bench.peer();
      await stranger.send(between.portA.local, rtp(1));
      assert.deepEqual((await between.b.next()).payload, rtp(1));
      assert.deepEqual(
        bench.engine.counters(between.portA.slot).remote,
        between.a.endpoint,
      );
    },
  },
  {
    name: "follows a new source at once under media handover",
    async run(bench) {
      const parts = { remote: nowhere, learning: "immediate", sourceAction: "handover" } as const;
      const { hear, remote } = learn(bench, parts);
      const [first, second] = [await bench.peer(), await bench.peer()];
      await hear(first);
      await hear(second);
      assert.deepEqual(remote(), second.endpoint);
    },
  },
  {
    name: "learns nothing from packets that are not media",
    async run(bench) {
      const port = openPort(bench);
      const peer = await bench.peer();
      bench.engine.setRule(port.slot, rule({ remote: nowhere, learning: "immediate" }));
      await peer.send(port.local, new Uint8Array([0x80, 8, 0]));
      await bench.until("it is dropped", () => bench.engine.counters(port.slot).rxErrors === 1);
      assert.deepEqual(bench.engine.counters(port.slot).remote, nowhere);
      assert.equal(bench.engine.lastRx(port.slot), 0);
    },
  },
  {
    name: "sends to the learned endpoint from the next packet on",
    async run(bench) {
      const { a, b, portA, portB } = await bridge(bench, { learning: "immediate" });
      const moved = await bench.peer();
      await moved.send(portB.local, rtp(1));
      assert.deepEqual((await a.next()).payload, rtp(1));
      await a.send(portA.local, rtp(2));
      assert.deepEqual((await moved.next()).payload, rtp(2));
      assert.notDeepEqual(bench.engine.counters(portB.slot).remote, b.endpoint);
    },
  },
];
