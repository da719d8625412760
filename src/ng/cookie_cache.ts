/**
 * Replies by cookie, so that a request sent again gets the bytes of its first answer and is not carried out
 * twice. Two generations: an entry lives at least one and at most two of them.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** Bytes of a reply, or the promise of them while the request is being carried out. */
export type CachedReply = Uint8Array | Promise<Uint8Array>;

/** Bounds of a {@link CookieCache}. */
export interface CookieCacheOptions {
  /** Milliseconds between generations (30,000). */
  readonly generation?: number;
  /** Most entries per generation (200,000). */
  readonly maxEntries?: number;
  /** Most bytes of keys and replies per generation (64 MiB). */
  readonly maxBytes?: number;
}

/** Per-entry cost of the map itself, roughly, in bytes. */
const OVERHEAD = 100;

/** Remembers replies for one to two generations; when full, the older generation goes early. */
export class CookieCache {
  readonly #clock: Clock;
  readonly #generation: number;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #young = new Map<string, CachedReply>();
  #old = new Map<string, CachedReply>();
  #bytes = 0;
  #since: number;

  /** An empty cache. */
  constructor(clock: Clock, options: CookieCacheOptions = {}) {
    this.#clock = clock;
    this.#generation = options.generation ?? 30_000;
    this.#maxEntries = options.maxEntries ?? 200_000;
    this.#maxBytes = options.maxBytes ?? 64 << 20;
    this.#since = clock.now();
  }

  /** Number of entries. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The reply given, or being worked out, for this key. */
  get(key: string): CachedReply | undefined {
    this.#age();
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Remembers a reply. A promise is to be replaced by its bytes with another call. */
  set(key: string, reply: CachedReply): void {
    this.#age();
    if (!this.#young.has(key)) {
      if (this.#young.size >= this.#maxEntries || this.#bytes >= this.#maxBytes) this.#turn();
      this.#bytes += key.length + OVERHEAD;
    }
    if (reply instanceof Uint8Array) this.#bytes += reply.length;
    this.#young.set(key, reply);
  }

  /** Forgets a key, so that the request may be tried again. */
  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  #age(): void {
    const age = this.#clock.now() - this.#since;
    if (age < this.#generation) return;
    this.#turn();
    if (age >= 2 * this.#generation) this.#turn();
  }

  #turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
    this.#since = this.#clock.now();
  }
}
