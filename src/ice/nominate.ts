/**
 * Regular nomination (RFC 8445 section 8.1.1).
 *
 * @module
 */

import type { Pair } from "./pair.ts";
import type { Component } from "./types.ts";

/**
 * The pair of a component that the agent in control nominates (RFC 8445 section 8.1.1): the best one that
 * works, once nothing better is left to be tried, or has been waited for long enough.
 *
 * @param deadline a pair that worked before this moment is not kept waiting any longer
 */
export function pairToNominate(
  pairs: Iterable<Pair>,
  component: Component,
  deadline: number,
): Pair | undefined {
  const own = [...pairs].filter((pair) => pair.component === component);
  const working = own.filter(({ state }) => state === "succeeded");
  const best = working.reduce<Pair | undefined>(
    (a, b) => a !== undefined && a.priority(true) >= b.priority(true) ? a : b,
    undefined,
  );
  if (best === undefined) return undefined;
  const pending = own.some((pair) =>
    pair.state !== "failed" && pair.state !== "succeeded" &&
    pair.priority(true) > best.priority(true)
  );
  const waited = working.some(({ succeeded }) => succeeded <= deadline);
  return !pending || waited ? best : undefined;
}

/** Whether a pair of the component is being nominated. */
export function isNominating(pairs: Iterable<Pair>, component: Component): boolean {
  for (const pair of pairs) {
    if (pair.component === component && pair.check?.useCandidate) return true;
  }
  return false;
}

/** Monotonic ms at which a pair of the component worked for the first time; Infinity = none does. */
export function firstSuccess(pairs: Iterable<Pair>, component: Component): number {
  let first = Infinity;
  for (const pair of pairs) {
    if (pair.component === component && pair.state === "succeeded") {
      first = Math.min(first, pair.succeeded);
    }
  }
  return first;
}
