/**
 * How every engine opens and closes ports.
 *
 * @module
 */

import assert from "node:assert/strict";
import { FakeClock } from "../../src/core/clock.ts";
import { type LocalAddress, MediaRelay, PortsExhausted } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { bridge, passes } from "./forwarding.ts";
import { type Bench, openPort, rule } from "./harness.ts";
import { rtp } from "./packets.ts";

/** The even port of a pair that nobody has. */
function freePair(bench: Bench): number {
  for (;;) {
    const { slot, local } = openPort(bench);
    const other = bench.engine.open({ ...local, port: local.port ^ 1 });
    bench.engine.close(slot);
    if (typeof other !== "number") continue;
    bench.engine.close(other);
    return local.port & ~1;
  }
}

/** The cases. */
export const openingCases: readonly Case[] = [
  {
    name: "says why a port cannot be had",
    maxSlots: 2,
    async run(bench) {
      const port = openPort(bench);
      assert.equal(bench.engine.open(port.local), "in-use");
      const elsewhere = { family: 4, address: "192.0.2.77", port: 20000 } as const;
      assert.equal(bench.engine.open(elsewhere), "no-address");
      const taken = openPort(bench);
      bench.engine.close(taken.slot);
      await bench.occupy(taken.local.port);
      assert.equal(bench.engine.open(taken.local), "in-use");
      const last = openPort(bench);
      assert.equal(bench.engine.open({ ...last.local, port: 19999 }), "no-slot");
    },
  },
  {
    name: "opens a port again after it was closed, with fresh counters and no rule",
    async run(bench) {
      const between = await bridge(bench);
      await passes(between, rtp(1));
      const { a, portA } = between;
      bench.engine.close(portA.slot);
      assert.equal(bench.engine.counters(portA.slot).rxPackets, 1, "readable after closing");
      const again = bench.engine.open(portA.local);
      assert.ok(typeof again === "number");
      const fresh = bench.engine.counters(again);
      assert.deepEqual([fresh.rxPackets, fresh.remote, fresh.ssrcs], [0, undefined, []]);
      await a.send(portA.local, rtp(2));
      await bench.until("it has no rule", () => bench.engine.counters(again).dropNoRule === 1);
    },
  },
  {
    name: "sends nothing through a port that was closed, nor through its successor in the slot",
    maxSlots: 3,
    async run(bench) {
      const between = await bridge(bench);
      const { a, portA, portB } = between;
      bench.engine.close(portB.slot);
      const spare = openPort(bench);
      const successor = openPort(bench);
      assert.equal(successor.slot, portB.slot, "three slots: the closed one comes round");
      const stranger = await bench.peer();
      bench.engine.setRule(successor.slot, rule({ remote: stranger.endpoint }));
      await a.send(portA.local, rtp(1));
      const counters = () => bench.engine.counters(portA.slot);
      await bench.until("it goes nowhere", () => counters().dropNoRule === 1);
      assert.equal(bench.engine.counters(successor.slot).txPackets, 0);
      assert.equal(bench.engine.counters(spare.slot).txPackets, 0);
    },
  },
  {
    name: "closes many at once, and what is closed already does no harm",
    run(bench) {
      const ports = Array.from({ length: 20 }, () => openPort(bench));
      bench.engine.close(...ports.map(({ slot }) => slot), ports[0]!.slot);
      bench.engine.close(ports[1]!.slot);
      for (const { local } of ports) assert.equal(typeof bench.engine.open(local), "number");
      assert.throws(() => bench.engine.setRule(1000, rule({})), RangeError);
      return Promise.resolve();
    },
  },
  {
    name: "has every slot left after 10,000 pairs were opened and closed",
    maxSlots: 8,
    run(bench) {
      const clock = new FakeClock();
      const local: LocalAddress = {
        name: "default",
        family: 4,
        address: "127.0.0.1",
        advertised: "127.0.0.1",
        advertisedFamily: 4,
        portMin: 18000,
        portMax: 18999,
      };
      const relay = new MediaRelay(bench.engine, clock, { addresses: [local] });
      for (let i = 0; i < 10_000; i++) {
        const pair = relay.openPair(local);
        bench.engine.setRule(
          pair.rtp.slot,
          rule({ outputs: [{ slot: pair.rtcp.slot, match: ["rtp"] }] }),
        );
        relay.closePair(pair);
        clock.advance(100);
      }
      assert.equal(relay.usage(local).used, 0);
      const pairs = Array.from({ length: 4 }, () => relay.openPair(local));
      assert.throws(() => relay.openPair(local), PortsExhausted);
      relay.closePairs(pairs);
      return Promise.resolve();
    },
  },
  {
    name: "keeps a closed pair from everybody until it has rested",
    async run(bench) {
      const clock = new FakeClock();
      const first = freePair(bench);
      const local: LocalAddress = {
        name: "default",
        family: 4,
        address: "127.0.0.1",
        advertised: "127.0.0.1",
        advertisedFamily: 4,
        portMin: first,
        portMax: first + 1,
      };
      const relay = new MediaRelay(bench.engine, clock, { addresses: [local] });
      const old = relay.openPair(local);
      const peer = await bench.peer();
      relay.closePair(old);
      clock.advance(4999);
      assert.throws(() => relay.openPair(local), PortsExhausted);
      // a late packet of the old call meets nobody
      await peer.send({ family: 4, address: "127.0.0.1", port: first }, rtp(1)).catch(() => {});
      clock.advance(1);
      const fresh = relay.openPair(local);
      assert.equal(fresh.rtp.port, first);
      assert.equal(bench.engine.counters(fresh.rtp.slot).rxPackets, 0);
    },
  },
];
