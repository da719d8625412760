/**
 * The one table of counters and gauges: Prometheus name, type, labels and HELP text. The Prometheus
 * view, `docs/metrics.md` and the type of {@link MetricName} come from it; `layout.ts` says where the
 * same values stand in jsonstats and in the text of `list totals`.
 *
 * Names that start with `rtpengine_` are rtpengine's; names that start with `rtpedge_` are our own.
 *
 * @module
 */

/** Prometheus metric type. */
export type MetricType = "counter" | "gauge";

/** One metric family. */
export interface MetricSpec {
  /** Full Prometheus name. */
  readonly name: string;
  readonly type: MetricType;
  /** Label names, in the order in which series give their values. */
  readonly labels: readonly string[];
  /** HELP text, one line of plain English. */
  readonly help: string;
}

/** Quality measures that are kept as sum, sum of squares and number of samples. */
export const QUALITIES = [
  { key: "mos", help: "mean opinion score (MOS) estimates" },
  { key: "jitter", help: "interarrival jitter as reported by receivers in RTCP, milliseconds" },
  { key: "rtt_e2e", help: "end-to-end round-trip time calculated from RTCP, microseconds" },
  { key: "rtt_dsct", help: "round-trip time to one side calculated from RTCP, microseconds" },
  { key: "packetloss", help: "packet loss as reported by receivers in RTCP, percent" },
  { key: "jitter_measured", help: "interarrival jitter measured on received RTP, milliseconds" },
] as const;

/** Key of one entry of {@link QUALITIES}. */
export type Quality = typeof QUALITIES[number]["key"];

type QualitySuffix = "_total" | "2_total" | "_samples_total";

const INTERFACE = ["name", "address"] as const;
const THREAD = ["index", "pid", "type"] as const;

const CALLS = [
  {
    name: "rtpengine_sessions",
    type: "gauge",
    labels: ["type"],
    help:
      "Calls that exist now: type=own was created by a control message here, type=foreign is a standby copy",
  },
  {
    name: "rtpengine_transcoded_media",
    type: "gauge",
    labels: [],
    help: "Media streams that are being transcoded now",
  },
  {
    name: "rtpengine_media_cache",
    type: "gauge",
    labels: [],
    help: "Entries in the cache of media files",
  },
  {
    name: "rtpengine_player_cache",
    type: "gauge",
    labels: [],
    help: "Entries in the cache of encoded media for playback",
  },
  {
    name: "rtpengine_mediastreams",
    type: "gauge",
    labels: ["type"],
    help:
      "Media sections with an open port now, one per participant and section: forwarded in user space, in the kernel, or by both",
  },
  {
    name: "rtpengine_uptime_seconds",
    type: "gauge",
    labels: [],
    help: "Seconds since this process started",
  },
  {
    name: "rtpengine_sessions_total",
    type: "counter",
    labels: [],
    help: "Calls that have ended; running calls are counted when they end",
  },
  {
    name: "rtpengine_closed_sessions_total",
    type: "counter",
    labels: ["reason"],
    help:
      "Calls ended, by cause, and calls refused (reason=rejected): timeout = no media, silent_timeout = no media while on hold, final_timeout = longest duration reached, offer_timeout = never answered, terminated = by a delete command, force_terminated = by an operator",
  },
] as const satisfies readonly MetricSpec[];

const TRAFFIC = [
  {
    name: "rtpengine_packets_total",
    type: "counter",
    labels: ["type"],
    help: "Media packets received by open ports, running calls included",
  },
  {
    name: "rtpengine_packet_errors_total",
    type: "counter",
    labels: ["type"],
    help: "Media packets dropped or not sent, running calls included",
  },
  {
    name: "rtpengine_bytes_total",
    type: "counter",
    labels: ["type"],
    help: "UDP payload bytes received by open ports, running calls included",
  },
  {
    name: "rtpengine_zero_packet_streams_total",
    type: "counter",
    labels: [],
    help: "Ended calls in which no party sent a packet in the first media section",
  },
  {
    name: "rtpengine_one_way_sessions_total",
    type: "counter",
    labels: [],
    help: "Ended calls in which only one party sent packets in the first media section",
  },
  {
    name: "rtpengine_call_duration_avg",
    type: "gauge",
    labels: [],
    help: "Average duration in seconds of all ended calls",
  },
  {
    name: "rtpengine_call_duration_total",
    type: "counter",
    labels: [],
    help: "Sum of the durations of all ended calls in seconds",
  },
  {
    name: "rtpengine_call_duration2_total",
    type: "counter",
    labels: [],
    help: "Sum of the squared durations of all ended calls in seconds squared",
  },
] as const satisfies readonly MetricSpec[];

