/**
 * The parameters of `params start` and `params current`, in rtpengine's order: values an operator can
 * change come from the settings, the others from the configuration, else they are at their default.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
import type { Parameters } from "./context.ts";

/** One parameter. */
export interface Parameter {
  /** Name as printed. */
  readonly name: string;
  /** Value that can change at run time. */
  readonly live?: (parameters: Parameters) => number;
  /** Option that configures it otherwise. */
  readonly option?: string;
  /** Turns the text of the option into what is printed; absent = the text itself. */
  readonly show?: (text: string) => string;
  /** Text when the option is not configured. */
  readonly fallback?: string;
  /** Text in its place when another option is configured. */
  readonly along?: { readonly option: string; readonly fallback: string };
  /** The value is a secret and never printed. */
  readonly secret?: true;
  /** One line for each configured value, none without one. */
  readonly repeated?: true;
}

type Row = readonly [name: string, fallback: string, option?: string];

const MICROSECONDS = 1e6;
const LEARNING: Readonly<Record<Settings["endpointLearning"], number>> = {
  delayed: 0,
  immediate: 1,
  off: 2,
  heuristic: 3,
};

function configured(...rows: readonly Row[]): Parameter[] {
  return rows.map(([name, fallback, option]) => ({
    name,
    fallback,
    option: option ?? name.replaceAll("_", "-"),
  }));
}

/** A number that is kept in another unit than the option is given in. */
function scaled(factor: number, ...rows: readonly Row[]): Parameter[] {
  return configured(...rows).map((row) => ({
    ...row,
    show: (text) => String(Number(text) * factor),
  }));
}

/** An option that has a value of its own when another one is configured. */
function along(option: string, fallback: string, row: Row): Parameter {
  return { ...configured(row)[0]!, along: { option, fallback } };
}

/** A choice, printed as its number. */
function chosen(
  name: string,
  numbers: Readonly<Record<string, number>>,
  option = name.replaceAll("_", "-"),
): Parameter {
  return { name, option, fallback: "0", show: (text) => String(numbers[text] ?? 0) };
}

/** Something that is not printed whatever is configured. */
function blank(...names: readonly string[]): Parameter[] {
  return names.map((name) => ({ name, fallback: "" }));
}

/** A part of `[PASSWORD@]HOST:PORT/DB`. */
function redisPart(name: string, fallback: string, option: string, part: RegExp): Parameter {
  return { name, fallback, option, show: (text) => part.exec(text)?.[1] ?? fallback };
}

function redisParts(prefix: string, database: string): Readonly<Record<string, Parameter>> {
  const option = prefix.replaceAll("_", "-");
  return {
    db: redisPart(`${prefix}_db`, database, option, /\/(\d+)$/),
    auth: { ...redisPart(`${prefix}_auth`, "(null)", option, /^(.*)@/), secret: true },
    hostname: redisPart(`${prefix}_hostname`, "(null)", option, /^(?:.*@)?([^/]*):\d+/),
    endpoint: redisPart(`${prefix}_ep`, "", option, /^(?:.*@)?([^/]*)/),
  };
}

const REDIS = redisParts("redis", "-1");
const REDIS_WRITE = redisParts("redis_write", "-1");
const REDIS_SUBSCRIBE = redisParts("redis_subscribe", "0");
function threadCount({ threads }: Parameters): number {
  return threads;
}

/** Header of a DTLS datagram over IPv6 and UDP, which rtpengine takes off. */
const DTLS_OVERHEAD = 48;

function live(name: string, read: (parameters: Parameters) => number): Parameter {
  return { name, live: read };
}

function secrets(...names: readonly string[]): Parameter[] {
  return names.map((name) => ({
    name,
    fallback: "(null)",
    option: name.replaceAll("_", "-"),
    secret: true,
  }));
}

function repeated(name: string, option: string): Parameter {
  return { name, option, repeated: true };
}

/** A limit in hundredths, as rtpengine keeps it. */
export function hundredths(value: number): number {
  return Math.round(value * 100);
}

/** Seconds as microseconds, as rtpengine keeps times. */
export function microseconds(value: number): number {
  return Math.round(value * MICROSECONDS);
}

