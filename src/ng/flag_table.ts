/**
 * All flags, declared once: their canonical spelling, aliases, what else they set, and the prefixes that fold
 * a flag into a list.
 *
 * @module
 */

import type { ListName } from "./list_table.ts";
import { fold, Vocabulary } from "./vocabulary.ts";

/** Canonical flags; `NgRequest.flags` holds exactly these spellings. */
export const FLAGS: readonly string[] = [
  "all",
  "allow asymmetric codecs",
  "allow no codec media",
  "allow transcoding",
  "always transcode",
  "asymmetric",
  "audio player",
  "bidirectional",
  "block DTMF",
  "block egress",
  "block short",
  "debug",
  "detect DTMF",
  "directional",
  "discard recording",
  "early media",
  "egress",
  "exclude recording",
  "fast",
  "fatal",
  "force transcoding",
  "fragment",
  "full rtcp attribute",
  "generate mid",
  "generate RTCP",
  "inactive",
  "inject DTMF",
  "loop protect",
  "media handover",
  "mix",
  "NAT-wait",
  "new branch",
  "no passthrough",
  "no player",
  "no port latching",
  "no rtcp attribute",
  "no-jitter-buffer",
  "no-redis-update",
  "no-tls-id",
  "original sendrecv",
  "pad crypto",
  "passthrough",
  "pause",
  "pierce NAT",
  "port latching",
  "provisional",
  "record call",
  "recording announcement",
  "recording-vsc",
  "recrypt",
  "reject ICE",
  "reset",
  "reuse codecs",
  "RTCP mirror",
  "single codec",
  "SIP source address",
  "SIPREC",
  "skip-recording-db",
  "static codecs",
  "strict source",
  "strip extmap",
  "symmetric",
  "to-tag",
  "trickle ICE",
  "trust address",
  "unidirectional",
  "unsubscribe",
  "WebRTC",
];

/** Looks a flag up. */
export const FLAG_WORDS = new Vocabulary(FLAGS, {
  "allow empty codec media": "allow no codec media",
  "codec accept all": "always transcode",
  "debugging": "debug",
  "no codec renegotiation": "reuse codecs",
  "sdes pad": "pad crypto",
});

/** Where the rest of a prefixed flag goes. */
export type PrefixTarget =
  | { readonly kind: "list"; readonly list: ListName }
  | { readonly kind: "codec"; readonly operation: string | undefined }
  | { readonly kind: "from-tags" }
  | { readonly kind: "endpoint-learning" };

const PREFIXES: readonly (readonly [string, PrefixTarget])[] = [
  ["from-tags-", { kind: "from-tags" }],
  ["codec-", { kind: "codec", operation: undefined }],
  ["transcode-", { kind: "codec", operation: "transcode" }],
  ["endpoint-learning-", { kind: "endpoint-learning" }],
  ["sdes-", { kind: "list", list: "sdes" }],
  ["osrtp-", { kind: "list", list: "osrtp" }],
  ["t38-", { kind: "list", list: "t38" }],
  ["t.38-", { kind: "list", list: "t38" }],
  ["replace-", { kind: "list", list: "replace" }],
  ["rtcp-mux-", { kind: "list", list: "rtcpMux" }],
  ["bundle-", { kind: "list", list: "bundle" }],
  ["ice-", { kind: "list", list: "ice" }],
  ["dtls-", { kind: "list", list: "dtls" }],
];

/** Splits a prefixed flag; undefined when it has none of the known prefixes. */
export function findPrefix(flag: string): { target: PrefixTarget; rest: string } | undefined {
  const folded = fold(flag);
  for (const [prefix, target] of PREFIXES) {
    if (folded.length > prefix.length && folded.startsWith(prefix)) {
      return { target, rest: flag.slice(prefix.length) };
    }
  }
  return undefined;
}
