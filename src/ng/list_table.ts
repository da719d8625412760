/**
 * The lists a request can carry next to its flags, and the words each may hold.
 *
 * @module
 */

import { fold, Vocabulary } from "./vocabulary.ts";

/** Members of `NgRequest` that are sets of words. */
export type ListName =
  | "replace"
  | "rtcpMux"
  | "ice"
  | "dtls"
  | "sdes"
  | "osrtp"
  | "t38"
  | "bundle";

const SUITES = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_192_CM_HMAC_SHA1_80",
  "AES_192_CM_HMAC_SHA1_32",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "F8_128_HMAC_SHA1_80",
  "F8_128_HMAC_SHA1_32",
  "NULL_HMAC_SHA1_80",
  "NULL_HMAC_SHA1_32",
];

const OFF = { no: "off", disable: "off" };

const SDES = new Vocabulary([
  "off",
  "unencrypted_srtp",
  "unencrypted_srtcp",
  "unauthenticated_srtp",
  "encrypted_srtp",
  "encrypted_srtcp",
  "authenticated_srtp",
  "pad",
  "lifetime",
  "static",
  "nonew",
  "prefer",
  ...SUITES.map((suite) => `no-${suite}`),
  ...SUITES.map((suite) => `only-${suite}`),
], { ...OFF, priority: "prefer" });

const VOCABULARIES: Readonly<Record<Exclude<ListName, "sdes">, Vocabulary>> = {
  replace: new Vocabulary([
    "origin",
    "origin-full",
    "session connection",
    "SDP version",
    "username",
    "session name",
    "zero address",
    "force-increment-sdp-ver",
  ]),
  rtcpMux: new Vocabulary(["offer", "require", "demux", "accept", "reject"]),
  ice: new Vocabulary([
    "remove",
    "force",
    "default",
    "optional",
    "force-relay",
    "trickle",
    "ice2",
    "lite",
    "lite-forward",
    "lite-backward",
    "lite-both",
    "lite-off",
  ]),
  dtls: new Vocabulary(["off", "passive", "active"], OFF),
  osrtp: new Vocabulary(["offer", "offer-legacy", "accept", "accept-rfc", "accept-legacy"], {
    "offer-rfc": "offer",
  }),
  t38: new Vocabulary([
    "decode",
    "force",
    "stop",
    "no-ecm",
    "no-v.17",
    "no-v.27ter",
    "no-v.29",
    "no-v.34",
    "no-iaf",
    "fec",
  ], {
    "no-v17": "no-v.17",
    "no-v27ter": "no-v.27ter",
    "no-v29": "no-v.29",
    "no-v34": "no-v.34",
  }),
  bundle: new Vocabulary(["accept", "offer", "require", "strict", "reject"]),
};

const SDES_ORDERS = ["order:", "offerer_pref:"];

/**
 * The canonical form of one list item. `order:A;B;` and `offerer_pref:A;B;` of SDES keep what follows the
 * colon.
 *
 * @returns undefined when the list does not know the word
 */
export function findListItem(list: ListName, text: string): string | undefined {
  if (list !== "sdes") return VOCABULARIES[list].find(text);
  const word = SDES.find(text);
  if (word !== undefined) return word;
  const folded = fold(text);
  for (const order of SDES_ORDERS) {
    if (folded.startsWith(fold(order))) return order + text.slice(order.length);
  }
  return undefined;
}

/** Names of `codec` operations. */
export const CODEC_OPERATIONS = new Vocabulary([
  "strip",
  "ignore",
  "except",
  "offer",
  "transcode",
  "mask",
  "consume",
  "accept",
  "set",
]);

/** Values of `transport protocol`. */
export const TRANSPORT_PROTOCOLS = new Vocabulary([
  "RTP/AVP",
  "RTP/AVPF",
  "RTP/SAVP",
  "RTP/SAVPF",
  "UDP/TLS/RTP/SAVP",
  "UDP/TLS/RTP/SAVPF",
  "accept",
]);

/** Values of `endpoint-learning`. */
export const LEARNING_MODES = new Vocabulary(["off", "immediate", "delayed", "heuristic"], {
  none: "off",
});

/** Values of `all`. */
export const ALL_SCOPES = new Vocabulary([
  "none",
  "all",
  "offer-answer",
  "except-offer-answer",
  "flows",
]);

/** Values of `media echo`. */
export const ECHO_MODES = new Vocabulary(["blackhole", "forward", "backwards", "both"], {
  sinkhole: "blackhole",
  backward: "backwards",
});

/** Items of `supports`. */
export const CAPABILITIES = new Vocabulary(["load limit"]);
