/**
 * All flags, declared once: their canonical spelling, aliases, what else they set, and the prefixes that fold
 * a flag into a list.
 *
 * @module
 */

import type { ListName } from "./list_table.ts";
import { fold, Vocabulary } from "./vocabulary.ts";
import { later, type WordTable, works } from "./word.ts";

/** Flags by canonical spelling. */
export const FLAG_TABLE: WordTable = {
  "all": works("Short for `all=all`"),
  "allow asymmetric codecs": later(
    "codecs and transcoding",
    "Answers may number payload types otherwise than the offer; nothing is translated",
  ),
  "allow no codec media": works(
    "A section that loses all its codecs is rejected instead of keeping them",
  ),
  "allow transcoding": later(
    "codecs and transcoding",
    "Obsolete in offers; lets a subscription be transcoded",
  ),
  "always transcode": later("codecs and transcoding", "Short for `codec accept=all`"),
  "asymmetric": works("The party's address is never learned from packets"),
  "audio player": later("media playback", "Short for `audio player=on`"),
  "bidirectional": works("Publish, subscribe and connect both ways"),
  "block DTMF": works("`block DTMF` within an offer or answer"),
  "block egress": later(
    "media playback",
    "Nothing else is sent to a party while a file plays to it",
  ),
  "block short": works(
    "RTP of the party with less payload than its first packet is dropped (G.711, G.722, G.723, G.729)",
  ),
  "debug": works("Every line about this call is logged"),
  "detect DTMF": later("codecs and transcoding", "DTMF tones in audio are looked for"),
  "directional": works("`from-tag` counts in block, silence and forwarding commands"),
  "discard recording": later("recording", "Recorded files are deleted"),
  "early media": later("media playback", "The audio player starts with the offer"),
  "egress": works("A subscription copies what is sent to the party"),
  "exclude recording": later("recording", "The party is not recorded"),
  "fast": works("`delete` answers without statistics"),
  "fatal": works("`delete` of something unknown is an error instead of a warning"),
  "force transcoding": later("codecs and transcoding", "Even equal codecs are decoded and encoded"),
  "fragment": works("The body is a fragment with ICE candidates (RFC 8840)"),
  "full rtcp attribute": works("`a=rtcp` has the address beside the port"),
  "generate mid": works("Sections without `a=mid` get one"),
  "generate RTCP": works("Short for `generate RTCP=on`"),
  "inactive": works("A subscription's description is inactive"),
  "inject DTMF": later("media playback", "`play DTMF` may be used in this call"),
  "loop protect": works("A mark is left in the description; one with our mark is left alone"),
  "media handover": works("The party's address follows its packets at any time"),
  "mix": later("publish/subscribe", "A subscription has one section for all sources of a type"),
  "NAT-wait": works("Nothing is sent to the party before it has sent something"),
  "new branch": works("An unknown `to-tag` is a new party, never another name of a known one"),
  "no passthrough": works("Short for `passthrough=off`"),
  "no player": later("media playback", "Short for `audio player=off`"),
  "no port latching": works(
    "A party that moves is shown another port, unless `port latching` says otherwise",
  ),
  "no rtcp attribute": works("No `a=rtcp` is written"),
  "no-jitter-buffer": later("codecs and transcoding", "No jitter buffer for this call"),
  "no-redis-update": later("shared state", "The change is not written to Redis"),
  "no-tls-id": works("No `a=tls-id` is written"),
  "original sendrecv": works("The direction is written as it came"),
  "pad crypto": works("Short for `SDES=pad`"),
  "passthrough": works("Short for `passthrough=on`"),
  "pause": later("recording", "`stop recording` pauses"),
  "pierce NAT": works("Empty packets are sent until the party sends something"),
  "port latching": works("A party that moves is shown the port it knows"),
  "provisional": works("A message counts as provisional whatever `SIP code` says"),
  "record call": later("recording", "Short for `record call=yes`"),
  "recording announcement": later("recording", "A file is played when recording starts"),
  "recording-vsc": later("recording", "DTMF codes start and stop recording"),
  "recrypt": works("SRTP is decrypted and encrypted again even if the keys are equal"),
  "reject ICE": works("ICE that is offered is not accepted"),
  "reset": works("What was learned of the parties is forgotten"),
  "reuse codecs": later("codecs and transcoding", "Codecs are not negotiated anew"),
  "RTCP mirror": works("RTCP of a subscriber goes to its source"),
  "single codec": works("Only the first codec of an answer is kept"),
  "SIP source address": works("`received from` counts, not the address of the description"),
  "SIPREC": works("A subscription tells which section is whose"),
  "skip-recording-db": later("recording", "Recordings are not noted in the database"),
  "static codecs": later(
    "codecs and transcoding",
    "Codecs towards the called side stay in a re-offer",
  ),
  "strict source": works("Packets from other than the learned address are dropped"),
  "strip extmap": works("Header extensions are neither described nor forwarded"),
  "symmetric": works("Nothing: addresses are learned unless `asymmetric` says otherwise"),
  "to-tag": works("`to-tag` counts in `delete`"),
  "trickle ICE": works("ICE candidates may come one by one (RFC 8840)"),
  "trust address": works("The address of the description counts, not `received from`"),
  "unidirectional": works("Media that flows one way may be forwarded by the kernel"),
  "unsubscribe": works("`mesh` ends connections"),
  "WebRTC": works("Short for what browsers need: DTLS, ICE, rtcp-mux, BUNDLE, `a=mid`"),
};

/** Canonical flags; `NgRequest.flags` holds exactly these spellings. */
export const FLAGS: readonly string[] = Object.keys(FLAG_TABLE);

/** Other words for flags. */
export const FLAG_ALIASES: Readonly<Record<string, string>> = {
  "allow empty codec media": "allow no codec media",
  "codec accept all": "always transcode",
  "debugging": "debug",
  "no codec renegotiation": "reuse codecs",
  "sdes pad": "pad crypto",
};

/** Looks a flag up. */
export const FLAG_WORDS = new Vocabulary(FLAGS, FLAG_ALIASES);

/** Where the rest of a prefixed flag goes. */
export type PrefixTarget =
  | { readonly kind: "list"; readonly list: ListName }
  | { readonly kind: "codec"; readonly operation: string | undefined }
  | { readonly kind: "sdp-attr" }
  | { readonly kind: "from-tags" }
  | { readonly kind: "endpoint-learning" };

/** Prefixes in folded form. */
export const PREFIXES: readonly (readonly [string, PrefixTarget])[] = [
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
  ["sdp-attr-", { kind: "sdp-attr" }],
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
