/**
 * The panels of the Grafana dashboard: what each shows, and the PromQL behind it. Every selector takes the
 * variable `$instance`; rates are over `$__rate_interval`.
 *
 * @module
 */

/** How a value is drawn. */
export type PanelKind = "stat" | "gauge" | "lines" | "stacked" | "table";

/** One PromQL expression. */
export interface Query {
  /** `S` stands for the selector of the instance, `W` for the window of rates. */
  readonly expr: string;
  /** Name of its series; `{{label}}` is filled in by Grafana. */
  readonly legend: string;
}

/** One panel. */
export interface Panel {
  readonly title: string;
  /** Shown behind the "i": what it means and when to worry. */
  readonly help: string;
  readonly kind: PanelKind;
  /** Grafana's name of the unit. */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  readonly queries: readonly Query[];
  /** Values at which the colour changes, first to yellow, then to red; falling = low is bad. */
  readonly limits?: readonly [number, number];
  /** Lowest and highest value of the axis. */
  readonly range?: readonly [number | undefined, number | undefined];
}

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

function query(expr: string, legend = ""): Query {
  const selected = expr
    .replaceAll("{S}", '{instance=~"$instance"}')
    .replaceAll("{S,", '{instance=~"$instance",')
    .replaceAll("[W]", "[$__rate_interval]");
  return { expr: selected, legend };
}

/** Mean of the samples of the window, of sums and numbers of samples. */
function mean(quality: string, by = "", prefix = ""): string {
  const of = (part: string): string =>
    `sum${by}(rate(rtpengine_${prefix}${quality}${part}_total{S}[W]))`;
  return `${of("")} / (${of("_samples")} > 0)`;
}

const BY_INTERFACE = " by (instance, name, address)";

const OVERVIEW: Row = {
  title: "At a glance",
  panels: [
    {
      title: "Calls now",
      help: "Calls that exist, standby copies included",
      kind: "stat",
      unit: "none",
      width: 3,
      queries: [query("sum(rtpengine_sessions{S})", "calls")],
    },
    {
      title: "New calls",
      help: "Offers per second; a re-offer counts as well",
      kind: "stat",
      unit: "cps",
      width: 3,
      queries: [query('sum(rate(rtpengine_requests_total{S,request="offer"}[W]))', "offers")],
    },
    {
      title: "Packets",
      help: "Media packets received per second",
      kind: "stat",
      unit: "pps",
      width: 3,
      queries: [query("sum(rate(rtpengine_packets_total{S}[W]))", "packets")],
    },
    {
      title: "Bit rate",
      help: "UDP payload received per second",
      kind: "stat",
      unit: "bps",
      width: 3,
      queries: [query("8 * sum(rate(rtpengine_bytes_total{S}[W]))", "received")],
    },
    {
      title: "MOS",
      help:
        "Mean opinion score of the calls that send RTCP: 4.3 is as good as G.711 gets, below 3.6 " +
        "many users are dissatisfied",
      kind: "stat",
      unit: "none",
      width: 3,
      limits: [4, 3.6],
      queries: [query(mean("mos"), "MOS")],
    },
    {
      title: "Loss",
      help: "Packet loss as the receivers report it in RTCP",
      kind: "stat",
      unit: "percent",
      width: 3,
      limits: [1, 3],
      queries: [query(mean("packetloss"), "loss")],
    },
    {
      title: "Fullest port range",
      help: "Share of the media ports in use, of the local address that has the fewest left",
      kind: "gauge",
      unit: "percentunit",
      width: 3,
      limits: [0.7, 0.9],
      range: [0, 1],
      queries: [query("max(rtpengine_ports_used{S} / rtpengine_ports{S})", "in use")],
    },
    {
      title: "Up since",
      help: "Time since the process that was started last came up",
      kind: "stat",
      unit: "s",
      width: 3,
      queries: [query("min(rtpengine_uptime_seconds{S})", "uptime")],
    },
  ],
};

