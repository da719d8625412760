import assert from "node:assert/strict";
import { COMMANDS } from "./command_table.ts";
import { KEY_TABLE } from "./key_table.ts";
import type { NgRequest } from "./request.ts";
import { parseRequest } from "./schema.ts";
import type { NgDict, NgValue } from "./types.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;

function parse(...entries: [string, NgValue][]): NgRequest {
  const dict: NgDict = new Map<string, NgValue>([["command", "offer"], ...entries]);
  return parseRequest(dict, { transport: "udp", peer: HOME, local: HOME });
}

function words(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

/** Commands of rtpengine's documentation, old and new. */
const COMMAND_WORDS = words(`
  ping, offer, answer, delete, list, query, start recording, stop recording, pause recording,
  start forwarding, stop forwarding, block DTMF, unblock DTMF, block media, unblock media,
  silence media, unsilence media, play media, stop media, play DTMF, statistics, publish,
  subscribe request, subscribe answer, unsubscribe, inject start, inject stop, connect, create,
  create answer, mesh, transform, cli`);

/** Keys of the same, aliases included. */
const KEY_WORDS = words(`
  address, address family, alias-key, all, audio player, player, blob, blob64, file, db-id, bundle,
  call-id, calls, tags, medias, media, codec, codecs, code, digit, delay-buffer, delete delay,
  direction, from-interface, to-interface, interface, peer, inbound-peer, outbound-peer,
  drop-traffic, DTLS, DTLS-reverse, DTLS-fingerprint, DTMF-security, DTMF-security-trigger,
  DTMF-security-trigger-end, trigger, trigger-end, end trigger, trigger-end-time,
  trigger-end-digits, DTMF-delay, DTMF-log-dest, frequency, frequencies, volume, duration, pause,
  endpoint-learning, extmap, flags, from-tag, to-tag, via-branch, from-tags, to-call-id,
  source-call-id, source-tag, generate RTCP, ICE, ICE-lite, instance, label, from-label, to-label,
  set-label, media address, media echo, metadata, moh, OSRTP, output-destination, recording-file,
  recording-dir, recording-pattern, recording-media-slot-offer, recording-media-slot-answer,
  recording-media-slots, passthrough, ptime, ptime-reverse, received from, record call,
  repeat-times, repeat-duration, start-pos, replace, rtcp-mux, rtpp-flags, SDES, sdp, sdp-attr,
  sdp-media-remove, SIP code, SIP message type, supports, T.38, T.38 version, template, TOS,
  transport protocol, vsc-start-rec, vsc-stop-rec, vsc-start-stop-rec, vsc-pause-rec,
  vsc-pause-resume-rec, vsc-start-pause-resume-rec, xmlrpc-callback, command, limit, body`);

/** Flags of the same. */
const FLAG_WORDS = words(`
  all, allow transcoding, always transcode, codec accept all, asymmetric, debug, debugging,
  detect DTMF, fatal, full rtcp attribute, generate mid, generate RTCP, inject DTMF, loop protect,
  media handover, NAT-wait, no port latching, no rtcp attribute, original sendrecv, pad crypto,
  SDES-pad, pierce NAT, port latching, record call, reject ICE, reset, reuse codecs,
  no codec renegotiation, RTCP mirror, single codec, SIP source address, strict source,
  strip extmap, symmetric, trickle ICE, trust address, unidirectional, from-tags-x, codec-strip-x,
  codec-transcode-x, transcode-x, SDES-off, endpoint-learning-off, T38-decode, T.38-decode,
  allow asymmetric codecs, allow no codec media, allow empty codec media, audio player, no player,
  bidirectional, block DTMF, block egress, block short, directional, discard recording, early media,
  exclude recording, force transcoding, fragment, inactive, mix, new branch, no-tls-id, provisional,
  recording announcement, recrypt, skip-recording-db, static codecs, WebRTC, fast, to-tag,
  unsubscribe, egress, SIPREC, no-jitter-buffer, no-redis-update, passthrough, no-passthrough,
  recording-vsc, pause, replace-origin, rtcp-mux-offer, OSRTP-offer, BUNDLE-accept,
  sdp-attr-add-audio-x, sdp-attr-remove-none-x, sdp-attr-substitute-audio-x>y`);

/** Items of lists and words of keys. */
const VALUE_WORDS: Readonly<Record<string, string>> = {
  "replace": `origin, session connection, SDP version, username, session name, zero address,
    origin-full, force-increment-sdp-ver`,
  "rtcp-mux": "offer, require, demux, accept, reject",
  "bundle": "accept, offer, require, strict, reject",
  "ICE": `remove, force, default, optional, force-relay, trickle, ice2, lite, lite-forward,
    lite-backward, lite-both, lite-off`,
  "ICE-lite": "forward, backward, both, off",
  "DTLS": "off, no, disable, passive, active",
  "SDES": `off, no, disable, unencrypted_srtp, unencrypted_srtcp, unauthenticated_srtp,
    encrypted_srtp, encrypted_srtcp, authenticated_srtp, pad, lifetime, static, nonew, prefer,
    priority, no-AES_CM_128_HMAC_SHA1_80, only-AEAD_AES_256_GCM, no-NULL_HMAC_SHA1_32,
    order:AES_CM_128_HMAC_SHA1_80;, offerer_pref:F8_128_HMAC_SHA1_80;`,
  "OSRTP": "offer, offer-RFC, offer-legacy, accept, accept-RFC, accept-legacy",
  "T.38": "decode, force, stop, no-ECM, no-V.17, no-V.27ter, no-V.29, no-V.34, no-IAF, FEC",
  "transport protocol":
    "RTP/AVP, RTP/AVPF, RTP/SAVP, RTP/SAVPF, UDP/TLS/RTP/SAVP, UDP/TLS/RTP/SAVPF, accept",
  "endpoint-learning": "off, immediate, delayed, heuristic",
  "all": "none, all, offer-answer, except-offer-answer, flows",
  "media echo": "blackhole, sinkhole, forward, backwards, both",
  "drop-traffic": "start, stop",
  "address family": "IP4, IP6",
  "record call": "yes, on, no, off, discard",
  "generate RTCP": "on, off",
  "passthrough": "on, off",
};

/** Operations of `codec`. */
const CODEC_WORDS = words("strip, ignore, except, offer, transcode, mask, consume, accept, set");

Deno.test("every command of the documentation is declared", () => {
  assert.deepEqual(COMMAND_WORDS.filter((name) => !Object.hasOwn(COMMANDS, name)), []);
});

Deno.test("every key of the documentation is understood, however it is spelt", () => {
  for (const name of KEY_WORDS) {
    for (const key of [name, name.replaceAll(" ", "-"), name.replaceAll(/[ -]/g, "_")]) {
      const { unknown } = parse([key, ""]);
      assert.ok(!unknown.includes(`key ${key}`), key);
    }
  }
});

Deno.test("every flag of the documentation is understood", () => {
  for (const flag of FLAG_WORDS) {
    assert.deepEqual(parse(["flags", [flag]]).unknown, [], flag);
    const written = flag.replaceAll(" ", "-");
    assert.deepEqual(parse(["rtpp-flags", written]).unknown, [], written);
  }
});

Deno.test("every value of the documentation is understood, and nothing else", () => {
  for (const [key, text] of Object.entries(VALUE_WORDS)) {
    for (const word of words(text)) {
      assert.deepEqual(parse([key, word]).unknown, [], `${key} ${word}`);
    }
    assert.equal(parse([key, "frobnicate"]).unknown.length, 1, key);
  }
  const codec = new Map(CODEC_WORDS.map((word) => [word, ["PCMA"]]));
  assert.deepEqual(parse(["codec", codec]).unknown, []);
});

Deno.test("the tables declare no key that the documentation does not have", () => {
  assert.deepEqual(Object.keys(KEY_TABLE).filter((key) => !KEY_WORDS.includes(key)), []);
});
