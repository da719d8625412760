import assert from "node:assert/strict";
import { afterSecondRun, failedFiles, mayRunAgain } from "./again.ts";
import { tallyOf } from "./tally.ts";

const OUTPUT = `
 ERRORS 

a page costs little => ./tests/dashboard/cost_test.ts:152:6
error: AssertionError: 0.04 with

a call ... a step => ./tests/interop/call_test.ts:9:1
error: Error: nothing heard

 FAILURES 

a page costs little => ./tests/dashboard/cost_test.ts:152:6
a call ... a step => ./tests/interop/call_test.ts:9:1
a call => ./tests/interop/call_test.ts:3:1

FAILED | 4 passed (26 steps) | 2 failed (1 step) (1m56s)

error: Test failed
`;

Deno.test("failedFiles names each file with failures once", () => {
  const outcome = { code: 1, output: OUTPUT };
  assert.deepEqual(failedFiles(outcome, tallyOf(outcome)), [
    "./tests/dashboard/cost_test.ts",
    "./tests/interop/call_test.ts",
  ]);
});

Deno.test("failedFiles has nothing of a run that passed, was cut off, or failed outside its tests", () => {
  const passed = { code: 0, output: "ok | 6 passed | 0 failed (3ms)\n" };
  assert.deepEqual(failedFiles(passed, tallyOf(passed)), []);
  const cut = { code: 143, output: OUTPUT };
  assert.deepEqual(failedFiles(cut, tallyOf(cut)), []);
  const uncaught = { code: 1, output: OUTPUT.replace("2 failed", "5 failed") };
  assert.deepEqual(failedFiles(uncaught, tallyOf(uncaught)), []);
  const other = { code: 1, output: "9 passed, 1 failed\n" };
  assert.deepEqual(failedFiles(other, tallyOf(other)), []);
});

Deno.test("afterSecondRun counts as failed what failed again, or cannot be run at all", () => {
  const first = { passed: 4, failed: 2, skipped: 1 };
  const again = (failed: number) => afterSecondRun(first, { passed: 3, failed, skipped: 0 });
  assert.deepEqual(again(0), { passed: 6, failed: 0, skipped: 1 });
  assert.deepEqual(again(1), { passed: 5, failed: 1, skipped: 1 });
  assert.deepEqual(again(9), { passed: 4, failed: 2, skipped: 1 });
});

Deno.test("mayRunAgain says yes to failures that a program has counted, and to nothing else", () => {
  const yes = (output: string) => mayRunAgain({ code: 1, output });
  assert.equal(yes("FAIL  steer: a port is free\n310 passed, 1 failed\n"), true);
  assert.equal(yes("FAIL the call is heard\n52 passed, 1 failed, 0 skipped\n"), true);
  // a leak, found after the last test
  assert.equal(yes("311 passed, 0 failed\nERROR: LeakSanitizer\n"), false);
  // ended by what it did
  assert.equal(yes("ERROR: AddressSanitizer: heap-use-after-free\n"), false);
  const panic = "The machine ended before the tests did, or took too long\n";
  assert.equal(yes(`${panic}0 passed, 1 failed, 0 skipped\n`), false);
  const complaint = "FAIL the kernel has nothing to complain about\n";
  assert.equal(yes(`${complaint}51 passed, 1 failed, 0 skipped\n`), false);
});
