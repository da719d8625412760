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

/** What a metric family is. */
export interface MetricBody {
  /** Whether it only grows. */
  readonly type: MetricType;
  /** Label names, in the order in which series give their values. */
  readonly labels: readonly string[];
  /** HELP text, one line of plain English. */
  readonly help: string;
}

/** One metric family. */
export interface MetricSpec extends MetricBody {
  /** Full Prometheus name. */
  readonly name: MetricName;
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

const INTERFACE = ["name", "address"] as const;
const THREAD = ["index", "pid", "type"] as const;

/** The families that stand on their own, by name. */
export const SINGLE_METRICS = {
  rtpengine_sessions: {
    type: "gauge",
    labels: ["type"],
    help:
      "Calls that exist now: type=own was created by a control message here, type=foreign is a standby copy",
  },
  rtpengine_transcoded_media: {
    type: "gauge",
    labels: [],
    help: "Media streams that are being transcoded now",
  },
  rtpengine_media_cache: {
    type: "gauge",
    labels: [],
    help: "Entries in the cache of media files",
  },
  rtpengine_player_cache: {
    type: "gauge",
    labels: [],
    help: "Entries in the cache of encoded media for playback",
  },
  rtpengine_mediastreams: {
    type: "gauge",
    labels: ["type"],
    help:
      "Media sections that received RTP within the last two seconds, one per participant and section: forwarded in user space, in the kernel, or by both",
  },
  rtpengine_uptime_seconds: {
    type: "gauge",
    labels: [],
    help: "Seconds since this process started",
  },
  rtpengine_sessions_total: {
    type: "counter",
    labels: [],
    help: "Calls that have ended; running calls are counted when they end",
  },
  rtpengine_closed_sessions_total: {
    type: "counter",
    labels: ["reason"],
    help:
      "Calls ended, by cause, and calls refused (reason=rejected): timeout = no media, silent_timeout = no media while on hold, final_timeout = longest duration reached, offer_timeout = never answered, terminated = by a delete command, force_terminated = by an operator",
  },
  rtpengine_packets_total: {
    type: "counter",
    labels: ["type"],
    help: "Media packets received by open ports, running calls included",
  },
  rtpengine_packet_errors_total: {
    type: "counter",
    labels: ["type"],
    help: "Media packets dropped or not sent, running calls included",
  },
  rtpengine_bytes_total: {
    type: "counter",
    labels: ["type"],
    help: "UDP payload bytes received by open ports, running calls included",
  },
  rtpengine_zero_packet_streams_total: {
    type: "counter",
    labels: [],
    help: "Ended calls in which no party sent a packet in the first media section",
  },
  rtpengine_one_way_sessions_total: {
    type: "counter",
    labels: [],
    help: "Ended calls in which only one party sent packets in the first media section",
  },
  rtpengine_call_duration_avg: {
    type: "gauge",
    labels: [],
    help: "Average duration in seconds of all ended calls",
  },
  rtpengine_call_duration_total: {
    type: "counter",
    labels: [],
    help: "Sum of the durations of all ended calls in seconds",
  },
  rtpengine_call_duration2_total: {
    type: "counter",
    labels: [],
    help: "Sum of the squared durations of all ended calls in seconds squared",
  },
  rtpengine_packets_lost: {
    type: "counter",
    labels: [],
    help: "RTP packets that never arrived according to the sequence numbers (RFC 3550 A.3)",
  },
  rtpengine_rtp_duplicates: {
    type: "counter",
    labels: [],
    help: "RTP packets received more than once",
  },
  rtpengine_rtp_skips: {
    type: "counter",
    labels: [],
    help:
      "Forward jumps in RTP sequence numbers noticed while decoding; the relay core counts loss instead",
  },
  rtpengine_rtp_seq_resets: {
    type: "counter",
    labels: [],
    help: "RTP sequence number jumps so large that they were taken as a restart of the sender",
  },
  rtpengine_rtp_reordered: {
    type: "counter",
    labels: [],
    help: "RTP packets that arrived after a packet with a higher sequence number",
  },
  rtpengine_requests_total: {
    type: "counter",
    labels: ["proxy", "request"],
    help:
      "Control requests by client address and command, failed ones included; clients beyond the size of the table are counted as proxy=other",
  },
  rtpengine_request_seconds_total: {
    type: "counter",
    labels: ["proxy", "request"],
    help: "Time in seconds spent on control requests, by client address and command",
  },
  rtpengine_errors_total: {
    type: "counter",
    labels: ["proxy"],
    help: "Control requests answered with an error, by client address",
  },
  rtpengine_ports_used: {
    type: "gauge",
    labels: INTERFACE,
    help: "Ports of the range in use on a local address",
  },
  rtpengine_ports_free: {
    type: "gauge",
    labels: INTERFACE,
    help: "Ports of the range that can be opened now on a local address",
  },
  rtpengine_ports: {
    type: "gauge",
    labels: INTERFACE,
    help: "Size of the port range of a local address",
  },
  rtpengine_interface_packets_lost: {
    type: "counter",
    labels: INTERFACE,
    help: "RTP packets that never arrived on a local address according to the sequence numbers",
  },
  rtpengine_interface_duplicates: {
    type: "counter",
    labels: INTERFACE,
    help: "RTP packets received more than once on a local address",
  },
  rtpengine_interface_packets: {
    type: "gauge",
    labels: ["name", "address", "direction"],
    help: "Media packets received (ingress) and sent (egress) by a local address since the start",
  },
  rtpengine_interface_bytes: {
    type: "gauge",
    labels: ["name", "address", "direction"],
    help:
      "UDP payload bytes received (ingress) and sent (egress) by a local address since the start",
  },
  rtpengine_interface_errors: {
    type: "gauge",
    labels: ["name", "address", "direction"],
    help:
      "Media packets dropped on receipt (ingress) or that could not be sent (egress) by a local address since the start",
  },
  rtpengine_transcoders: {
    type: "gauge",
    labels: ["chain"],
    help: "Transcoders that exist now, by codec chain",
  },
  rtpengine_transcode_packets_total: {
    type: "counter",
    labels: ["chain"],
    help: "Packets transcoded, by codec chain",
  },
  rtpengine_transcode_bytes_total: {
    type: "counter",
    labels: ["chain"],
    help: "Bytes transcoded, by codec chain",
  },
  rtpengine_transcode_samples_total: {
    type: "counter",
    labels: ["chain"],
    help: "Samples transcoded, by codec chain",
  },
  rtpengine_poller_wakeups: {
    type: "counter",
    labels: THREAD,
    help: "Times a relay thread woke up to look for packets",
  },
  rtpengine_poller_items: {
    type: "counter",
    labels: THREAD,
    help: "Batches of packets handled by a relay thread",
  },
  rtpedge_relay_engine_info: {
    type: "gauge",
    labels: ["mode", "reason"],
    help: "Always 1: how packets reach the relay core, and why the best way is not in use",
  },
  rtpedge_relay_drops_total: {
    type: "counter",
    labels: ["reason"],
    help:
      "Media packets dropped on receipt by reason: source = not from the expected address, malformed = not valid RTP or RTCP, filtered = payload type not allowed or media blocked, no_rule = nowhere to send it, not_authentic = SRTP under other keys or forged, replayed = SRTP that came twice",
  },
  rtpedge_relay_punts_total: {
    type: "counter",
    labels: [],
    help: "Packets the relay core handed to the control plane for a decision",
  },
  rtpedge_relay_ring_lost_total: {
    type: "counter",
    labels: ["ring"],
    help: "Records lost because the ring between relay core and control plane was full",
  },
  rtpedge_relay_thread_received_packets_total: {
    type: "counter",
    labels: ["thread"],
    help: "Packets received by a relay thread",
  },
  rtpedge_relay_thread_sent_packets_total: {
    type: "counter",
    labels: ["thread"],
    help: "Packets sent by a relay thread",
  },
  rtpedge_relay_thread_unknown_packets_total: {
    type: "counter",
    labels: ["thread"],
    help: "Packets for ports that are not open, seen by a relay thread",
  },
  rtpedge_relay_thread_overflow_packets_total: {
    type: "counter",
    labels: ["thread"],
    help: "Packets lost in a full receive buffer before a relay thread could read them",
  },
  rtpedge_relay_thread_send_errors_total: {
    type: "counter",
    labels: ["thread"],
    help: "Packets the system did not take from a relay thread",
  },
  rtpedge_relay_thread_cpu_seconds_total: {
    type: "counter",
    labels: ["thread"],
    help: "Processor time used by a relay thread in seconds",
  },
  rtpedge_graphite_reports_total: {
    type: "counter",
    labels: ["result"],
    help:
      "Interval reports for the Graphite server: result=sent was handed to a connection, result=dropped was given up because there was none for too long",
  },
  rtpedge_kernel_up: {
    type: "gauge",
    labels: [],
    help: "Whether the table of the kernel module is there (1) or has gone (0); absent without one",
  },
  rtpedge_kernel_streams: {
    type: "gauge",
    labels: [],
    help: "Ports whose packets the kernel module forwards",
  },
  rtpedge_kernel_obstacles: {
    type: "gauge",
    labels: ["reason"],
    help:
      "Streams that are not forwarded in the kernel although a table is in use, by what is in the way",
  },
  rtpedge_kernel_moves_total: {
    type: "counter",
    labels: ["direction"],
    help: "Streams moved: direction=in to the kernel, direction=out back to user space",
  },
  rtpedge_process_resident_memory_bytes: {
    type: "gauge",
    labels: [],
    help: "Resident memory of this process in bytes",
  },
  rtpedge_process_heap_bytes: {
    type: "gauge",
    labels: [],
    help: "JavaScript heap in use in bytes",
  },
  rtpedge_process_cpu_seconds_total: {
    type: "counter",
    labels: [],
    help: "Processor time used by all threads of this process in seconds",
  },
} as const satisfies Readonly<Record<string, MetricBody>>;

/** Name of a metric family. */
export type MetricName =
  | keyof typeof SINGLE_METRICS
  | `rtpengine_${"" | "interface_"}${Quality}${"_total" | "2_total" | "_samples_total"}`;

function qualitySpecs(prefix: "" | "interface_", labels: readonly string[]): MetricSpec[] {
  const where = prefix === "" ? "" : ", by local address";
  return QUALITIES.flatMap(({ key, help }): MetricSpec[] => [
    {
      name: `rtpengine_${prefix}${key}_total`,
      type: "counter",
      labels,
      help: `Sum of all ${help}${where}`,
    },
    {
      name: `rtpengine_${prefix}${key}2_total`,
      type: "counter",
      labels,
      help: `Sum of the squares of all ${help}${where}`,
    },
    {
      name: `rtpengine_${prefix}${key}_samples_total`,
      type: "counter",
      labels,
      help: `Number of samples behind the sum of all ${help}${where}`,
    },
  ]);
}

/** Every metric family, rtpengine's and our own. */
export const METRICS: readonly MetricSpec[] = [
  ...Object.entries(SINGLE_METRICS).map(([name, body]) => ({
    name: name as keyof typeof SINGLE_METRICS,
    ...body,
  })),
  ...qualitySpecs("", []),
  ...qualitySpecs("interface_", INTERFACE),
];
