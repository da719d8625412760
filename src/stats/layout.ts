/**
 * Where each statistic stands in jsonstats and in the text of `list totals`: sections of items, in
 * rtpengine's order, each reading a series of the metric table or computed from several.
 *
 * @module
 */

import type { MetricName, Quality } from "./metrics.ts";
import type { Path, Rates, Statistics } from "./statistics.ts";

/** A series of the metric table. */
export interface SeriesRef {
  /** Family. */
  readonly metric: MetricName;
  /** Label values in the order of the family's labels. */
  readonly labels: readonly string[];
}

/** One statistic. */
export interface Item {
  /** Key in jsonstats. */
  readonly key: string;
  /** Text in `list totals`. */
  readonly title: string;
  /** How the value is written: whole number, six decimals, or the uptime (a string in ng replies). */
  readonly kind: "int" | "float" | "uptime";
  /** Text after the value in `list totals`. */
  readonly unit: string;
  /** The series it shows; undefined when it is computed. */
  readonly series: SeriesRef | undefined;
  /** Its value now; gauges as of the last refresh. */
  read(statistics: Statistics): number;
}

function series(
  key: string,
  title: string,
  metric: MetricName,
  labels: readonly string[] = [],
  kind: Item["kind"] = "int",
  unit = "",
): Item {
  const read = (statistics: Statistics): number => statistics.counters.get(metric, ...labels);
  return { key, title, kind, unit, series: { metric, labels }, read };
}

function computed(
  key: string,
  title: string,
  read: (statistics: Statistics) => number,
  kind: Item["kind"] = "int",
  unit = "",
): Item {
  return { key, title, kind, unit, series: undefined, read };
}

function sum(metric: MetricName, ...labels: readonly string[]) {
  return (statistics: Statistics): number =>
    labels.reduce((total, label) => total + statistics.counters.get(metric, label), 0);
}

function rateItems(suffix: string, where: string, paths: readonly Path[]): Item[] {
  const item = (key: string, title: string, rate: keyof Rates): Item =>
    computed(
      `${key}${suffix}`,
      `${title} per second (${where})`,
      (statistics) => paths.reduce((total, path) => total + statistics.rates(path)[rate], 0),
    );
  return [
    item("packetrate", "Packets", "packets"),
    item("byterate", "Bytes", "bytes"),
    item("errorrate", "Errors", "errors"),
  ];
}

/** The per-second rates, also the body of `list counters`. */
export const RATE_ITEMS: readonly Item[] = [
  ...rateItems("_user", "userspace", ["userspace"]),
  ...rateItems("_kernel", "kernel", ["kernel"]),
  ...rateItems("", "total", ["userspace", "kernel"]),
];

/** `currentstatistics`. */
export const CURRENT_ITEMS: readonly Item[] = [
  series("sessionsown", "Owned sessions", "rtpengine_sessions", ["own"]),
  series("sessionsforeign", "Foreign sessions", "rtpengine_sessions", ["foreign"]),
  computed("sessionstotal", "Total sessions", sum("rtpengine_sessions", "own", "foreign")),
  series("transcodedmedia", "Transcoded media", "rtpengine_transcoded_media"),
  series("mediacache", "Media cache size", "rtpengine_media_cache"),
  series("playercache", "Player cache size", "rtpengine_player_cache"),
  ...RATE_ITEMS,
  series("media_userspace", "Userspace-only media streams", "rtpengine_mediastreams", [
    "userspace",
  ]),
  series("media_kernel", "Kernel-only media streams", "rtpengine_mediastreams", ["kernel"]),
  series("media_mixed", "Mixed kernel/userspace media streams", "rtpengine_mediastreams", [
    "mixed",
  ]),
];

function closed(key: string, title: string, reason: string): Item {
  return series(key, title, "rtpengine_closed_sessions_total", [reason]);
}

function relayed(suffix: string, where: string, paths: readonly Path[]): Item[] {
  const item = (key: string, what: string, metric: MetricName): Item =>
    paths.length === 1
      ? series(`${key}${suffix}`, `Total relayed ${what}${where}`, metric, paths)
      : computed(`${key}${suffix}`, `Total relayed ${what}${where}`, sum(metric, ...paths));
  return [
    item("relayedpackets", "packets", "rtpengine_packets_total"),
    item("relayedpacketerrors", "packet errors", "rtpengine_packet_errors_total"),
    item("relayedbytes", "bytes", "rtpengine_bytes_total"),
  ];
}

