/**
 * What is to happen later, for all secure transports together: one heap, and one wake-up asked for.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";

interface Entry {
  readonly at: number;
  /** Undefined once it is cancelled. */
  callback: (() => void) | undefined;
}

/** A timer wheel without a wheel: nothing is done while nothing is due. */
export class Scheduler {
  readonly #clock: Clock;
  readonly #wake: ((ms: number) => void) | undefined;
  readonly #heap: Entry[] = [];
  /** What the last wake-up was asked for, monotonic ms. */
  #armed = Infinity;
  #running = false;

  /**
   * @param wake asked to have {@link run} called after so many ms; a later request replaces the one before
   */
  constructor(clock: Clock, wake?: (ms: number) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Monotonic ms of the first thing that is due; undefined when there is none. */
  get next(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  /** Calls back once, after so many ms (never at once). @returns cancels it */
  after(ms: number, callback: () => void): () => void {
    const entry: Entry = { at: this.#clock.now() + Math.max(0, ms), callback };
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    this.#arm();
    return () => {
      entry.callback = undefined;
    };
  }

  /** Does what is due. What that schedules for now waits for the next time. */
  run(): void {
    const now = this.#clock.now();
    const due: Entry[] = [];
    while (this.#heap.length > 0 && this.#heap[0]!.at <= now) due.push(this.#pop());
    this.#running = true;
    try {
      for (const entry of due) {
        const { callback } = entry;
        entry.callback = undefined;
        callback?.();
      }
    } finally {
      this.#running = false;
      this.#armed = Infinity;
      this.#arm();
    }
  }

  #arm(): void {
    if (this.#running) return;
    const { next } = this;
    if (next === undefined || next >= this.#armed) return;
    this.#armed = next;
    this.#wake?.(Math.max(0, next - this.#clock.now()));
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]!.callback === undefined) this.#pop();
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#down(0);
    }
    return first;
  }

  #up(at: number): void {
    const heap = this.#heap;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.at <= heap[at]!.at) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  #down(at: number): void {
    const heap = this.#heap;
    for (;;) {
      const left = 2 * at + 1;
      let least = at;
      for (const child of [left, left + 1]) {
        if (child < heap.length && heap[child]!.at < heap[least]!.at) least = child;
      }
      if (least === at) return;
      [heap[least], heap[at]] = [heap[at]!, heap[least]!];
      at = least;
    }
  }
}
