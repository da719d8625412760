/**
 * What is known about the quality of media, summed up: the interface statistics read from. All sums only
 * ever grow.
 *
 * @module
 */

import type { LocalAddress } from "../relay/types.ts";

/** Samples of one quantity: enough for its mean and its deviation. */
export interface QualitySum {
  /** Sum of the samples. */
  readonly total: number;
  /** Sum of their squares. */
  readonly squares: number;
  /** How many there were. */
  readonly samples: number;
}

/** Quality of the media of one local address, or of all. */
export interface QualityTotals {
  /** Mean opinion score, 1..5. */
  readonly mos: QualitySum;
  /** Interarrival jitter as receivers report it, ms. */
  readonly jitter: QualitySum;
  /** Round trip between the two parties, µs. */
  readonly rttE2e: QualitySum;
  /** Round trip between one party and us, µs. */
  readonly rttDsct: QualitySum;
  /** Loss over a report interval as receivers report it, percent. */
  readonly packetLoss: QualitySum;
  /** Interarrival jitter measured on received RTP, ms. */
  readonly jitterMeasured: QualitySum;
  /** RTP packets missing. */
  readonly packetsLost: number;
  /** RTP packets received twice. */
  readonly duplicates: number;
  /** Jumps of the sequence number, forward. */
  readonly skips: number;
  /** Sequence numbers that began anew. */
  readonly resets: number;
  /** RTP packets received late. */
  readonly reordered: number;
}

/** Where statistics get quality from; values are those of the moment of the call. */
export interface QualityReader {
  /** Over all local addresses. */
  totals(): QualityTotals;
  /** Of one local address; all zero when nothing is known. */
  totalsOf(local: LocalAddress): QualityTotals;
}
