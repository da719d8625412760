import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const SOURCE = { family: 4, address: "198.51.100.1", port: 4000 } as const;

function packet(): Uint8Array {
  const bytes = new Uint8Array(172);
  bytes[0] = 0x80;
  return bytes;
}

/** Lets time pass in steps of a second, with a tick at each. */
function pass(bench: Bench, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    bench.clock.advance(1000);
    bench.service.tick();
  }
}

Deno.test("CallTimers ends a call without packets after timeout", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  pass(bench, 59);
  assert.equal(bench.service.registry.size, 1);
  pass(bench, 1);
  assert.deepEqual(bench.events.at(-1), "closed c timeout");
  assert.equal(bench.engine.openSlots, 0);
});

Deno.test("CallTimers counts from the last packet or message", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  const answered = bench.answer(B + AUDIO_B);
  pass(bench, 50);
  bench.engine.inject(bench.slot(answered), packet(), SOURCE);
  pass(bench, 50);
  assert.equal(bench.service.registry.size, 1);
  bench.offer(A + AUDIO);
  pass(bench, 50);
  assert.equal(bench.service.registry.size, 1);
  pass(bench, 11);
  assert.deepEqual(bench.events.at(-1), "closed c timeout");
});

Deno.test("CallTimers gives calls on hold the silent timeout", () => {
  const bench = new Bench({ settings: { silentTimeout: 100 } });
  const hold = (text: string) => text.replace("sendrecv", "inactive");
  bench.offer(A + hold(AUDIO));
  bench.answer(B + hold(AUDIO_B));
  pass(bench, 99);
  assert.equal(bench.service.registry.size, 1);
  pass(bench, 1);
  assert.deepEqual(bench.events.at(-1), "closed c silent_timeout");
});

Deno.test("CallTimers gives offers without an answer the offer timeout", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  pass(bench, 119);
  assert.equal(bench.service.registry.size, 1);
  pass(bench, 1);
  assert.deepEqual(bench.events.at(-1), "closed c offer_timeout");
});

Deno.test("CallTimers ends calls at the final timeout whatever they do", () => {
  const bench = new Bench({ settings: { finalTimeout: 90 } });
  bench.offer(A + AUDIO);
  const answered = bench.answer(B + AUDIO_B);
  const slot = bench.slot(answered);
  for (let i = 0; i < 89; i++) {
    pass(bench, 1);
    bench.engine.inject(slot, packet(), SOURCE);
  }
  assert.equal(bench.service.registry.size, 1);
  pass(bench, 1);
  assert.deepEqual(bench.events.at(-1), "closed c final_timeout");
});

Deno.test("CallTimers takes changed settings at once and 0 as never", () => {
  const bench = new Bench({ settings: { timeout: 0 } });
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  pass(bench, 200);
  assert.equal(bench.service.registry.size, 1);
  bench.settings.timeout = 60;
  pass(bench, 1);
  assert.equal(bench.service.registry.size, 0);
});

Deno.test("CallTimers removes a branch when its delay is over", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  bench.send("delete", { "call-id": "c", "via-branch": "b1", "delete-delay": 5 });
  const open = bench.relay.openPairs;
  pass(bench, 4);
  assert.equal(bench.relay.openPairs, open);
  pass(bench, 1);
  assert.equal(bench.relay.openPairs, open - 1);
  assert.equal(bench.service.registry.size, 1);
});

Deno.test("CallTimers is not misled by a step of the wall clock", () => {
  for (const step of [3_600_000, -3_600_000]) {
    const bench = new Bench();
    bench.offer(A + AUDIO);
    const answered = bench.answer(B + AUDIO_B);
    pass(bench, 50);
    bench.engine.inject(bench.slot(answered), packet(), SOURCE);
    bench.clock.step(step);
    pass(bench, 40);
    assert.equal(bench.service.registry.size, 1, "40 s after the packet");
    pass(bench, 90);
    assert.deepEqual(bench.events.at(-1), "closed c timeout");
  }
});

Deno.test("CallTimers waits for whoever was offered media and has not answered", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  bench.answer(B + AUDIO_B, { "via-branch": "b1" });
  pass(bench, 119);
  assert.equal(bench.service.registry.size, 1, "the other branch may still answer");
  pass(bench, 1);
  assert.deepEqual(bench.events.at(-1), "closed c timeout");
  const short = new Bench({ settings: { offerTimeout: 10 } });
  short.offer(A + AUDIO);
  pass(short, 59);
  assert.equal(short.service.registry.size, 1, "the offerer has the longer timeout");
  pass(short, 1);
  assert.deepEqual(short.events.at(-1), "closed c offer_timeout");
});

Deno.test("CallTimers gives an offer of held media the silent timeout", () => {
  const bench = new Bench({ settings: { silentTimeout: 30 } });
  bench.offer(A + AUDIO.replace("sendrecv", "inactive"));
  pass(bench, 30);
  assert.deepEqual(bench.events.at(-1), "closed c silent_timeout");
});

Deno.test("CallTimers does not count packets that are dropped on purpose", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "drop-traffic": "start" });
  const answered = bench.answer(B + AUDIO_B);
  for (let i = 0; i < 60; i++) {
    bench.engine.inject(bench.slot(answered), packet(), SOURCE);
    pass(bench, 1);
  }
  assert.deepEqual(bench.events.at(-1), "closed c timeout");
});

Deno.test("CallTimers leaves foreign calls to their owner, but for the final timeout", () => {
  const bench = new Bench({ settings: { finalTimeout: 300 } });
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  bench.service.setForeign(true);
  pass(bench, 100);
  assert.equal(bench.service.registry.size, 1);
  bench.service.setForeign(false);
  pass(bench, 59);
  assert.equal(bench.service.registry.size, 1, "time begins when it becomes our own");
  bench.service.setForeign(true);
  pass(bench, 141);
  assert.deepEqual(bench.events.at(-1), "closed c final_timeout");
});
