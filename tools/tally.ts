/**
 * Reads how many tests ran out of what a test runner printed.
 *
 * @module
 */

import type { Outcome } from "./proc.ts";

/** Counts of tests. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Adds `part` to `total`. */
export function addTally(total: Tally, part: Tally): void {
  total.passed += part.passed;
  total.failed += part.failed;
  total.skipped += part.skipped;
}

/**
 * The tally of a run, from the last closing line of `deno test` (`ok | 6 passed (4 steps) | 0 failed | 2
 * ignored`) or of our C tests (`N passed, N failed, N skipped`). A run that exits with an error or ran
 * nothing counts at least one failure.
 */
export function tallyOf(outcome: Outcome): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  // deno-lint-ignore no-control-regex
  const plain = outcome.output.replace(/\x1b\[[0-9;]*m/g, "");
  const deno = [...plain.matchAll(
    /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/gm,
  )];
  const own = [...plain.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)];
  for (const match of deno.length > 0 ? deno : own) {
    tally.passed += Number(match[1]);
    tally.failed += Number(match[2]);
    tally.skipped += Number(match[3] ?? 0);
  }
  const silent = tally.passed + tally.failed + tally.skipped === 0;
  if (tally.failed === 0 && (outcome.code !== 0 || silent)) tally.failed = 1;
  return tally;
}
