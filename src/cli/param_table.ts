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
  /** Text when the option is not configured. */
  readonly fallback?: string;
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
  ...configured(
    ["graphite_interval", "0"],
    ["graphite_timeout", "0"],
    ["redis_num_threads", "4"],
    ["homer_protocol", "2"],
    ["homer_id", "2001"],
    ["homer_ng_capt_proto", "61", "homer-ng-capture-proto"],
    ["port_min", "30000"],
    ["port_max", "39999"],
    ["redis_db", "-1"],
    ["redis_write_db", "-1"],
    ["redis_subscribe_db", "0"],
  ),
  live("redis_allowed_errors", ({ redis }) => redis.allowedErrors),
  live("redis_cmd_timeout", ({ redis }) => redis.commandTimeout),
  live("redis_connect_timeout", ({ redis }) => redis.connectTimeout),
  ...configured(
    ["redis_delete_async", "0"],
    ["redis_delete_async_interval", "0"],
    ["redis_tcp_keepalive_time", "0"],
    ["redis_tcp_keepalive_intvl", "1"],
    ["redis_tcp_keepalive_probes", "3"],
    ["num_threads", "4"],
    ["media_num_threads", "4"],
    ["codec_num_threads", "0"],
    ["nftables_family", "0"],
  ),
  live("load_limit", ({ settings }) => hundredths(settings.maxLoad)),
  live("cpu_limit", ({ settings }) => hundredths(settings.maxCpu)),
  ...configured(
    ["priority", "0"],
    ["idle_priority", "0"],
    ["mysql_port", "0"],
    ["dtmf_digit_delay", "2500"],
    ["jb_length", "0", "jitter-buffer"],
    ["jb_adaptive_min", "0"],
    ["jb_adaptive_max", "0"],
    ["dtls_rsa_key_size", "2048"],
    ["dtls_mtu", "1152"],
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
    ["ng_client_timeout", "50000"],
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
    ["amr_cn_dtx", "0", "amr-dtx"],
    ["evs_cn_dtx", "0", "evs-dtx"],
    ["moh_prevent_double_hold", "0"],
    ["control_pmtu", "0"],
    ["fmt", "0", "xmlrpc-format"],
    ["log_format", "0"],
    ["redis_format", "0"],
  ),
  live("endpoint_learning", ({ settings }) => LEARNING[settings.endpointLearning]),
  ...configured(
    ["dtls_cert_cipher", "0"],
    ["dtls_signature", "0"],
    ["use_audio_player", "0", "audio-player"],
    ["mqtt_publish_scope", "0"],
    ["mos", "0"],
    ["ssrc_reporting", "0"],
  ),
  live("bw_limit", ({ settings }) => settings.maxBandwidth),
  live("silent_timeout_us", ({ settings }) => microseconds(settings.silentTimeout)),
  live("timeout_us", ({ settings }) => microseconds(settings.timeout)),
  live("final_timeout_us", ({ settings }) => microseconds(settings.finalTimeout)),
  live("offer_timeout_us", ({ settings }) => microseconds(settings.offerTimeout)),
  live("delete_delay_us", ({ settings }) => microseconds(settings.deleteDelay)),
  ...configured(
    ["media_expire_us", "0", "media-files-expire"],
    ["db_expire_us", "0", "db-media-expire"],
    ["rtcp_interval_us", "5000000", "rtcp-interval"],
  ),
  live("redis_disable_time_us", ({ redis }) => microseconds(redis.disableTime)),
  ...configured(
    ["mqtt_publish_interval_us", "5000000", "mqtt-publish-interval"],
    ["dtx_delay_us", "0", "dtx-delay"],
    ["dtx_shift_us", "5000", "dtx-shift"],
    ["dtx_lag_us", "100000", "dtx-lag"],
    ["max_dtx_us", "30000000", "max-dtx"],
  ),
];

/** Parameters that are text, printed after the interfaces. */
export const TEXTS: readonly Parameter[] = [
  ...configured(["b2b_url", "(null)"]),
  ...secrets("redis_auth", "redis_write_auth", "redis_subscribe_auth"),
  ...configured(
    ["redis_hostname", "(null)"],
    ["redis_write_hostname", "(null)"],
    ["redis_subscribe_hostname", "(null)"],
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
    ["dtx_cn_params", ""],
    ["cn_payload", ""],
    ["vsc_start_rec", ""],
    ["vsc_stop_rec", ""],
    ["vsc_start_stop_rec", ""],
    ["vsc_pause_rec", ""],
    ["vsc_pause_resume_rec", ""],
    ["vsc_start_pause_resume_rec", ""],
    ["graphite_ep", "", "graphite"],
    ["redis_ep", "", "redis"],
    ["redis_write_ep", "", "redis-write"],
    ["redis_subscribe_ep", "", "redis-subscribe"],
    ["homer_ep", "", "homer"],
    ["dtmf_udp_ep", "", "dtmf-log-dest"],
  ),
  repeated("ng_listen_ep", "listen-ng"),
  repeated("ng_tcp_listen_ep", "listen-tcp-ng"),
  repeated("cli_listen_ep", "listen-cli"),
];