const CALLS: Row = {
  title: "Calls",
  panels: [
    {
      title: "Calls",
      help: "own: created here; foreign: standby copies of another instance",
      kind: "stacked",
      unit: "none",
      width: 12,
      queries: [query("sum by (type) (rtpengine_sessions{S})", "{{type}}")],
    },
    {
      title: "Calls that ended",
      help:
        "By cause. terminated is the normal end; a timeout means that a hang-up or the media got lost; " +
        "rejected calls were refused because of a limit or for want of ports",
      kind: "stacked",
      unit: "cps",
      width: 12,
      queries: [
        query("sum by (reason) (rate(rtpengine_closed_sessions_total{S}[W]))", "{{reason}}"),
      ],
    },
    {
      title: "Silent and one-way calls",
      help: "Ended calls in which nobody, or only one side, was heard: usually NAT or a firewall",
      kind: "lines",
      unit: "cps",
      width: 8,
      queries: [
        query("sum(rate(rtpengine_zero_packet_streams_total{S}[W]))", "nobody heard"),
        query("sum(rate(rtpengine_one_way_sessions_total{S}[W]))", "one side heard"),
      ],
    },
    {
      title: "Duration of the calls that ended",
      help: "Mean over the window",
      kind: "lines",
      unit: "s",
      width: 8,
      queries: [
        query(
          "sum(rate(rtpengine_call_duration_total{S}[W])) / (sum(rate(rtpengine_sessions_total{S}[W])) > 0)",
          "mean",
        ),
      ],
    },
    {
      title: "Media sections in use",
      help: "By where packets are forwarded, and how many are transcoded",
      kind: "lines",
      unit: "none",
      width: 8,
      queries: [
        query("sum by (type) (rtpengine_mediastreams{S})", "{{type}}"),
        query("sum(rtpengine_transcoded_media{S})", "transcoded"),
      ],
    },
  ],
};

const MEDIA: Row = {
  title: "Media",
  panels: [
    {
      title: "Packets",
      help: "Media packets received, by where they are forwarded",
      kind: "stacked",
      unit: "pps",
      width: 8,
      queries: [query("sum by (type) (rate(rtpengine_packets_total{S}[W]))", "{{type}}")],
    },
    {
      title: "Bit rate by local address",
      help: "UDP payload in and out of each local address",
      kind: "lines",
      unit: "bps",
      width: 8,
      queries: [
        query(
          "8 * sum by (instance, name, address, direction) (rate(rtpengine_interface_bytes{S}[W]))",
          "{{name}} {{address}} {{direction}}",
        ),
      ],
    },
    {
      title: "Packets dropped",
      help:
        "source: not from the party; malformed: neither RTP nor RTCP; filtered: media blocked or " +
        "payload type not negotiated; no_rule: nowhere to send it yet; not_authentic, replayed: SRTP",
      kind: "lines",
      unit: "pps",
      width: 8,
      queries: [
        query("sum by (reason) (rate(rtpedge_relay_drops_total{S}[W]))", "{{reason}}"),
        query("sum(rate(rtpedge_relay_thread_send_errors_total{S}[W]))", "not sent"),
      ],
    },
  ],
};

const QUALITY: Row = {
  title: "Quality",
  panels: [
    {
      title: "MOS",
      help: "Mean opinion score by local address",
      kind: "lines",
      unit: "none",
      width: 8,
      limits: [4, 3.6],
      range: [1, 5],
      queries: [query(mean("mos", BY_INTERFACE, "interface_"), "{{name}} {{address}}")],
    },
    {
      title: "Packet loss",
      help: "As the receivers report it in RTCP, by local address",
      kind: "lines",
      unit: "percent",
      width: 8,
      range: [0, undefined],
      queries: [query(mean("packetloss", BY_INTERFACE, "interface_"), "{{name}} {{address}}")],
    },
    {
      title: "Jitter",
      help: "Interarrival jitter: as the receivers report it, and as measured here on what arrives",
      kind: "lines",
      unit: "ms",
      width: 8,
      range: [0, undefined],
      queries: [
        query(mean("jitter", " by (instance)"), "{{instance}} reported"),
        query(mean("jitter_measured", " by (instance)"), "{{instance}} measured"),
      ],
    },
    {
      title: "Round trip",
      help: "From RTCP: between the two parties, and from here to one of them",
      kind: "lines",
      unit: "µs",
      width: 12,
      range: [0, undefined],
      queries: [
        query(mean("rtt_e2e", " by (instance)"), "{{instance}} party to party"),
        query(mean("rtt_dsct", " by (instance)"), "{{instance}} relay to party"),
      ],
    },
    {
      title: "What the sequence numbers say",
      help: "RTP packets lost before they came here, and those that came twice or late",
      kind: "lines",
      unit: "pps",
      width: 12,
      queries: [
        query("sum(rate(rtpengine_packets_lost{S}[W]))", "lost"),
        query("sum(rate(rtpengine_rtp_duplicates{S}[W]))", "duplicates"),
        query("sum(rate(rtpengine_rtp_reordered{S}[W]))", "late"),
        query("sum(rate(rtpengine_rtp_seq_resets{S}[W]))", "restarts"),
      ],
    },
  ],
};

const PORTS: Row = {
  title: "Ports",
  panels: [
    {
      title: "Ports in use",
      help: "Of the range of each local address",
      kind: "lines",
      unit: "none",
      width: 12,
      queries: [query("rtpengine_ports_used{S}", "{{instance}} {{name}} {{address}}")],
    },
    {
      title: "Ports left",
      help: "Calls are refused when there are none",
      kind: "lines",
      unit: "none",
      width: 12,
      range: [0, undefined],
      queries: [query("rtpengine_ports_free{S}", "{{instance}} {{name}} {{address}}")],
    },
  ],
};

