/**
 * Tests that depend on the time a machine has for them get a second run, alone, before they count as failed;
 * whoever needed it is named, so that it is not forgotten.
 *
 * @module
 */

import type { Outcome } from "./proc.ts";
import type { Tally } from "./tally.ts";

/** More files than that with failures are not bad luck. */
export const MOST_FILES = 3;

/**
 * The test files that a run of `deno test` names as those with failures, in order, each once. Empty when it
 * was cut off, or failed in a way it does not name a test for: a second run would not show anything.
 */
export function failedFiles(outcome: Outcome, tally: Tally): readonly string[] {
  // deno-lint-ignore no-control-regex
  const plain = outcome.output.replace(/\x1b\[[0-9;]*m/g, "");
  const from = plain.lastIndexOf("\n FAILURES ");
  if (from < 0 || outcome.code !== 1 || tally.failed === 0) return [];
  const places = [...plain.slice(from).matchAll(/ => (?:file:\/\/)?(\S+_test\.ts):\d+:\d+$/gm)];
  // a test with failed steps is named by each of them, never less than once
  if (places.length < tally.failed) return [];
  return [...new Set(places.map(([, file = ""]) => file))];
}

/**
 * Whether a suite that is one program, or one virtual machine, may be run again: it came to its end and counts
 * failures of its own tests. What a sanitizer or the kernel has found, and what ended it, is true even if it
 * does not happen twice.
 */
export function mayRunAgain({ output }: Outcome): boolean {
  const counted = /^\d+ passed, [1-9]\d* failed/m.test(output);
  const ended = /^The machine ended before the tests did/m.test(output);
  const complaint = /^FAIL +the kernel has nothing to complain about/m.test(output);
  return counted && !ended && !complaint;
}

/** What counts when the files with failures were run again: those that failed then. */
export function afterSecondRun(first: Tally, second: Tally): Tally {
  const failed = Math.min(first.failed, second.failed);
  return { passed: first.passed + first.failed - failed, failed, skipped: first.skipped };
}
