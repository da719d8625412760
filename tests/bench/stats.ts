/**
 * Medians, ratios and the search for the highest rate without loss.
 *
 * @module
 */

/** Middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[half - 1] ?? NaN) + upper) / 2;
}

/** Half the distance between the extremes, relative to the median: how far rounds disagree. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** The sides in the order that cancels a steady drift: A B B A, `rounds` times over. */
export function alternate<T>(sides: readonly T[], rounds: number): T[] {
  const order: T[] = [];
  for (let i = 0; i < rounds; i++) order.push(...sides, ...[...sides].reverse());
  return order;
}

/** Outcome of offering one rate. */
export type Verdict =
  /** Nothing was lost. */
  | "clean"
  /** Packets were lost. */
  | "loss"
  /** The generator could not offer the rate. */
  | "short";

/** Result of {@link searchRate}. */
export interface RateFound {
  /** Highest rate that came through clean, packets per second; 0 if none did. */
  readonly rate: number;
  /** True when the generator, not the relay, set the limit. */
  readonly generatorLimited: boolean;
  /** Every rate tried with its verdict, in order. */
  readonly tried: readonly { readonly rate: number; readonly verdict: Verdict }[];
}

/** Bounds of a search. */
export interface SearchBounds {
  /** First rate offered. */
  readonly start: number;
  /** Never offer more than this. */
  readonly limit: number;
  /** Factor from one step up to the next, above 1. */
  readonly step: number;
  /** Stop when the bracket is this narrow, e.g. 1.05. */
  readonly precision: number;
}

/** Steps up until a rate fails, then bisects geometrically between the last good and the bad one. */
export async function searchRate(
  offer: (rate: number) => Promise<Verdict>,
  bounds: SearchBounds,
): Promise<RateFound> {
  const tried: { rate: number; verdict: Verdict }[] = [];
  const probe = async (rate: number): Promise<Verdict> => {
    const verdict = await offer(rate);
    tried.push({ rate, verdict });
    return verdict;
  };
  let good = 0;
  let bad = Infinity;
  let badVerdict: Verdict = "loss";
  let next = bounds.start;
  while (next <= bounds.limit && bad > next) {
    const verdict = await probe(Math.round(next));
    if (verdict === "clean") {
      good = next;
      const up = Math.min(next * bounds.step, bounds.limit);
      if (up <= next) break;
      next = up;
    } else {
      bad = next;
      badVerdict = verdict;
    }
  }
  if (good === 0) {
    /* Not even the first rate: go down to find one that works. */
    for (let rate = bounds.start / 2; rate >= bounds.start / 16 && good === 0; rate /= 2) {
      if (await probe(Math.round(rate)) === "clean") good = rate;
      else bad = rate;
    }
  }
  while (good > 0 && Number.isFinite(bad) && bad / good > bounds.precision) {
    const middle = Math.sqrt(good * bad);
    const verdict = await probe(Math.round(middle));
    if (verdict === "clean") {
      good = middle;
    } else {
      bad = middle;
      badVerdict = verdict;
    }
  }
  return {
    rate: Math.round(good),
    generatorLimited: good > 0 && (!Number.isFinite(bad) || badVerdict === "short"),
    tried,
  };
}