const CONTROL: Row = {
  title: "Control",
  panels: [
    {
      title: "Requests",
      help: "Control requests by command",
      kind: "stacked",
      unit: "reqps",
      width: 8,
      queries: [
        query("sum by (request) (rate(rtpengine_requests_total{S}[W])) > 0", "{{request}}"),
      ],
    },
    {
      title: "Time for a request",
      help: "Mean by command; a proxy asks again after half a second or so",
      kind: "lines",
      unit: "s",
      width: 8,
      range: [0, undefined],
      queries: [
        query(
          "sum by (request) (rate(rtpengine_request_seconds_total{S}[W])) / " +
            "(sum by (request) (rate(rtpengine_requests_total{S}[W])) > 0)",
          "{{request}}",
        ),
      ],
    },
    {
      title: "Errors by proxy",
      help: "Requests answered with an error, by the address of the client",
      kind: "lines",
      unit: "reqps",
      width: 8,
      queries: [query("sum by (proxy) (rate(rtpengine_errors_total{S}[W]))", "{{proxy}}")],
    },
  ],
};

const RELAY: Row = {
  title: "Relay core",
  panels: [
    {
      title: "Processor time of the threads",
      help:
        "Share of one processor that each relay thread uses; add threads before one is at 100 %",
      kind: "lines",
      unit: "percentunit",
      width: 8,
      range: [0, undefined],
      queries: [
        query(
          "rate(rtpedge_relay_thread_cpu_seconds_total{S}[W])",
          "{{instance}} thread {{thread}}",
        ),
      ],
    },
    {
      title: "Packets by thread",
      help: "How evenly the threads are used",
      kind: "lines",
      unit: "pps",
      width: 8,
      queries: [
        query(
          "rate(rtpedge_relay_thread_received_packets_total{S}[W])",
          "{{instance}} thread {{thread}}",
        ),
      ],
    },
    {
      title: "Packets for each time a thread wakes up",
      help: "More is cheaper; about 1 at low rates",
      kind: "lines",
      unit: "none",
      width: 8,
      queries: [
        query(
          "sum by (instance) (rate(rtpedge_relay_thread_received_packets_total{S}[W])) / " +
            "(sum by (instance) (rate(rtpengine_poller_wakeups{S}[W])) > 0)",
          "{{instance}}",
        ),
      ],
    },
    {
      title: "Losses in this host",
      help:
        "Packets lost in full buffers and records lost in full rings. Must stay at 0: anything else " +
        "is want of processor time",
      kind: "lines",
      unit: "pps",
      width: 8,
      limits: [0.1, 10],
      queries: [
        query(
          "sum by (instance) (rate(rtpedge_relay_thread_overflow_packets_total{S}[W]))",
          "{{instance}} receive buffer",
        ),
        query("rate(rtpedge_relay_ring_lost_total{S}[W])", "{{instance}} {{ring}} ring"),
      ],
    },
    {
      title: "Packets for ports that are not open",
      help: "Media that goes on after a hang-up, or somebody who scans the ports",
      kind: "lines",
      unit: "pps",
      width: 8,
      queries: [
        query(
          "sum by (instance) (rate(rtpedge_relay_thread_unknown_packets_total{S}[W]))",
          "{{instance}}",
        ),
      ],
    },
    {
      title: "Packets decided by the control plane",
      help: "Packets the relay core hands up, such as RTCP of which quality is computed",
      kind: "lines",
      unit: "pps",
      width: 8,
      queries: [query("sum by (instance) (rate(rtpedge_relay_punts_total{S}[W]))", "{{instance}}")],
    },
  ],
};

const PROCESS: Row = {
  title: "Process",
  panels: [
    {
      title: "Memory",
      help: "Resident memory of the process, and the JavaScript heap in it",
      kind: "lines",
      unit: "bytes",
      width: 8,
      range: [0, undefined],
      queries: [
        query("rtpedge_process_resident_memory_bytes{S}", "{{instance}} resident"),
        query("rtpedge_process_heap_bytes{S}", "{{instance}} heap"),
      ],
    },
    {
      title: "Processor time",
      help: "Processors in use by all threads of the process",
      kind: "lines",
      unit: "none",
      width: 8,
      range: [0, undefined],
      queries: [query("rate(rtpedge_process_cpu_seconds_total{S}[W])", "{{instance}}")],
    },
    {
      title: "How packets reach the relay core",
      help: "The mode in use, and why not the best one",
      kind: "table",
      unit: "none",
      width: 8,
      queries: [query("rtpedge_relay_engine_info{S}", "")],
    },
  ],
};

/** All rows of the dashboard. */
export const ROWS: readonly Row[] = [
  OVERVIEW,
  CALLS,
  MEDIA,
  QUALITY,
  PORTS,
  CONTROL,
  RELAY,
  PROCESS,
];
