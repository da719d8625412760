import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import type { SlotCounters } from "../relay/mod.ts";
import { Bench, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const RTP = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, ...new Array(20).fill(0xd5)]);
const LEARNED: Endpoint = { family: 4, address: "198.51.100.1", port: 4444 };
const PORT_OF_B: Endpoint = { family: 4, address: "198.51.100.2", port: 5000 };

interface Before {
  readonly bench: Bench;
  readonly offered: Reply;
  readonly answered: Reply;
  readonly text: string;
  readonly counters: ReadonlyMap<number, SlotCounters>;
}

/** A call in which `a` was found at another port than it said. */
function before(): Before {
  const bench = new Bench();
  const offered = bench.offer(A + AUDIO);
  const answered = bench.answer(B + AUDIO_B);
  bench.clock.advance(500);
  for (let i = 0; i < 3; i++) bench.engine.inject(bench.slot(answered), RTP, LEARNED);
  bench.clock.advance(4000);
  bench.engine.inject(bench.slot(answered), RTP, LEARNED);
  const [call] = bench.service.registry.calls();
  const slots = [...bench.engine.locals.keys()];
  return {
    bench,
    offered,
    answered,
    text: bench.service.snapshot(call!, "file"),
    counters: new Map(slots.map((slot) => [slot, bench.engine.counters(slot)])),
  };
}

function resume({ bench, text, counters }: Before, after = new Bench()): Bench {
  after.clock.step(bench.clock.wall() + 800 - after.clock.wall());
  // the step of the clock is the test's, not the world's
  after.service.tick();
  after.service.resume(text, (file, slot) => file === "file" ? counters.get(slot) : undefined);
  return after;
}

Deno.test("resumeCall goes on with ports, counters and learned endpoint", () => {
  const old = before();
  const after = resume(old);
  const slot = after.slot(old.answered);
  assert.deepEqual(after.engine.counters(slot).remote, LEARNED);
  assert.equal(after.engine.counters(slot).rxPackets, 4);
  // what b sends goes where a was found
  after.engine.inject(after.slot(old.offered), RTP, PORT_OF_B);
  assert.deepEqual(after.engine.sent.map(({ destination }) => destination), [LEARNED]);
  after.engine.inject(slot, RTP, LEARNED);
  assert.equal(after.engine.counters(slot).rxPackets, 5);
  assert.deepEqual(after.events, ["created c"]);
  assert.deepEqual(after.changes, ["c: a,b"]);
});

Deno.test("resumeCall does not open learning again", () => {
  const old = before();
  const after = resume(old);
  const slot = after.slot(old.answered);
  after.engine.inject(slot, RTP, { ...LEARNED, address: "192.0.2.66" });
  assert.deepEqual(after.engine.counters(slot).remote, LEARNED);
});

Deno.test("resumeCall gives a call that signalling works on", () => {
  const old = before();
  const after = resume(old);
  const again = after.offer(A + AUDIO, { "to-tag": "b" });
  assert.equal(after.slot(again), after.slot(old.offered));
  assert.equal(after.send("delete", { "call-id": "c", "from-tag": "a" }).result, "ok");
  assert.equal(after.engine.openSlots, 0);
});

Deno.test("resumeCall goes on from zero when the counters are lost", () => {
  const old = before();
  const after = resume({ ...old, counters: new Map() });
  const slot = after.slot(old.answered);
  assert.equal(after.engine.counters(slot).rxPackets, 0);
  after.engine.inject(slot, RTP, LEARNED);
  assert.equal(after.engine.counters(slot).rxPackets, 1);
});

Deno.test("resumeCall gives a silent call its whole time-out once more", () => {
  const after = resume(before());
  after.clock.advance(59_000);
  after.service.tick();
  assert.deepEqual(after.events, ["created c"]);
  after.clock.advance(2_000);
  after.service.tick();
  assert.deepEqual(after.events, ["created c", "closed c timeout"]);
});

Deno.test("resumeCall refuses a call-id that is taken, and text that is no call", () => {
  const old = before();
  const after = resume(old);
  const open = after.engine.openSlots;
  assert.throws(() => resume(old, after), /call-id already/);
  assert.equal(after.engine.openSlots, open);
  for (const text of ["", "null", "{}", "[]", '{"version":1,"nodes":[["call",{}]]}']) {
    assert.throws(() => after.service.resume(text, () => undefined), text);
  }
  assert.equal(after.engine.openSlots, open);
});

Deno.test("resumeCall brings a bundle back behind its one port", () => {
  const bench = new Bench();
  const section = (port: number, mid: string, type: number) =>
    `m=audio ${port} RTP/AVP ${type}\na=rtpmap:${type} PCMA/8000\na=mid:${mid}\n`;
  const bundled = `${A}a=group:BUNDLE a v\n` + section(4000, "a", 8) + section(4000, "v", 96);
  const plain = B + section(5000, "a", 8) + section(5002, "v", 96);
  bench.offer(bundled, { bundle: ["accept"] });
  const answered = bench.answer(plain);
  const [call] = bench.service.registry.calls();
  const text = bench.service.snapshot(call!, "file");
  const after = resume({ bench, offered: answered, answered, text, counters: new Map() });
  const outputs = (of: Bench) =>
    of.rule(answered)!.outputs.map((
      { slot, section },
    ) => [of.engine.locals.get(slot)?.port, section]);
  assert.deepEqual(outputs(after), outputs(bench));
  assert.equal(after.rule(answered)!.bundle?.sections.length, 2);
  after.offer(bundled, { "to-tag": "b" });
  const again = after.answer(plain);
  assert.equal(after.slot(again, 1), after.slot(answered, 0));
  after.send("delete", { "call-id": "c" });
  assert.equal(after.engine.openSlots, 0);
});
