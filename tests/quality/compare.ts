/**
 * Compares trees of numbers that were measured twice: the same keys in any order, equal values, except that
 * times may differ by what machines and networks do.
 *
 * @module
 */

import type { NgData } from "../support/mod.ts";

/** Values that say where and when, not what. */
const IGNORED =
  /^(created|created_us|created_ts|last signal|last packet|last user packet|local port|port)$/;
/** Microseconds. */
const ROUND_TRIP = /^round-trip time( leg)?$/;
const ROUND_TRIP_SLACK = 25_000;
/** What only one of the two has, and why is in docs/differences.md. */
const OURS = new Set(["in dialogue with", "payload types"]);
const THEIRS = new Set(["kernelized", "no kernel support"]);

/** Differences as sentences; none when equal. */
export function differences(theirs: NgData, ours: NgData, path = ""): string[] {
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    const left = theirs.filter((item) => !THEIRS.has(item));
    if (left.length !== ours.length) {
      return [`${path}: ${JSON.stringify(left)} ≠ ${JSON.stringify(ours)}`];
    }
    return left.flatMap((item, i) => differences(item, ours[i], `${path}[${i}]`));
  }
  if (isDict(theirs) && isDict(ours)) {
    const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => member(key, theirs, ours, path));
  }
  return theirs === ours ? [] : [`${path}: ${JSON.stringify(theirs)} ≠ ${JSON.stringify(ours)}`];
}

type Dict = { readonly [key: string]: NgData };

function member(key: string, theirs: Dict, ours: Dict, path: string): string[] {
  const at = `${path}.${key}`;
  if (!(key in theirs)) return OURS.has(key) ? [] : [`${at}: only ours has it`];
  if (!(key in ours)) return [`${at}: only theirs has it`];
  const [a, b] = [theirs[key]!, ours[key]!];
  if (IGNORED.test(key)) return [];
  if (ROUND_TRIP.test(key)) return near(at, a, b, ROUND_TRIP_SLACK);
  if (key === "reported at") return near(at, a, b, 3);
  return differences(a, b, at);
}

function near(path: string, a: NgData, b: NgData, slack: number): string[] {
  const zero = (Number(a) === 0) !== (Number(b) === 0);
  return !zero && Math.abs(Number(a) - Number(b)) <= slack ? [] : [`${path}: ${a} ≠ ${b}`];
}

function isDict(value: NgData): value is Dict {
  return typeof value === "object" && !Array.isArray(value);
}