/** Parameters that are whole numbers. */
export const NUMBERS: readonly Parameter[] = [
  ...configured(["kernel_table", "-1", "table"]),
  live("max_sessions", ({ settings }) => settings.maxSessions),
  ...configured(
    ["moh_max_duration", "1800000"],
    ["moh_max_repeats", "999"],
    ["redis_expires_secs", "86400", "redis-expires"],
  ),
  live("default_tos", ({ settings }) => Math.max(0, settings.tos)),
  live("control_tos", ({ settings }) => settings.controlTos),
  ...configured(),
  along("graphite", "1", ["graphite_interval", "0"]),
  ...configured(
    ["graphite_timeout", "0"],
    ["redis_num_threads", "4"],
  ),
  { ...chosen("homer_protocol", { udp: 2, tcp: 1 }), fallback: "2" },
  ...configured(
    ["homer_id", "2001"],
    ["homer_ng_capt_proto", "61", "homer-ng-capture-proto"],
    ["port_min", "30000"],
    ["port_max", "39999"],
  ),
  REDIS.db!,
  REDIS_WRITE.db!,
  REDIS_SUBSCRIBE.db!,
  live("redis_allowed_errors", ({ redis }) => redis.allowedErrors),
  live("redis_cmd_timeout", ({ redis }) => redis.commandTimeout),
  live("redis_connect_timeout", ({ redis }) => redis.connectTimeout),
  ...configured(),
  { name: "redis_delete_async", fallback: "0" },
  { name: "redis_delete_async_interval", fallback: "0" },
  ...configured(
    ["redis_tcp_keepalive_time", "0"],
    ["redis_tcp_keepalive_intvl", "1"],
    ["redis_tcp_keepalive_probes", "3"],
  ),
  live("num_threads", threadCount),
  live("media_num_threads", threadCount),
  ...configured(["codec_num_threads", "0"]),
  chosen("nftables_family", { "ip,ip6": 0, inet: 1, ip: 2, ip6: 10 }),
  live("load_limit", ({ settings }) => hundredths(settings.maxLoad)),
  live("cpu_limit", ({ settings }) => hundredths(settings.maxCpu)),
  ...configured(
    ["priority", "0"],
    ["idle_priority", "0"],
    ["mysql_port", "0"],
    ["dtmf_digit_delay", "2500"],
    ["jb_length", "0", "jitter-buffer"],
    ["jb_adaptive_min", "0"],
  ),
  along("jb-adaptive", "300", ["jb_adaptive_max", "0"]),
  ...configured(
    ["dtls_rsa_key_size", "2048"],
  ),
  {
    ...configured(["dtls_mtu", "1152"])[0]!,
    show: (text) => String(Number(text) - DTLS_OVERHEAD),
  },
  ...configured(
    ["http_threads", "0"],
    ["dtx_buffer", "10"],
    ["kernel_player", "0"],
    ["kernel_player_media", "128"],
    ["audio_buffer_length", "500"],
    ["audio_buffer_delay", "5"],
    ["mqtt_port", "1883"],
    ["mqtt_keepalive", "30"],
    ["mqtt_publish_qos", "0"],
    ["cpu_affinity", "0", "socket-cpu-affinity"],
    ["max_recv_iters", "50"],
    ["media_refresh", "0", "media-files-reload"],
    ["db_refresh", "0", "db-media-reload"],
    ["cache_refresh", "0", "db-cache-reload"],
    ["expiry_timer", "0"],
    ["cache_expire", "0", "db-cache-expire"],
    ["timer_accuracy", "500"],
  ),
  ...scaled(1000, ["ng_client_timeout", "50000"]),
  ...configured(
    ["ng_client_retries", "5"],
    ["http_buf_size", "0"],
    ["http_keepalive_timeout", "0", "http-idle-timeout"],
    ["homer_rtcp_off", "0", "homer-disable-rtcp-stats"],
    ["homer_ng_on", "0", "homer-enable-ng"],
    ["no_fallback", "0"],
    ["reject_invalid_sdp", "0"],
    ["save_interface_ports", "0"],
    ["no_redis_required", "0"],
    ["active_switchover", "0"],
    ["rec_egress", "0", "record-egress"],
    ["xtables", "0"],
    ["nftables_append", "0"],
    ["log_keys", "0", "log-srtp-keys"],
    ["dtmf_via_ng", "0", "dtmf-log-ng-tcp"],
    ["dtmf_no_suppress", "0"],
    ["dtmf_no_log_injects", "0"],
    ["jb_clock_drift", "0"],
    ["jb_adaptive", "0"],
    ["player_cache", "0"],
    ["poller_per_thread", "0"],
    ["redis_resolve_on_reconnect", "0"],
    ["measure_rtp", "0"],
  ),
  chosen("amr_cn_dtx", { CN: 1 }, "amr-dtx"),
  chosen("evs_cn_dtx", { CN: 1 }, "evs-dtx"),
  ...configured(["moh_prevent_double_hold", "0"]),
  chosen("control_pmtu", { want: 1, dont: 2 }),
  ...configured(["fmt", "0", "xmlrpc-format"]),
  chosen("log_format", { parsable: 1 }),
  chosen("redis_format", { JSON: 1 }),
  live("endpoint_learning", ({ settings }) => LEARNING[settings.endpointLearning]),
  chosen("dtls_cert_cipher", { RSA: 1 }),
  chosen("dtls_signature", { "SHA-1": 1 }),
  chosen("use_audio_player", { "play-media": 1, transcoding: 2, always: 3 }, "audio-player"),
  chosen("mqtt_publish_scope", { call: 1, media: 2, summary: 3 }),
  { name: "mos", option: "mos", fallback: "0", show: (text) => /\bLQ\b/.test(text) ? "1" : "0" },
  chosen("ssrc_reporting", { inline: 1, global: 2, none: 3 }),
  live("bw_limit", ({ settings }) => settings.maxBandwidth),
  live("silent_timeout_us", ({ settings }) => microseconds(settings.silentTimeout)),
  live("timeout_us", ({ settings }) => microseconds(settings.timeout)),
  live("final_timeout_us", ({ settings }) => microseconds(settings.finalTimeout)),
  live("offer_timeout_us", ({ settings }) => microseconds(settings.offerTimeout)),
  live("delete_delay_us", ({ settings }) => microseconds(settings.deleteDelay)),
  ...scaled(
    MICROSECONDS,
    ["media_expire_us", "0", "media-files-expire"],
    ["db_expire_us", "0", "db-media-expire"],
  ),
  ...scaled(1000, ["rtcp_interval_us", "5000000", "rtcp-interval"]),
  live("redis_disable_time_us", ({ redis }) => microseconds(redis.disableTime)),
  ...scaled(
    1000,
    ["mqtt_publish_interval_us", "5000000", "mqtt-publish-interval"],
    ["dtx_delay_us", "0", "dtx-delay"],
    ["dtx_shift_us", "5000", "dtx-shift"],
    ["dtx_lag_us", "100000", "dtx-lag"],
  ),
  ...scaled(MICROSECONDS, ["max_dtx_us", "30000000", "max-dtx"]),
];

