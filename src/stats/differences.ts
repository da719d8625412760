/**
 * Where the metrics differ from rtpengine's on purpose, with the reason. The comparison with the oracle
 * accepts exactly the label differences below, and `docs/metrics.md` lists everything here.
 *
 * @module
 */

import type { MetricName } from "./metrics.ts";

/** A family with other labels than rtpengine's. */
export interface LabelDifference {
  readonly name: MetricName;
  /** Labels rtpengine 26.0 gives. */
  readonly theirs: readonly string[];
  readonly reason: string;
}

const THREAD_TYPE = "later versions of rtpengine have the label type=user|kernel";

/** Families with other labels. */
export const LABEL_DIFFERENCES: readonly LabelDifference[] = [
  { name: "rtpengine_poller_wakeups", theirs: ["index", "pid"], reason: THREAD_TYPE },
  { name: "rtpengine_poller_items", theirs: ["index", "pid"], reason: THREAD_TYPE },
];

/** Everything else worth knowing when a dashboard moves from rtpengine. */
export const METRIC_NOTES: readonly string[] = [
  "Every family has HELP and TYPE, also while it has no samples; samples of one name stand together and label values are escaped. rtpengine leaves HELP out for many families, interleaves samples, and escapes nothing.",
  "Numbers are written as short as possible; rtpengine always writes six decimals.",
  "`rtpengine_interface_packets`, `_bytes` and `_errors` only grow but are typed gauge, as in rtpengine, so that existing dashboards keep working.",
  "`rtpengine_packets_lost`, `_rtp_duplicates`, `_rtp_reordered` and `_rtp_seq_resets` are always counted, by the relay core; rtpengine counts them only where it decodes media.",
  "`rtpengine_rtp_skips` stays 0: it counts jumps seen by a decoder, and the relay core counts loss instead.",
  "`rtpengine_mediastreams` counts what was heard in the two seconds before the scrape; rtpengine looks once a second, and also counts new sections that nobody has sent to for the first two seconds.",
  "`rtpengine_requests_total{proxy}` has rows for 256 client addresses, and one row `other` for all further ones, so that forged source addresses cost no memory.",
  "`pid` of `rtpengine_poller_*` is the process, not the thread.",
  "Averages and deviations in jsonstats are exact; rtpengine cuts decimals off for some.",
  "`rtpengine_ksender_*` and `rtpengine_cc_*` do not exist: they belong to rtpengine's kernel sender and to its GPU codec chains.",
];
