/**
 * How it went: the last five minutes by the second, the last hour by ten seconds, the last day by the
 * minute.
 *
 * @module
 */

import type { Sample } from "./fields.ts";
import { Series, type Step } from "./series.ts";

/** What can be looked back at. */
export const RANGES = ["5m", "1h", "24h"] as const;

/** One of {@link RANGES}. */
export type Range = typeof RANGES[number];

/** Length and number of the steps of each range. */
export const STEPS: Readonly<Record<Range, { readonly stepMs: number; readonly length: number }>> =
  {
    "5m": { stepMs: 1000, length: 300 },
    "1h": { stepMs: 10_000, length: 360 },
    "24h": { stepMs: 60_000, length: 1440 },
  };

/** A step that belongs to a range. */
export interface RangeStep extends Step {
  /** Which range. */
  readonly range: Range;
}

/** Samples of all ranges. */
export class History {
  readonly #series: Readonly<Record<Range, Series>> = {
    "5m": new Series(STEPS["5m"].stepMs, STEPS["5m"].length),
    "1h": new Series(STEPS["1h"].stepMs, STEPS["1h"].length),
    "24h": new Series(STEPS["24h"].stepMs, STEPS["24h"].length),
  };

  /** Takes in a sample. @returns the steps that have ended with it */
  add(at: number, sample: Sample): RangeStep[] {
    return RANGES.flatMap((range) => {
      const step = this.#series[range].add(at, sample);
      return step === undefined ? [] : [{ range, ...step }];
    });
  }

  /** Takes over steps of a former run. */
  restore(steps: Iterable<RangeStep>): void {
    for (const step of steps) this.#series[step.range].put(step);
  }

  /** Steps of a range, oldest first; where nothing was recorded there are none. */
  read(range: Range, now: number): Step[] {
    return this.#series[range].steps(now);
  }
}
