import assert from "node:assert/strict";
import { tallyOf } from "./tally.ts";

Deno.test("tallyOf reads the closing line of deno test", () => {
  const output = "running 3 tests\n\nok | 6 passed (4 steps) | 0 failed | 2 ignored (360ms)\n";
  assert.deepEqual(tallyOf({ code: 0, output }), { passed: 6, failed: 0, skipped: 2 });
});

Deno.test("tallyOf reads failures and colours", () => {
  const output = "\x1b[0m\x1b[31mFAILED\x1b[0m | 1 passed | 2 failed (66ms)\n";
  assert.deepEqual(tallyOf({ code: 1, output }), { passed: 1, failed: 2, skipped: 0 });
});

Deno.test("tallyOf adds up the closing lines of several C programs", () => {
  const output = "5 passed, 0 failed\nconformance: 7 passed, 1 failed, 2 skipped\n";
  assert.deepEqual(tallyOf({ code: 1, output }), { passed: 12, failed: 1, skipped: 2 });
});

Deno.test("tallyOf counts an error exit and a silent run as one failure", () => {
  assert.equal(tallyOf({ code: 1, output: "9 passed, 0 failed\n" }).failed, 1);
  assert.equal(tallyOf({ code: 0, output: "" }).failed, 1);
});
