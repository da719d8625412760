/**
 * Rate limit for log lines that anybody on the network can provoke: so many lines per window and key, the
 * rest is counted.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** How many lines are let through. */
export interface LimitOptions {
  /** Lines for each key in a window. */
  readonly lines: number;
  /** Length of a window in ms. */
  readonly window: number;
  /** Most keys told apart; what comes later shares one. */
  readonly keys: number;
}

/** 5 lines in 10 s for each of 1024 keys. */
export const DEFAULT_LIMIT: LimitOptions = { lines: 5, window: 10_000, keys: 1024 };

/** What to do with a line. */
export interface Verdict {
  /** Log it. */
  readonly pass: boolean;
  /** Lines held back since the last one that passed; to be told with this one. */
  readonly suppressed: number;
}

interface Bucket {
  start: number;
  used: number;
  suppressed: number;
}

const OVERFLOW = "";

/** Counts lines by key. Memory is bounded, whatever keys a sender makes up. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #options: LimitOptions;
  readonly #buckets = new Map<string, Bucket>();
  #nextSweep: number;

  /**
   * Makes a limit that has seen nothing.
   *
   * @throws RangeError when an option is not at least 1
   */
  constructor(clock: Clock, options: LimitOptions = DEFAULT_LIMIT) {
    if (!(options.lines >= 1 && options.window >= 1 && options.keys >= 1)) {
      throw new RangeError(
        `rate limit of ${options.lines} lines in ${options.window} ms for ${options.keys} keys ` +
          "is not at least 1 each",
      );
    }
    this.#clock = clock;
    this.#options = options;
    this.#nextSweep = clock.now() + options.window;
  }

  /** Number of keys remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Asks for a line of this key. */
  take(key: string): Verdict {
    const now = this.#clock.now();
    if (now >= this.#nextSweep) this.#sweep(now);
    const bucket = this.#bucket(key, now);
    if (now - bucket.start >= this.#options.window) {
      bucket.start = now;
      bucket.used = 0;
    }
    if (bucket.used >= this.#options.lines) {
      bucket.suppressed++;
      return { pass: false, suppressed: 0 };
    }
    bucket.used++;
    const { suppressed } = bucket;
    bucket.suppressed = 0;
    return { pass: true, suppressed };
  }

  /** Keys with lines held back whose window is over, each told once; for a timer. */
  takeOverdue(): { key: string; suppressed: number }[] {
    const now = this.#clock.now();
    const overdue: { key: string; suppressed: number }[] = [];
    for (const [key, bucket] of this.#buckets) {
      if (bucket.suppressed === 0 || now - bucket.start < this.#options.window) continue;
      overdue.push({ key: key === OVERFLOW ? "other" : key, suppressed: bucket.suppressed });
      bucket.suppressed = 0;
    }
    return overdue;
  }

  #bucket(key: string, now: number): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const room = this.#buckets.size < this.#options.keys;
    const shared = room ? undefined : this.#buckets.get(OVERFLOW);
    if (shared !== undefined) return shared;
    const bucket: Bucket = { start: now, used: 0, suppressed: 0 };
    this.#buckets.set(room ? key : OVERFLOW, bucket);
    return bucket;
  }

  /** Forgets keys that have been quiet: for a window, or for ten when a count was never fetched. */
  #sweep(now: number): void {
    for (const [key, { start, suppressed }] of this.#buckets) {
      const windows = suppressed === 0 ? 1 : 10;
      if (now - start >= windows * this.#options.window) this.#buckets.delete(key);
    }
    this.#nextSweep = now + this.#options.window;
  }
}
