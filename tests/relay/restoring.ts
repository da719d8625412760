/**
 * How every engine goes on after a restart.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { SlotCounters } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { type Bridge, bridge, passes } from "./forwarding.ts";
import { type Bench, openPort, rule } from "./harness.ts";
import { rtp } from "./packets.ts";

/** What a call's port counted and learned: the peer talks from elsewhere than it signalled. */
async function livedThrough(bench: Bench): Promise<{ before: Bridge; past: SlotCounters }> {
  const before = await bridge(bench, { learning: "immediate" });
  for (const sequence of [65534, 65535, 1]) await passes(before, rtp(sequence));
  await before.b.send(before.portB.local, rtp(1));
  await before.a.next();
  const past = () => bench.engine.counters(before.portA.slot);
  await bench.until("all is counted", () => past().txPackets === 1);
  return { before, past: past() };
}

/** The cases. */
export const restoringCases: readonly Case[] = [
  {
    name: "goes on counting from what a port counted before",
    async run(bench) {
      const { before: { a }, past } = await livedThrough(bench);
      const port = openPort(bench);
      bench.engine.restore(port.slot, past);
      assert.deepEqual(bench.engine.counters(port.slot), past);
      assert.equal(bench.engine.lastRx(port.slot), past.lastRx);
      bench.engine.setRule(port.slot, rule({ learning: "immediate" }));
      await a.send(port.local, rtp(3));
      await bench.until(
        "one more came",
        () => bench.engine.counters(port.slot).rxPackets === past.rxPackets + 1,
      );
      const { ssrcs, txPackets, rxBytes } = bench.engine.counters(port.slot);
      assert.deepEqual([txPackets, rxBytes], [1, 4 * 172]);
      const [source] = ssrcs;
      assert.deepEqual([source?.packets, source?.payloadBytes, source?.lost], [4, 640, 2]);
      assert.deepEqual([source?.cycles, source?.maxSequence, source?.resets], [1, 3, 0]);
      assert.equal(source?.first, past.ssrcs[0]?.first);
    },
  },
  {
    name: "keeps the remote endpoint of before, unless the rule learns anew",
    async run(bench) {
      const { past } = await livedThrough(bench);
      const signalled = { family: 4, address: "127.0.0.9", port: 9 } as const;
      const remoteAfter = (parts: Parameters<typeof rule>[0]) => {
        const { slot } = openPort(bench);
        bench.engine.restore(slot, past);
        bench.engine.setRule(slot, rule({ remote: signalled, ...parts }));
        const { remote, learned, confirmed } = bench.engine.counters(slot);
        return [remote, learned, confirmed];
      };
      const kept = [past.remote, true, true];
      assert.deepEqual(remoteAfter({ learning: "heuristic" }), kept);
      assert.deepEqual(remoteAfter({ learning: "delayed" }), kept);
      const anew = [signalled, false, false];
      assert.deepEqual(remoteAfter({ learning: "heuristic", relearn: true }), anew);
      assert.deepEqual(remoteAfter({ learning: "off" }), [signalled, false, true]);
    },
  },
  {
    name: "does not wait again for a peer behind NAT that was heard before",
    async run(bench) {
      const { before: { a, b, portB }, past } = await livedThrough(bench);
      const port = openPort(bench);
      bench.engine.restore(port.slot, past);
      bench.engine.setRule(port.slot, rule({ learning: "immediate", waitInput: true }));
      const outputs = [{ slot: port.slot, match: ["rtp"] as const }];
      bench.engine.setRule(portB.slot, rule({ remote: b.endpoint, outputs }));
      await b.send(portB.local, rtp(7));
      assert.deepEqual((await a.next()).source, port.local);
    },
  },
  {
    name: "restores a port once, before its first rule, and only what holds together",
    async run(bench) {
      const { past } = await livedThrough(bench);
      const { slot } = openPort(bench);
      const [source] = past.ssrcs;
      assert.ok(source !== undefined);
      const wrong: readonly Partial<SlotCounters>[] = [
        { rxPackets: -1 },
        { rxBytes: 2 ** 53 },
        { txPackets: 0.5 },
        { rxErrors: past.rxPackets + 1 },
        { dropSource: 2 ** 32 },
        { lastRx: NaN },
        { remote: undefined },
        { remote: { family: 6, address: "::1", port: 9 } },
        { ssrcs: Array.from({ length: 5 }, (_, ssrc) => ({ ...source, ssrc })) },
        { ssrcs: [source, source] },
        { ssrcs: [{ ...source, lost: -99 }] },
        { ssrcs: [{ ...source, clockRate: 0 }] },
        { ssrcs: [{ ...source, jitter: 1e9 }] },
        { ssrcs: [{ ...source, cycles: 0x10000 }] },
        { ssrcs: [{ ...source, payloadBytes: source.bytes + 1 }] },
      ];
      for (const parts of wrong) {
        assert.throws(() => bench.engine.restore(slot, { ...past, ...parts }), Error);
      }
      assert.equal(bench.engine.counters(slot).rxPackets, 0);
      bench.engine.restore(slot, past);
      assert.throws(() => bench.engine.restore(slot, past), /in use/);
      const other = openPort(bench).slot;
      bench.engine.setRule(other, rule({}));
      assert.throws(() => bench.engine.restore(other, past), /in use/);
      bench.engine.close(slot);
      assert.throws(() => bench.engine.restore(slot, past), /not open/);
    },
  },
];
