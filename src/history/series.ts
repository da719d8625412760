/**
 * Samples in steps of equal length, the newest kept, in one block of memory.
 *
 * @module
 */

import { type Field, FIELD_NAMES, type Sample } from "./fields.ts";

const WIDTH = FIELD_NAMES.length;

/** One step. */
export interface Step {
  /** Wall-clock ms at its beginning; a multiple of the step. */
  readonly at: number;
  /** Means over the step. */
  readonly sample: Sample;
}

/** A series with steps of one length. */
export class Series {
  /** Length of a step in ms. */
  readonly stepMs: number;
  /** Steps that are kept. */
  readonly length: number;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  /** Sums and counts of the step under way. */
  readonly #sums = new Float64Array(WIDTH);
  readonly #counts = new Uint32Array(WIDTH);
  #at = -1;

  /** An empty series. */
  constructor(stepMs: number, length: number) {
    this.stepMs = stepMs;
    this.length = length;
    this.#times = new Float64Array(length).fill(-1);
    this.#values = new Float64Array(length * WIDTH).fill(NaN);
  }

  /**
   * Takes in a sample.
   *
   * @param at wall-clock ms
   * @returns the step before, when this sample begins another one
   */
  add(at: number, sample: Sample): Step | undefined {
    const start = Math.floor(at / this.stepMs) * this.stepMs;
    const ended = this.#at >= 0 && start !== this.#at ? this.#end() : undefined;
    this.#at = start;
    FIELD_NAMES.forEach((name, i) => {
      const value = sample[name];
      if (value === undefined || !Number.isFinite(value)) return;
      this.#sums[i]! += value;
      this.#counts[i]!++;
    });
    return ended;
  }

  /** Puts a step where it belongs: one that has ended, or one of a former run. */
  put({ at, sample }: Step): void {
    const place = this.#placeOf(at);
    // the clock may have been set back: what was recorded last counts
    this.#times[place] = at;
    FIELD_NAMES.forEach((name, i) => this.#values[place * WIDTH + i] = sample[name] ?? NaN);
  }

  /** Steps that have ended and are not older than the series is long, oldest first. */
  steps(now: number): Step[] {
    const steps: Step[] = [];
    const last = Math.floor(now / this.stepMs) * this.stepMs;
    for (let at = last - this.length * this.stepMs; at < last; at += this.stepMs) {
      const place = this.#placeOf(at);
      if (at >= 0 && this.#times[place] === at) steps.push({ at, sample: this.#sampleAt(place) });
    }
    return steps;
  }

  #placeOf(at: number): number {
    return Math.floor(at / this.stepMs) % this.length;
  }

  #sampleAt(place: number): Sample {
    const sample: Partial<Record<Field, number>> = {};
    FIELD_NAMES.forEach((name, i) => {
      const value = this.#values[place * WIDTH + i]!;
      if (!Number.isNaN(value)) sample[name] = value;
    });
    return sample;
  }

  #end(): Step {
    const sample: Partial<Record<Field, number>> = {};
    FIELD_NAMES.forEach((name, i) => {
      const count = this.#counts[i]!;
      if (count > 0) sample[name] = this.#sums[i]! / count;
    });
    this.#sums.fill(0);
    this.#counts.fill(0);
    const step = { at: this.#at, sample };
    this.put(step);
    return step;
  }
}