const RTP = [
  {
    name: "rtpengine_packets_lost",
    type: "counter",
    labels: [],
    help: "RTP packets that never arrived according to the sequence numbers (RFC 3550 A.3)",
  },
  {
    name: "rtpengine_rtp_duplicates",
    type: "counter",
    labels: [],
    help: "RTP packets received more than once",
  },
  {
    name: "rtpengine_rtp_skips",
    type: "counter",
    labels: [],
    help:
      "Forward jumps in RTP sequence numbers noticed while decoding; the relay core counts loss instead",
  },
  {
    name: "rtpengine_rtp_seq_resets",
    type: "counter",
    labels: [],
    help: "RTP sequence number jumps so large that they were taken as a restart of the sender",
  },
  {
    name: "rtpengine_rtp_reordered",
    type: "counter",
    labels: [],
    help: "RTP packets that arrived after a packet with a higher sequence number",
  },
] as const satisfies readonly MetricSpec[];

const CONTROL = [
  {
    name: "rtpengine_requests_total",
    type: "counter",
    labels: ["proxy", "request"],
    help:
      "Control requests by client address and command, failed ones included; clients beyond the size of the table are counted as proxy=other",
  },
  {
    name: "rtpengine_request_seconds_total",
    type: "counter",
    labels: ["proxy", "request"],
    help: "Time in seconds spent on control requests, by client address and command",
  },
  {
    name: "rtpengine_errors_total",
    type: "counter",
    labels: ["proxy"],
    help: "Control requests answered with an error, by client address",
  },
] as const satisfies readonly MetricSpec[];

const INTERFACES = [
  {
    name: "rtpengine_ports_used",
    type: "gauge",
    labels: INTERFACE,
    help: "Ports of the range in use on a local address",
  },
  {
    name: "rtpengine_ports_free",
    type: "gauge",
    labels: INTERFACE,
    help: "Ports of the range that can be opened now on a local address",
  },
  {
    name: "rtpengine_ports",
    type: "gauge",
    labels: INTERFACE,
    help: "Size of the port range of a local address",
  },
  {
    name: "rtpengine_interface_packets_lost",
    type: "counter",
    labels: INTERFACE,
    help: "RTP packets that never arrived on a local address according to the sequence numbers",
  },
  {
    name: "rtpengine_interface_duplicates",
    type: "counter",
    labels: INTERFACE,
    help: "RTP packets received more than once on a local address",
  },
  {
    name: "rtpengine_interface_packets",
    type: "gauge",
    labels: ["name", "address", "direction"],
    help: "Media packets received (ingress) and sent (egress) by a local address since the start",
  },
  {
    name: "rtpengine_interface_bytes",
    type: "gauge",
    labels: ["name", "address", "direction"],
    help:
      "UDP payload bytes received (ingress) and sent (egress) by a local address since the start",
  },
  {
    name: "rtpengine_interface_errors",
    type: "gauge",
    labels: ["name", "address", "direction"],
    help:
      "Media packets dropped on receipt (ingress) or that could not be sent (egress) by a local address since the start",
  },
] as const satisfies readonly MetricSpec[];

const ENGINES = [
  {
    name: "rtpengine_transcoders",
    type: "gauge",
    labels: ["chain"],
    help: "Transcoders that exist now, by codec chain",
  },
  {
    name: "rtpengine_transcode_packets_total",
    type: "counter",
    labels: ["chain"],
    help: "Packets transcoded, by codec chain",
  },
  {
    name: "rtpengine_transcode_bytes_total",
    type: "counter",
    labels: ["chain"],
    help: "Bytes transcoded, by codec chain",
  },
  {
    name: "rtpengine_transcode_samples_total",
    type: "counter",
    labels: ["chain"],
    help: "Samples transcoded, by codec chain",
  },
  {
    name: "rtpengine_poller_wakeups",
    type: "counter",
    labels: THREAD,
    help: "Times a relay thread woke up to look for packets",
  },
  {
    name: "rtpengine_poller_items",
    type: "counter",
    labels: THREAD,
    help: "Batches of packets handled by a relay thread",
  },
] as const satisfies readonly MetricSpec[];

