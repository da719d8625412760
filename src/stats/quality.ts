/**
 * Takes the sums of media quality over into the counters.
 *
 * @module
 */

import type { QualityReader, QualitySum, QualityTotals } from "../quality/types.ts";
import type { LocalAddress } from "../relay/types.ts";
import type { Counters } from "./counters.ts";
import type { Quality } from "./metrics.ts";

const MEMBERS: readonly (readonly [Quality, (totals: QualityTotals) => QualitySum])[] = [
  ["mos", ({ mos }) => mos],
  ["jitter", ({ jitter }) => jitter],
  ["rtt_e2e", ({ rttE2e }) => rttE2e],
  ["rtt_dsct", ({ rttDsct }) => rttDsct],
  ["packetloss", ({ packetLoss }) => packetLoss],
  ["jitter_measured", ({ jitterMeasured }) => jitterMeasured],
];

/** Brings the counters of quality up to date, over all addresses and of each one. */
export function countQuality(
  counters: Counters,
  quality: QualityReader,
  addresses: readonly LocalAddress[],
): void {
  const all = quality.totals();
  countSums(counters, "", all, []);
  counters.raise("rtpengine_packets_lost", all.packetsLost);
  counters.raise("rtpengine_rtp_duplicates", all.duplicates);
  counters.raise("rtpengine_rtp_skips", all.skips);
  counters.raise("rtpengine_rtp_seq_resets", all.resets);
  counters.raise("rtpengine_rtp_reordered", all.reordered);
  for (const local of addresses) {
    const totals = quality.totalsOf(local);
    const labels = [local.name, local.address];
    countSums(counters, "interface_", totals, labels);
    counters.raise("rtpengine_interface_packets_lost", totals.packetsLost, ...labels);
    counters.raise("rtpengine_interface_duplicates", totals.duplicates, ...labels);
  }
}

function countSums(
  counters: Counters,
  prefix: "" | "interface_",
  totals: QualityTotals,
  labels: readonly string[],
): void {
  for (const [key, sumOf] of MEMBERS) {
    const { total, squares, samples } = sumOf(totals);
    counters.raise(`rtpengine_${prefix}${key}_total`, total, ...labels);
    counters.raise(`rtpengine_${prefix}${key}2_total`, squares, ...labels);
    counters.raise(`rtpengine_${prefix}${key}_samples_total`, samples, ...labels);
  }
}
