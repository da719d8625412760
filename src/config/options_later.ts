/**
 * Options of features that are not built yet: accepted and checked, so that an existing configuration keeps
 * working, and named in one warning at the start.
 *
 * @module
 */

import { later } from "./option.ts";
import {
  choice,
  flag,
  float,
  integer,
  integers,
  path,
  peer,
  seconds,
  text,
  texts,
} from "./types.ts";

/** Redis: calls that survive a restart or move to another host. */
export const REDIS = later("shared state", {
  "redis": text({
    short: "r",
    metavar: "[PASSWORD@]HOST:PORT/DB",
    secret: true,
    help: "Keep calls in this Redis database",
  }),
  "redis-write": text({
    short: "w",
    metavar: "[PASSWORD@]HOST:PORT/DB",
    secret: true,
    help: "Write to this database when it is another one than is read",
  }),
  "redis-subscribe": text({
    metavar: "[PASSWORD@]HOST:PORT[/DB]",
    secret: true,
    help: "Receive notifications from this database",
  }),
  "redis-auth-pw": password("RTPENGINE_REDIS_AUTH_PW", "redis"),
  "redis-write-auth-pw": password("RTPENGINE_REDIS_WRITE_AUTH_PW", "redis-write"),
  "redis-subscribe-auth-pw": password("RTPENGINE_REDIS_SUBSCRIBE_AUTH_PW", "redis-subscribe"),
  "subscribe-keyspace": integers({
    short: "k",
    help: "Databases to watch for calls of other hosts; -1 only prepares for it",
  }),
  "redis-num-threads": integer({ default: 4, help: "Threads that read calls at the start" }),
  "redis-expires": seconds({ default: 86400, help: "Life of a stored call" }),
  "active-switchover": flag({ help: "Use of a call decides which host owns it" }),
  "no-redis-required": flag({ short: "q", help: "Start even when Redis cannot be reached" }),
  "redis-allowed-errors": integer({
    default: -1,
    help: "Errors in a row after which Redis is left alone for a while; -1 = never",
  }),
  "redis-disable-time": seconds({ default: 10, help: "How long Redis is left alone then" }),
  "redis-cmd-timeout": integer({ default: 0, unit: "ms", help: "Time for one Redis command" }),
  "redis-connect-timeout": integer({ default: 1000, unit: "ms", help: "Time to connect to Redis" }),
  "redis-resolve-on-reconnect": flag({ help: "Look the host name up again at each connection" }),
  "redis-format": choice(["native", "bencode", "JSON"], {
    default: "native",
    help: "Format of a stored call",
  }),
  "redis-tcp-keepalive-time": integer({
    default: 0,
    unit: "s",
    help: "Idle time before keep-alives are sent to Redis; 0 = none",
  }),
  "redis-tcp-keepalive-intvl": integer({ default: 1, unit: "s", help: "Time between keep-alives" }),
  "redis-tcp-keepalive-probes": integer({
    default: 3,
    help: "Unanswered keep-alives after which the connection counts as lost",
  }),
});

/** Recording of calls. */
export const RECORDING = later("recording", {
  "recording-dir": path({ metavar: "DIR", help: "Directory for recordings" }),
  "recording-method": choice(["pcap", "proc", "all", "none"], { help: "How calls are recorded" }),
  "recording-format": choice(["raw", "eth"], { help: "Frame type of packet captures" }),
  "record-egress": flag({ help: "Record what is sent instead of what is received" }),
  "record-both": flag({ help: "Record what is sent and what is received" }),
  "vsc-start-rec": digits("start the recording"),
  "vsc-stop-rec": digits("stop the recording"),
  "vsc-start-stop-rec": digits("start or stop the recording"),
  "vsc-pause-rec": digits("pause the recording"),
  "vsc-pause-resume-rec": digits("pause or resume the recording"),
  "vsc-start-pause-resume-rec": digits("start, pause or resume the recording"),
});

/** Media to play: database, caches, files. */
export const PLAYBACK = later("media playback", {
  "mysql-host": text({ help: "Database host of stored media" }),
  "mysql-port": integer({ min: 0, max: 65535, help: "Database port" }),
  "mysql-user": text({ help: "Database user" }),
  "mysql-pass": text({ secret: true, help: "Database password" }),
  "mysql-query": text({ metavar: "SQL", help: "Query for stored media, with one %llu for its id" }),
  "player-cache": flag({ help: "Keep played media in memory" }),
  "preload-media-files": texts({ metavar: "FILE", help: "Media files to load at the start" }),
  "media-files-reload": seconds({ default: 0, help: "Look for changed media files this often" }),
  "media-files-expire": seconds({ default: 0, help: "Forget media files not used for this long" }),
  "preload-db-media": integers({ help: "Media of the database to load at the start" }),
  "db-media-reload": seconds({ default: 0, help: "Reload media of the database this often" }),
  "db-media-expire": seconds({ default: 0, help: "Forget database media not used for this long" }),
  "db-media-cache": path({ metavar: "DIR", help: "Directory for media from the database" }),
  "preload-db-cache": integers({ help: "Media to load from the database into that directory" }),
  "db-cache-reload": seconds({ default: 0, help: "Reload media in that directory this often" }),
  "db-cache-expire": seconds({ default: 0, help: "Remove media not used for this long" }),
  "expiry-timer": seconds({ default: 0, help: "How often expired media is looked for" }),
  "audio-player": choice(["on-demand", "play-media", "transcoding", "always"], {
    help: "When outgoing audio is timed by a player",
  }),
  "audio-buffer-length": integer({ default: 500, unit: "ms", help: "Length of its buffer" }),
  "audio-buffer-delay": integer({ default: 5, unit: "ms", help: "Delay of its first packet" }),
  "moh-max-duration": integer({ default: 1800000, unit: "ms", help: "Longest music on hold" }),
  "moh-max-repeats": integer({ default: 999, help: "Most repetitions of music on hold" }),
  "moh-attr-name": text({ help: "SDP attribute that is added while music on hold plays" }),
  "moh-prevent-double-hold": flag({ help: "Do not play music when both sides hold" }),
});

