/**
 * Rate limits per source. One token bucket per IPv4 address or IPv6 /64 network, in a table of bounded
 * size, so that neither many packets nor many sources can exhaust us.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import { parseIp } from "./ip.ts";

/** Limits of a {@link SourceLimiter}. */
export interface SourceLimits {
  /** Tokens per second and source. */
  readonly rate: number;
  /** Tokens a source may save up; ≥ 1. */
  readonly burst: number;
  /** Sources remembered; ≥ 1. */
  readonly maxSources: number;
}

/** A token bucket that refills with time. */
export class TokenBucket {
  #tokens: number;
  #updated: number;

  /** Tokens per second. */
  readonly rate: number;
  /** Tokens it holds at most. */
  readonly burst: number;

  /** Starts full. `now` is monotonic ms. */
  constructor(rate: number, burst: number, now: number) {
    this.rate = rate;
    this.burst = burst;
    this.#tokens = burst;
    this.#updated = now;
  }

  /** Takes `cost` tokens if there are as many. */
  take(now: number, cost = 1): boolean {
    this.#refill(now);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Whether it has refilled, so that forgetting it forgets nothing. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.burst;
  }

  #refill(now: number): void {
    if (now <= this.#updated) return;
    const earned = (now - this.#updated) * this.rate / 1000;
    this.#tokens = Math.min(this.burst, this.#tokens + earned);
    this.#updated = now;
  }
}

/**
 * A token bucket per source. When the table is full of sources that are still paying, newcomers share one
 * bucket: a flood from forged addresses cannot push anybody known out of the table.
 */
export class SourceLimiter {
  readonly #clock: Clock;
  readonly #limits: SourceLimits;
  /** Least recently used first. */
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #newcomers: TokenBucket;

  /** A table without sources. @throws RangeError when a limit is out of range */
  constructor(clock: Clock, limits: SourceLimits) {
    const { rate, burst, maxSources } = limits;
    if (!(rate > 0 && burst >= 1 && maxSources >= 1)) {
      throw new RangeError(`rate ${rate}, burst ${burst}, sources ${maxSources} is no limit`);
    }
    this.#clock = clock;
    this.#limits = limits;
    this.#newcomers = new TokenBucket(rate, burst, clock.now());
  }

  /** Number of sources in the table. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Whether `address` may go on; takes one token, or `cost`. */
  take(address: string, cost = 1): boolean {
    const now = this.#clock.now();
    const key = sourceKey(address);
    let bucket = this.#buckets.get(key);
    if (bucket !== undefined) {
      this.#buckets.delete(key);
    } else {
      if (this.#buckets.size >= this.#limits.maxSources && !this.#forgetOne(now)) {
        return this.#newcomers.take(now, cost);
      }
      bucket = new TokenBucket(this.#limits.rate, this.#limits.burst, now);
    }
    this.#buckets.set(key, bucket);
    return bucket.take(now, cost);
  }

  /** Drops the least recently used source, if it owes nothing. */
  #forgetOne(now: number): boolean {
    for (const [key, bucket] of this.#buckets) {
      return bucket.isFull(now) && this.#buckets.delete(key);
    }
    return false;
  }
}

/** The IPv4 address, or the first 64 bits of an IPv6 one: what one customer has at least. */
export function sourceKey(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return "";
  return String.fromCharCode(...ip.bytes.subarray(0, ip.family === 4 ? 4 : 8));
}
