import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { FakeEngine } from "./fake_engine.ts";
import type { RelayEvent, Rule, Slot } from "./types.ts";
import { rule as plain } from "./rule_test_support.ts";

const local: Endpoint = { family: 4, address: "192.0.2.1", port: 30000 };
const peer: Endpoint = { family: 4, address: "198.51.100.1", port: 5004 };
const PACKET = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 42]);

function rule(parts: Partial<Rule>): Rule {
  return plain({ learning: "immediate", ...parts });
}

function open(engine: FakeEngine, port: number): Slot {
  const slot = engine.open({ ...local, port });
  assert.ok(typeof slot === "number");
  return slot;
}

Deno.test("FakeEngine keeps what was sent, with source, destination and TOS", () => {
  const engine = new FakeEngine(new FakeClock());
  const [a, b] = [open(engine, 30000), open(engine, 30002)];
  const outputs = [
    { slot: b, match: ["rtp"] as const },
    { slot: b, match: ["rtp"] as const, dst: { ...peer, port: 9 }, tos: 184 },
  ];
  engine.setRule(b, rule({ remote: peer }));
  engine.setRule(a, rule({ outputs }));
  const heard: Endpoint[] = [];
  engine.onSent(({ destination }) => heard.push(destination));
  engine.inject(a, PACKET, peer, 32);
  const source = { ...local, port: 30002 };
  assert.deepEqual(engine.sent, [
    { slot: b, source, destination: peer, payload: PACKET, tos: 32 },
    { slot: b, source, destination: { ...peer, port: 9 }, payload: PACKET, tos: 184 },
  ]);
  assert.equal(heard.length, 2);
});

Deno.test("FakeEngine takes packets by slot or by local endpoint, and none for closed ports", () => {
  const engine = new FakeEngine(new FakeClock());
  const slot = open(engine, 30000);
  engine.setRule(slot, rule({}));
  engine.inject(slot, PACKET, peer);
  engine.inject(local, PACKET, peer);
  engine.inject({ ...local, port: 30002 }, PACKET, peer);
  engine.close(slot);
  engine.inject(slot, PACKET, peer);
  engine.inject(local, PACKET, peer);
  assert.equal(engine.counters(slot).rxPackets, 2);
});

Deno.test("FakeEngine keeps its own copies of payloads", () => {
  const engine = new FakeEngine(new FakeClock());
  const slot = open(engine, 30000);
  const events: RelayEvent[] = [];
  engine.onEvent((event) => events.push(event));
  engine.setRule(slot, rule({ punt: ["rtp"], remote: peer, learning: "off" }));
  const payload = PACKET.slice();
  engine.inject(slot, payload, peer);
  engine.send(slot, payload);
  payload.fill(0);
  assert.ok(events[0]?.type === "punt");
  assert.deepEqual(events[0].payload, PACKET);
  assert.deepEqual(engine.sent[0]?.payload, PACKET);
});

Deno.test("FakeEngine tells times by its clock", () => {
  const clock = new FakeClock(1000);
  const engine = new FakeEngine(clock);
  const slot = open(engine, 30000);
  engine.setRule(slot, rule({}));
  clock.advance(500);
  engine.inject(slot, PACKET, peer);
  assert.deepEqual([engine.lastRx(slot), engine.counters(slot).lastRx], [1500, 1500]);
});

Deno.test("FakeEngine lets others hold ports", () => {
  const engine = new FakeEngine(new FakeClock(), { maxSlots: 1, addresses: ["192.0.2.1"] });
  engine.occupy(local);
  assert.equal(engine.open(local), "in-use");
  engine.vacate(local);
  assert.equal(engine.open({ ...local, address: "192.0.2.2" }), "no-address");
  assert.equal(engine.open(local), 0);
  assert.equal(engine.open({ ...local, port: 1 }), "no-slot");
  assert.equal(engine.openSlots, 1);
});

Deno.test("FakeEngine sends to no address that is no destination", () => {
  const engine = new FakeEngine(new FakeClock());
  const slot = open(engine, 30000);
  for (const address of ["0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1"]) {
    assert.equal(engine.send(slot, PACKET, { ...peer, address }), false, address);
  }
  assert.equal(engine.send(slot, PACKET, { ...peer, port: 0 }), false);
  assert.equal(engine.send(slot, PACKET, { family: 6, address: "2001:db8::1", port: 9 }), false);
  assert.deepEqual(engine.sent, []);
});

Deno.test("FakeEngine after shutdown has nothing open and tells nothing", () => {
  const engine = new FakeEngine(new FakeClock());
  const slot = open(engine, 30000);
  engine.onEvent(() => assert.fail("an event after shutdown"));
  engine.setRule(slot, rule({}));
  engine.shutdown();
  engine.inject(slot, PACKET, peer);
  assert.equal(engine.openSlots, 0);
  assert.throws(() => engine.setRule(slot, rule({})), /slot 0 is not open/);
});