/** Standard deviation from count, sum and sum of squares; 0 without samples. */
export function deviation(count: number, total: number, squares: number): number {
  if (count === 0) return 0;
  const mean = total / count;
  // Rounding can make the difference slightly negative when all samples are equal.
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** `totalstatistics`. */
export const TOTAL_ITEMS: readonly Item[] = [
  series("uptime", "Uptime of rtpengine", "rtpengine_uptime_seconds", [], "uptime", " seconds"),
  series("managedsessions", "Total managed sessions", "rtpengine_sessions_total"),
  closed("rejectedsessions", "Total rejected sessions", "rejected"),
  closed("timeoutsessions", "Total timed-out sessions via TIMEOUT", "timeout"),
  closed("silenttimeoutsessions", "Total timed-out sessions via SILENT_TIMEOUT", "silent_timeout"),
  closed("finaltimeoutsessions", "Total timed-out sessions via FINAL_TIMEOUT", "final_timeout"),
  closed("offertimeoutsessions", "Total timed-out sessions via OFFER_TIMEOUT", "offer_timeout"),
  closed("regularterminatedsessions", "Total regular terminated sessions", "terminated"),
  closed("forcedterminatedsessions", "Total forced terminated sessions", "force_terminated"),
  ...relayed("_user", " (userspace)", ["userspace"]),
  ...relayed("_kernel", " (kernel)", ["kernel"]),
  ...relayed("", "", ["userspace", "kernel"]),
  series(
    "zerowaystreams",
    "Total number of streams with no relayed packets",
    "rtpengine_zero_packet_streams_total",
  ),
  series("onewaystreams", "Total number of 1-way streams", "rtpengine_one_way_sessions_total"),
  series(
    "avgcallduration",
    "Average call duration",
    "rtpengine_call_duration_avg",
    [],
    "float",
    " seconds",
  ),
  series(
    "totalcallsduration",
    "Total calls duration",
    "rtpengine_call_duration_total",
    [],
    "float",
    " seconds",
  ),
  series(
    "totalcallsduration2",
    "Total calls duration squared",
    "rtpengine_call_duration2_total",
    [],
    "float",
    " seconds squared",
  ),
  computed(
    "totalcallsduration_stddev",
    "Total calls duration standard deviation",
    ({ counters }) =>
      deviation(
        counters.get("rtpengine_sessions_total"),
        counters.get("rtpengine_call_duration_total"),
        counters.get("rtpengine_call_duration2_total"),
      ),
    "float",
    " seconds",
  ),
];

function quality(key: Quality, title: string, prefix: "" | "interface_", labels: string[]): Item[] {
  const total: MetricName = `rtpengine_${prefix}${key}_total`;
  const squares: MetricName = `rtpengine_${prefix}${key}2_total`;
  const samples: MetricName = `rtpengine_${prefix}${key}_samples_total`;
  return [
    series(`${key}_total`, `Sum of all ${title} values sampled`, total, labels, "float"),
    series(`${key}2_total`, `Sum of all ${title} square values sampled`, squares, labels, "float"),
    series(`${key}_samples_total`, `Total number of ${title} samples`, samples, labels),
    computed(
      `${key}_average`,
      `Average ${title}`,
      ({ counters }) => counters.get(total, ...labels) / (counters.get(samples, ...labels) || 1),
      "float",
    ),
    computed(
      `${key}_stddev`,
      `${title} standard deviation`,
      ({ counters }) =>
        deviation(
          counters.get(samples, ...labels),
          counters.get(total, ...labels),
          counters.get(squares, ...labels),
        ),
      "float",
    ),
  ];
}

function voipQualities(prefix: "" | "interface_", labels: string[]): Item[] {
  return [
    ...quality("jitter", "jitter (reported)", prefix, labels),
    ...quality("rtt_e2e", "end-to-end round-trip time", prefix, labels),
    ...quality("rtt_dsct", "discrete round-trip time", prefix, labels),
    ...quality("packetloss", "packet loss", prefix, labels),
    ...quality("jitter_measured", "jitter (measured)", prefix, labels),
  ];
}

/** `mos`. */
export const MOS_ITEMS: readonly Item[] = quality("mos", "MOS", "", []);

/** `voip_metrics`. */
export const VOIP_ITEMS: readonly Item[] = [
  ...voipQualities("", []),
  series("packets_lost", "Packets lost", "rtpengine_packets_lost"),
  series("rtp_duplicates", "Duplicate RTP packets", "rtpengine_rtp_duplicates"),
  series("rtp_skips", "RTP sequence skips", "rtpengine_rtp_skips"),
  series("rtp_seq_resets", "RTP sequence resets", "rtpengine_rtp_seq_resets"),
  series("rtp_reordered", "Out-of-order RTP packets", "rtpengine_rtp_reordered"),
];

/** `voip_metrics` of one local address. */
export function interfaceItems(name: string, address: string): readonly Item[] {
  const labels = [name, address];
  return [...quality("mos", "MOS", "interface_", labels), ...voipQualities("interface_", labels)];
}