const OWN = [
  {
    name: "rtpedge_relay_engine_info",
    type: "gauge",
    labels: ["mode", "reason"],
    help: "Always 1: how packets reach the relay core, and why the best way is not in use",
  },
  {
    name: "rtpedge_relay_drops_total",
    type: "counter",
    labels: ["reason"],
    help:
      "Media packets dropped on receipt by reason: source = not from the expected address, malformed = not valid RTP or RTCP, filtered = payload type not allowed or media blocked, no_rule = nowhere to send it",
  },
  {
    name: "rtpedge_relay_punts_total",
    type: "counter",
    labels: [],
    help: "Packets the relay core handed to the control plane for a decision",
  },
  {
    name: "rtpedge_relay_ring_lost_total",
    type: "counter",
    labels: ["ring"],
    help: "Records lost because the ring between relay core and control plane was full",
  },
  {
    name: "rtpedge_relay_thread_received_packets_total",
    type: "counter",
    labels: ["thread"],
    help: "Packets received by a relay thread",
  },
  {
    name: "rtpedge_relay_thread_sent_packets_total",
    type: "counter",
    labels: ["thread"],
    help: "Packets sent by a relay thread",
  },
  {
    name: "rtpedge_relay_thread_unknown_packets_total",
    type: "counter",
    labels: ["thread"],
    help: "Packets for ports that are not open, seen by a relay thread",
  },
  {
    name: "rtpedge_relay_thread_overflow_packets_total",
    type: "counter",
    labels: ["thread"],
    help: "Packets lost in a full receive buffer before a relay thread could read them",
  },
  {
    name: "rtpedge_relay_thread_send_errors_total",
    type: "counter",
    labels: ["thread"],
    help: "Packets the system did not take from a relay thread",
  },
  {
    name: "rtpedge_relay_thread_cpu_seconds_total",
    type: "counter",
    labels: ["thread"],
    help: "Processor time used by a relay thread in seconds",
  },
  {
    name: "rtpedge_process_resident_memory_bytes",
    type: "gauge",
    labels: [],
    help: "Resident memory of this process in bytes",
  },
  {
    name: "rtpedge_process_heap_bytes",
    type: "gauge",
    labels: [],
    help: "JavaScript heap in use in bytes",
  },
  {
    name: "rtpedge_process_cpu_seconds_total",
    type: "counter",
    labels: [],
    help: "Processor time used by all threads of this process in seconds",
  },
] as const satisfies readonly MetricSpec[];

/** Name of a metric family. */
export type MetricName =
  | (typeof CALLS)[number]["name"]
  | (typeof TRAFFIC)[number]["name"]
  | (typeof RTP)[number]["name"]
  | (typeof CONTROL)[number]["name"]
  | (typeof INTERFACES)[number]["name"]
  | (typeof ENGINES)[number]["name"]
  | (typeof OWN)[number]["name"]
  | `rtpengine_${Quality}${QualitySuffix}`
  | `rtpengine_interface_${Quality}${QualitySuffix}`;

function qualitySpecs(prefix: string, labels: readonly string[], where: string): MetricSpec[] {
  return QUALITIES.flatMap(({ key, help }): MetricSpec[] => [
    { name: `${prefix}${key}_total`, type: "counter", labels, help: `Sum of all ${help}${where}` },
    {
      name: `${prefix}${key}2_total`,
      type: "counter",
      labels,
      help: `Sum of the squares of all ${help} squared${where}`,
    },
    {
      name: `${prefix}${key}_samples_total`,
      type: "counter",
      labels,
      help: `Number of samples behind the sum of ${help}${where}`,
    },
  ]);
}

/** Every metric family, in the order of the Prometheus page. */
export const METRICS: readonly (MetricSpec & { readonly name: MetricName })[] = [
  ...CALLS,
  ...TRAFFIC,
  ...qualitySpecs("rtpengine_", [], ""),
  ...RTP,
  ...CONTROL,
  ...INTERFACES.slice(0, 5),
  ...qualitySpecs("rtpengine_interface_", INTERFACE, ", by local address"),
  ...INTERFACES.slice(5),
  ...ENGINES,
  ...OWN,
] as readonly (MetricSpec & { readonly name: MetricName })[];
