/**
 * Sums over all reports, for statistics.
 *
 * @module
 */

import type { TrafficSums } from "../relay/traffic.ts";
import type { LocalAddress } from "../relay/types.ts";
import type { QualityReader, QualitySum, QualityTotals } from "./types.ts";

/** Samples of one quantity. */
class Sum implements QualitySum {
  total = 0;
  squares = 0;
  samples = 0;

  add(value: number): void {
    this.total += value;
    this.squares += value * value;
    this.samples++;
  }
}

class Sums {
  readonly mos = new Sum();
  readonly jitter = new Sum();
  readonly rttE2e = new Sum();
  readonly rttDsct = new Sum();
  readonly packetLoss = new Sum();
  readonly jitterMeasured = new Sum();
}

/** What one report adds. */
export interface QualitySample {
  /** 1..4.5; undefined when it cannot be computed. */
  readonly mos: number | undefined;
  /** ms */
  readonly jitter: number;
  /** Between the parties, µs; 0 = unknown. */
  readonly roundTrip: number;
  /** Between the reporting party and us, µs. */
  readonly leg: number;
  /** Percent. */
  readonly loss: number;
}

/** Traffic of a local address; asked at the time of use. */
export type TrafficSource = (local: LocalAddress) => TrafficSums;

/** Sums over all addresses and of each. */
export class QualitySums implements QualityReader {
  readonly #all = new Sums();
  readonly #byAddress = new Map<LocalAddress, Sums>();
  readonly #addresses: readonly LocalAddress[];
  readonly #traffic: TrafficSource;

  /** Sums at zero; losses and the like are taken from `traffic` of `addresses`. */
  constructor(addresses: readonly LocalAddress[], traffic: TrafficSource) {
    this.#addresses = addresses;
    this.#traffic = traffic;
  }

  /** Adds what a party told on one of our addresses. */
  report(local: LocalAddress, { mos, jitter, roundTrip, leg, loss }: QualitySample): void {
    for (const sums of [this.#all, this.#of(local)]) {
      if (mos !== undefined) sums.mos.add(mos);
      sums.jitter.add(jitter);
      sums.rttE2e.add(roundTrip);
      sums.rttDsct.add(leg);
      sums.packetLoss.add(loss);
    }
  }

  /** Adds a jitter of received RTP, in ms. */
  measured(local: LocalAddress, jitter: number): void {
    this.#all.jitterMeasured.add(jitter);
    this.#of(local).jitterMeasured.add(jitter);
  }

  /** Over all local addresses. */
  totals(): QualityTotals {
    return totalsOf(this.#all, this.#addresses.map(this.#traffic));
  }

  /** Of one local address. */
  totalsOf(local: LocalAddress): QualityTotals {
    return totalsOf(this.#of(local), [this.#traffic(local)]);
  }

  #of(local: LocalAddress): Sums {
    let sums = this.#byAddress.get(local);
    if (sums === undefined) this.#byAddress.set(local, sums = new Sums());
    return sums;
  }
}

function totalsOf(sums: Sums, traffic: readonly TrafficSums[]): QualityTotals {
  let packetsLost = 0;
  let duplicates = 0;
  let resets = 0;
  let reordered = 0;
  for (const one of traffic) {
    packetsLost += one.lost;
    duplicates += one.duplicates;
    resets += one.resets;
    reordered += one.reordered;
  }
  const { mos, jitter, rttE2e, rttDsct, packetLoss, jitterMeasured } = sums;
  return {
    mos: { ...mos },
    jitter: { ...jitter },
    rttE2e: { ...rttE2e },
    rttDsct: { ...rttDsct },
    packetLoss: { ...packetLoss },
    jitterMeasured: { ...jitterMeasured },
    packetsLost,
    duplicates,
    // the relay core does not tell jumps forward from jumps backward
    skips: 0,
    resets,
    reordered,
  };
}
