/**
 * Back-off after failed attempts: a few are free, then each makes the wait twice as long.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** Limits of a {@link Lockout}; times in milliseconds. */
export interface LockoutLimits {
  /** Failures without a wait. */
  readonly free: number;
  /** The first wait. */
  readonly firstMs: number;
  /** The longest wait. */
  readonly maxMs: number;
  /** Failures are forgotten this long after the last. */
  readonly forgetMs: number;
  /** Keys remembered. */
  readonly maxKeys: number;
}

interface Failures {
  count: number;
  last: number;
}

/** Failed attempts by key, in a table of bounded size. */
export class Lockout {
  readonly #clock: Clock;
  readonly #limits: LockoutLimits;
  /** Least recent first. */
  readonly #failures = new Map<string, Failures>();

  /** Nothing has failed yet. */
  constructor(clock: Clock, limits: LockoutLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Keys in the table. */
  get size(): number {
    return this.#failures.size;
  }

  /** Milliseconds until another attempt is allowed; 0 = now. */
  wait(key: string): number {
    const failures = this.#live(key);
    if (failures === undefined) return 0;
    return Math.max(0, failures.last + this.#backOff(failures.count) - this.#clock.now());
  }

  /**
   * Counts an attempt as failed before it is known to be, so that many at once are no way around.
   *
   * @returns the failures so far
   */
  attempt(key: string): number {
    const count = (this.#live(key)?.count ?? 0) + 1;
    this.#failures.delete(key);
    if (this.#failures.size >= this.#limits.maxKeys) this.#forgetOne();
    this.#failures.set(key, { count, last: this.#clock.now() });
    return count;
  }

  /** The attempt was none: takes it back. */
  forgive(key: string): void {
    const failures = this.#failures.get(key);
    if (failures !== undefined && --failures.count <= 0) this.#failures.delete(key);
  }

  /** Forgets all failures of a key. */
  clear(key: string): void {
    this.#failures.delete(key);
  }

  #live(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    if (failures === undefined) return undefined;
    if (this.#clock.now() - failures.last < this.#limits.forgetMs) return failures;
    this.#failures.delete(key);
    return undefined;
  }

  #backOff(count: number): number {
    const { free, firstMs, maxMs } = this.#limits;
    return count < free ? 0 : Math.min(maxMs, firstMs * 2 ** Math.min(count - free, 40));
  }

  /** The least recent that is not waiting; if all are, the least recent. */
  #forgetOne(): void {
    let oldest: string | undefined;
    let looked = 0;
    for (const key of this.#failures.keys()) {
      oldest ??= key;
      if (this.wait(key) === 0) {
        oldest = key;
        break;
      }
      if (++looked === 64) break;
    }
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}
