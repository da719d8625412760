import assert from "node:assert/strict";
import { OPTION_NAMES, OPTIONS } from "./options.ts";
import type { Option } from "./option.ts";

/** Every option of rtpengine's daemon. */
const DOCUMENTED = `
  help version codecs config-file config-section pidfile foreground thread-stack num-threads
  media-num-threads codec-num-threads poller-per-thread poller-size max-recv-iters timer-accuracy
  socket-cpu-affinity scheduling idle-scheduling priority idle-priority io-uring io-uring-buffers
  software-id table no-fallback nftables-chain nftables-base-chain nftables-append nftables-family
  xtables nftables-start nftables-stop nftables-status kernel-slots kernel-num-threads
  kernel-player kernel-player-media iptables-chain interface interfaces-config port-min port-max
  save-interface-ports tos sip-source endpoint-learning listen-ng listen-tcp-ng listen-udp
  listen-tcp listen-cli listen-http listen-https https-cert https-key http-threads http-buf-size
  http-idle-timeout control-tos control-pmtu ng-client-timeout ng-client-retries templates
  janus-secret timeout silent-timeout final-timeout offer-timeout delete-delay max-sessions max-load
  max-cpu max-bandwidth log-level log-level-core log-level-ffmpeg log-level-internals
  log-level-spandsp log-level-transcoding log-level-codec log-level-rtcp log-level-ice
  log-level-crypto log-level-srtp log-level-http log-level-control log-level-dtx log-facility
  log-facility-cdr log-facility-rtcp log-facility-dtmf log-format log-stderr split-logs
  max-log-line-length no-log-timestamps log-name log-mark-prefix log-mark-suffix log-srtp-keys
  debug-srtp dtmf-log-dest dtmf-log-ng-tcp dtmf-no-log-injects dtmf-no-suppress dtmf-digit-delay
  reject-invalid-sdp redis redis-write redis-subscribe subscribe-keyspace redis-num-threads
  redis-expires active-switchover no-redis-required redis-allowed-errors redis-disable-time
  redis-cmd-timeout redis-connect-timeout redis-resolve-on-reconnect redis-format
  redis-tcp-keepalive-time redis-tcp-keepalive-intvl redis-tcp-keepalive-probes b2b-url
  xmlrpc-format recording-dir recording-method recording-format record-egress record-both
  vsc-start-rec vsc-stop-rec vsc-start-stop-rec vsc-pause-rec vsc-pause-resume-rec
  vsc-start-pause-resume-rec mysql-host mysql-port mysql-user mysql-pass mysql-query player-cache
  preload-media-files media-files-reload media-files-expire preload-db-media db-media-reload
  db-media-expire db-media-cache preload-db-cache db-cache-reload db-cache-expire expiry-timer
  moh-max-duration moh-max-repeats moh-attr-name moh-prevent-double-hold audio-player
  audio-buffer-length audio-buffer-delay jitter-buffer jb-clock-drift jb-adaptive jb-adaptive-min
  jb-adaptive-max dtx-delay max-dtx dtx-buffer dtx-lag dtx-shift dtx-cn-params amr-dtx evs-dtx
  silence-detect cn-payload transcode-config evs-lib-path codec-chain-lib-path codec-chain-runners
  codec-chain-concurrency codec-chain-async codec-chain-nonblock codec-chain-interval
  codec-chain-opus-application codec-chain-opus-complexity dtls-passive dtls-cert-cipher
  dtls-rsa-key-size dtls-signature dtls-ciphers dtls-mtu rtcp-interval mos measure-rtp
  ssrc-reporting graphite graphite-interval graphite-prefix graphite-timeout homer homer-protocol
  homer-id homer-disable-rtcp-stats homer-enable-ng homer-ng-capture-proto mqtt-host mqtt-port
  mqtt-tls-alpn mqtt-id mqtt-keepalive mqtt-user mqtt-pass mqtt-cafile mqtt-capath mqtt-certfile
  mqtt-keyfile mqtt-publish-qos mqtt-publish-topic mqtt-publish-interval mqtt-publish-scope`
  .trim().split(/\s+/);

const TABLE: Readonly<Record<string, Option<unknown>>> = OPTIONS;

Deno.test("every option of the documentation is in the table", () => {
  assert.deepEqual(DOCUMENTED.filter((name) => !Object.hasOwn(TABLE, name)), []);
});

Deno.test("every other option says that it is our own", () => {
  const strangers = OPTION_NAMES.filter((name) =>
    !DOCUMENTED.includes(name) && !TABLE[name]!.ours && TABLE[name]!.surface !== "environment"
  );
  assert.deepEqual(strangers, []);
});

Deno.test("options without effect name the part that brings it, and no others do", () => {
  for (const [name, { status, part }] of Object.entries(TABLE)) {
    assert.equal(part === undefined, status === "now", name);
  }
});