/** Parameters that are text, printed after the interfaces. */
export const TEXTS: readonly Parameter[] = [
  ...configured(["b2b_url", "(null)"]),
  REDIS.auth!,
  REDIS_WRITE.auth!,
  REDIS_SUBSCRIBE.auth!,
  REDIS.hostname!,
  REDIS_WRITE.hostname!,
  REDIS_SUBSCRIBE.hostname!,
  ...configured(
    ["moh_attr_name", "(null)"],
    ["spooldir", "(null)", "recording-dir"],
    ["rec_method", "pcap", "recording-method"],
    ["rec_format", "raw", "recording-format"],
    ["iptables_chain", "(null)"],
    ["nftables_chain", "rtpengine_-1"],
    ["nftables_base_chain", "INPUT"],
    ["scheduling", "(null)"],
    ["idle_scheduling", "(null)"],
    ["mysql_host", "(null)"],
    ["mysql_user", "(null)"],
  ),
  ...secrets("mysql_pass"),
  ...configured(
    ["mysql_query", "(null)"],
    ["dtls_ciphers", "DEFAULT:!NULL:!aNULL:!SHA256:!SHA384:!aECDH:!AESGCM+AES256:!aPSK"],
    ["https_cert", "(null)"],
    ["https_key", "(null)"],
    ["software_id", "rtpedge"],
    ["mqtt_host", "(null)"],
    ["mqtt_tls_alpn", "(null)"],
    ["mqtt_id", "(null)"],
    ["mqtt_user", "(null)"],
  ),
  ...secrets("mqtt_pass"),
  ...configured(
    ["mqtt_cafile", "(null)"],
    ["mqtt_capath", "(null)"],
    ["mqtt_certfile", "(null)"],
    ["mqtt_keyfile", "(null)"],
    ["mqtt_publish_topic", "(null)"],
  ),
  ...secrets("janus_secret"),
  ...configured(
    ["db_media_cache", "(null)"],
  ),
  ...blank(
    "dtx_cn_params",
    "cn_payload",
    "vsc_start_rec",
    "vsc_stop_rec",
    "vsc_start_stop_rec",
    "vsc_pause_rec",
    "vsc_pause_resume_rec",
    "vsc_start_pause_resume_rec",
  ),
  ...configured(["graphite_ep", "", "graphite"]),
  REDIS.endpoint!,
  REDIS_WRITE.endpoint!,
  REDIS_SUBSCRIBE.endpoint!,
  ...configured(
    ["homer_ep", "", "homer"],
    ["dtmf_udp_ep", "", "dtmf-log-dest"],
  ),
  repeated("ng_listen_ep", "listen-ng"),
  repeated("ng_tcp_listen_ep", "listen-tcp-ng"),
  repeated("cli_listen_ep", "listen-cli"),
];
