/**
 * Which RTP/RTCP port pair to open next on a local address. Owns the bookkeeping (in use, in quarantine) of
 * one bound address; opens and closes nothing itself.
 *
 * A port that was closed rests before it is given out again, so that late packets of the old call never
 * reach a new one. Pairs are numbered by `port >> 1`.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** How long closed ports rest, in ms. */
export interface Quarantine {
  /** Rest while there are fresh ports. */
  readonly preferred: number;
  /** Rest when there are no others left. */
  readonly minimum: number;
}

/** 30 s normally, never less than 5 s. */
export const DEFAULT_QUARANTINE: Quarantine = { preferred: 30_000, minimum: 5_000 };

const PAIRS = 32768;

interface Resting {
  readonly pair: number;
  readonly since: number;
}

/** Port pairs of one bound address. Ranges that overlap may share one book. */
export class PortBook {
  readonly #clock: Clock;
  readonly #quarantine: Quarantine;
  /** One bit per pair: open or resting. */
  readonly #busy = new Uint32Array(PAIRS / 32);
  /** When the pair was closed; NaN when it is not resting. */
  readonly #restingSince = new Float64Array(PAIRS).fill(NaN);
  /** Oldest first; entries whose pair was taken early are stale. */
  #queue: Resting[] = [];
  #head = 0;

  /** @throws RangeError when the minimum rest is longer than the preferred one */
  constructor(clock: Clock, quarantine: Quarantine = DEFAULT_QUARANTINE) {
    if (!(quarantine.minimum >= 0 && quarantine.minimum <= quarantine.preferred)) {
      throw new RangeError(
        `quarantine of ${quarantine.minimum}..${quarantine.preferred} ms is not a range`,
      );
    }
    this.#clock = clock;
    this.#quarantine = quarantine;
  }

  /**
   * Takes the next pair of a range at or after `from` that is neither open nor resting; when all
   * others are open, the one that has rested longest, if it has rested for the minimum.
   *
   * @returns undefined when there is none
   */
  take(range: PairRange, from: number): number | undefined {
    this.#wake();
    const { first, last } = range;
    const pair = this.#firstFree(range, from, last) ?? this.#firstFree(range, first, from - 1) ??
      this.#longestResting(range);
    if (pair === undefined) return undefined;
    this.#restingSince[pair] = NaN;
    this.#busy[pair >>> 5]! |= 1 << (pair & 31);
    return pair;
  }

  /** Takes one certain pair, resting or not. @returns false when it is open already */
  claim(pair: number): boolean {
    this.#wake();
    const busy = (this.#busy[pair >>> 5]! >>> (pair & 31)) & 1;
    if (busy && Number.isNaN(this.#restingSince[pair])) return false;
    this.#restingSince[pair] = NaN;
    this.#busy[pair >>> 5]! |= 1 << (pair & 31);
    return true;
  }

  /** Puts a pair that was taken to rest. */
  rest(pair: number): void {
    const since = this.#clock.now();
    this.#restingSince[pair] = since;
    this.#queue.push({ pair, since });
  }

  /** Gives back a pair that was taken but never used: it need not rest. */
  release(pair: number): void {
    this.#restingSince[pair] = NaN;
    this.#busy[pair >>> 5]! &= ~(1 << (pair & 31));
  }

  /** Whether {@link take} would find a pair. */
  available(range: PairRange): boolean {
    this.#wake();
    return this.#firstFree(range, range.first, range.last) !== undefined ||
      this.#longestResting(range) !== undefined;
  }

  /** Number of pairs of the range that are open (not those resting). */
  countOpen({ first, last, excluded }: PairRange): number {
    let count = 0;
    for (let pair = first; pair <= last; pair++) {
      if (excluded !== undefined && isSet(excluded, pair)) continue;
      if ((this.#busy[pair >>> 5]! >>> (pair & 31)) & 1 && Number.isNaN(this.#restingSince[pair])) {
        count++;
      }
    }
    return count;
  }

  /** Frees the pairs that have rested for the preferred time. */
  #wake(): void {
    const before = this.#clock.now() - this.#quarantine.preferred;
    while (this.#head < this.#queue.length) {
      const { pair, since } = this.#queue[this.#head]!;
      const stale = this.#restingSince[pair] !== since;
      if (!stale && since > before) break;
      this.#head++;
      if (stale) continue;
      this.#restingSince[pair] = NaN;
      this.#busy[pair >>> 5]! &= ~(1 << (pair & 31));
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #firstFree({ excluded }: PairRange, first: number, last: number): number | undefined {
    let pair = first;
    while (pair <= last) {
      const word = pair >>> 5;
      const taken = this.#busy[word]! | (excluded?.[word] ?? 0);
      const free = ~taken >>> (pair & 31);
      if (free !== 0) {
        const found = pair + 31 - Math.clz32(free & -free);
        return found <= last ? found : undefined;
      }
      pair = (pair | 31) + 1;
    }
    return undefined;
  }

  #longestResting({ first, last, excluded }: PairRange): number | undefined {
    const before = this.#clock.now() - this.#quarantine.minimum;
    for (let i = this.#head; i < this.#queue.length; i++) {
      const { pair, since } = this.#queue[i]!;
      if (since > before) return undefined;
      if (excluded !== undefined && isSet(excluded, pair)) continue;
      if (pair >= first && pair <= last && this.#restingSince[pair] === since) return pair;
    }
    return undefined;
  }
}

/** The even/odd pairs of a port range. */
export interface PairRange {
  /** First pair number. */
  readonly first: number;
  /** Last pair number. */
  readonly last: number;
  /** How many can be used. */
  readonly count: number;
  /** One bit per pair that must not be used. */
  readonly excluded?: Uint32Array;
}

/**
 * The pairs of a port range without those that hold an excluded port.
 *
 * @throws RangeError when it is no range of ports
 */
export function pairRange(
  portMin: number,
  portMax: number,
  excludePorts: readonly number[] = [],
): PairRange {
  if (!(portMin >= 1 && portMax <= 65535 && portMin <= portMax)) {
    throw new RangeError(`port range ${portMin}..${portMax} is not within 1..65535`);
  }
  const first = (portMin + 1) >> 1;
  const last = (portMax - 1) >> 1;
  const size = Math.max(0, last - first + 1);
  const out = new Set(excludePorts.map((port) => port >> 1));
  const inside = [...out].filter((pair) => pair >= first && pair <= last);
  if (inside.length === 0) return { first, last, count: size };
  const excluded = new Uint32Array(PAIRS / 32);
  for (const pair of inside) excluded[pair >>> 5]! |= 1 << (pair & 31);
  return { first, last, count: size - inside.length, excluded };
}

function isSet(bits: Uint32Array, pair: number): boolean {
  return ((bits[pair >>> 5]! >>> (pair & 31)) & 1) === 1;
}
