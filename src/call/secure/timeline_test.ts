import assert from "node:assert/strict";
import { MAX_STEPS, type SecureStep, SecureTimeline } from "./timeline.ts";

function step(at: number, text = `step ${at}`): SecureStep {
  return { at, protocol: "ICE", text, failed: false };
}

Deno.test("SecureTimeline keeps how it began and what came last", () => {
  const timeline = new SecureTimeline();
  for (let at = 0; at < 100; at++) timeline.add(step(at));
  const times = timeline.steps.map(({ at }) => at);
  assert.equal(times.length, MAX_STEPS);
  assert.deepEqual(times.slice(0, 11), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70]);
  assert.equal(times.at(-1), 99);
});

Deno.test("SecureTimeline takes the same step in a row for one", () => {
  const timeline = new SecureTimeline();
  timeline.add(step(1, "connected"));
  timeline.add(step(2, "connected"));
  timeline.add({ ...step(3, "connected"), protocol: "DTLS" });
  assert.deepEqual(timeline.steps.map(({ at }) => at), [1, 3]);
});