/** What happens inside the audio: buffers, silence, transcoding, DTMF. */
export const PROCESSING = later("codecs and transcoding", {
  "jitter-buffer": integer({ default: 0, min: 0, unit: "packets", help: "Size; 0 = none" }),
  "jb-clock-drift": flag({ help: "Make up for a sender's wrong clock" }),
  "jb-adaptive": flag({ help: "Let the jitter buffer fit its size to the jitter" }),
  "jb-adaptive-min": integer({ default: 0, unit: "ms", help: "Shortest adaptive buffer" }),
  "jb-adaptive-max": integer({ default: 300, unit: "ms", help: "Longest adaptive buffer" }),
  "dtx-delay": integer({ default: 0, unit: "ms", help: "Gap that counts as silence; 0 = off" }),
  "max-dtx": integer({ default: 30, unit: "s", help: "Longest silence that is filled" }),
  "dtx-buffer": integer({ default: 10, unit: "packets", help: "Most packets held back" }),
  "dtx-lag": integer({ default: 100, unit: "ms", help: "Longest time held back" }),
  "dtx-shift": integer({ default: 5, unit: "ms", help: "Correction after over- or underflow" }),
  "dtx-cn-params": integers({ help: "Comfort noise that fills silence: level, then spectrum" }),
  "amr-dtx": choice(["native", "CN"], { default: "native", help: "How AMR silence is filled" }),
  "evs-dtx": choice(["native", "CN"], { default: "native", help: "How EVS silence is filled" }),
  "silence-detect": float({
    default: 0,
    min: 0,
    max: 100,
    unit: "%",
    help: "Audio below this level counts as silence; 0 = off",
  }),
  "cn-payload": integers({ defaults: [32], help: "Comfort noise that replaces silence" }),
  "transcode-config": text({ metavar: "PREFIX", help: "Sections with transcoding rules" }),
  "evs-lib-path": path({ metavar: "FILE", help: "Library of the EVS codec" }),
  "codec-chain-lib-path": path({ metavar: "FILE", help: "Library for chains of codecs" }),
  "codec-chain-runners": integer({ default: 2, help: "Threads of the chain library" }),
  "codec-chain-concurrency": integer({ default: 256, help: "Streams for each of them" }),
  "codec-chain-async": integer({ default: 0, help: "Threads that wait for its results" }),
  "codec-chain-nonblock": flag({ help: "Do not wait for the chain library" }),
  "codec-chain-interval": integer({ default: 10000, unit: "µs", help: "Time between its runs" }),
  "codec-chain-opus-application": text({ help: "Opus application of a chain" }),
  "codec-chain-opus-complexity": integer({ default: 10, help: "Opus complexity of a chain" }),
  "dtmf-log-dest": peer({ help: "Send DTMF events to this address over UDP" }),
  "dtmf-log-ng-tcp": flag({ help: "Send DTMF events to the clients of listen-tcp-ng" }),
  "dtmf-no-log-injects": flag({ help: "Leave out DTMF events made by a command" }),
  "dtmf-no-suppress": flag({ help: "Leave the audio under DTMF events alone" }),
  "dtmf-digit-delay": integer({
    default: 2500,
    unit: "ms",
    help: "Longest time between the digits of a trigger",
  }),
});

/** Statistics sent elsewhere. */
export const EXPORT = later("system log and export", {
  "mqtt-host": text({ help: "Publish statistics through this MQTT broker" }),
  "mqtt-port": integer({ default: 1883, min: 1, max: 65535, help: "Port of the broker" }),
  "mqtt-tls-alpn": text({ help: "Application protocol of TLS to the broker" }),
  "mqtt-id": text({ help: "Client id" }),
  "mqtt-keepalive": integer({ default: 30, unit: "s", help: "Time between keep-alives" }),
  "mqtt-user": text({ help: "User name" }),
  "mqtt-pass": text({ secret: true, help: "Password" }),
  "mqtt-cafile": path({ metavar: "FILE", help: "Certificates of authorities" }),
  "mqtt-capath": path({ metavar: "DIR", help: "Directory of such certificates" }),
  "mqtt-certfile": path({ metavar: "FILE", help: "Client certificate" }),
  "mqtt-keyfile": path({ metavar: "FILE", help: "Key of the client certificate" }),
  "mqtt-publish-qos": integer({ default: 0, min: 0, max: 2, help: "Quality of service" }),
  "mqtt-publish-topic": text({ help: "Topic" }),
  "mqtt-publish-interval": integer({ default: 5000, unit: "ms", help: "How often" }),
  "mqtt-publish-scope": choice(["global", "summary", "call", "media"], {
    help: "What is published",
  }),
});

function password(env: string, option: string) {
  return text({
    env,
    surface: "environment",
    secret: true,
    help: `Password for ${option}`,
  });
}

function digits(what: string) {
  return text({ metavar: "DIGITS", help: `DTMF digits that ${what}` });
}
