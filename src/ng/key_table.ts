/**
 * All keys of the top-level dictionary, declared once: what each means, what it does to the request, and
 * whether it has an effect.
 *
 * @module
 */

import {
  address,
  addressFamily,
  type Apply,
  attributeEdits,
  codec,
  deleteDelay,
  direction,
  dropTraffic,
  learning,
  limit,
  list,
  milliseconds,
  onOff,
  receivedFrom,
  recordCall,
  supports,
  text,
  typeOfService,
  withItems,
  withTexts,
  wordOf,
} from "./key_apply.ts";
import {
  ALIAS_WORDS,
  ALL_SCOPES,
  CAPABILITY_WORDS,
  CODEC_WORDS,
  DROP_WORDS,
  ECHO_MODES,
  ECHO_WORDS,
  EDIT_WORDS,
  EXTMAP_WORDS,
  FAMILY_WORDS,
  LEARNING_WORDS,
  MEDIA_WORDS,
  MESSAGE_WORDS,
  PROTOCOL_WORDS,
  RECORD_WORDS,
  SCOPE_WORDS,
  TRANSPORT_PROTOCOLS,
} from "./value_table.ts";
import { later, type Word, type WordTable, works } from "./word.ts";

/** A key of the dictionary. */
export interface Key extends Word {
  /** Fills the request; absent: kept by name for those who read it. */
  readonly apply?: Apply;
  /** Values it may have, where they are words. */
  readonly values?: WordTable;
}

/** Keys by canonical spelling. Of two spellings of one key the later in a message counts. */
export const KEY_TABLE: Readonly<Record<string, Key>> = {
  "address": {
    ...works("Selects a party by the address of its description"),
    apply: text("address"),
  },
  "address family": {
    ...works("Family of the addresses written"),
    apply: addressFamily,
    values: FAMILY_WORDS,
  },
  "alias-key": {
    ...works("When an unknown `from-tag` is another name of a known party"),
    values: ALIAS_WORDS,
  },
  "all": {
    ...works("Whom a command is about"),
    apply: wordOf(ALL_SCOPES, SCOPE_WORDS, "all"),
    values: SCOPE_WORDS,
  },
  "audio player": later("media playback", "Whether audio is timed by a player"),
  "blob": later("media playback", "A file to play, as it is"),
  "blob64": later("media playback", "A file to play, in base 64"),
  "body": works("The line for `cli`"),
  "bundle": { ...works("BUNDLE (RFC 9143)"), apply: list("bundle") },
  "call-id": { ...works("The SIP Call-ID"), apply: text("callId") },
  "calls": works("Calls for `mesh`"),
  "code": later("media playback", "The digit for `play DTMF`"),
  "codec": {
    ...works("Codecs to leave out, reorder or translate"),
    apply: codec,
    values: CODEC_WORDS,
  },
  "command": works("What is to be done"),
  "db-id": later("media playback", "A file to play, by its number in the database"),
  "delay-buffer": later(
    "codecs and transcoding",
    "All media of a party is delayed by this many ms",
  ),
  "delete delay": { ...works("Seconds until `delete` takes effect"), apply: deleteDelay },
  "direction": {
    ...works("Names of the two interfaces, towards sender and receiver"),
    apply: direction,
  },
  "drop-traffic": {
    ...works("Whether the call's packets are dropped"),
    apply: dropTraffic,
    values: DROP_WORDS,
  },
  "DTLS": { ...works("DTLS and our role in it"), apply: list("dtls") },
  "DTLS-fingerprint": works("Digest of our certificate's fingerprint"),
  "DTMF-delay": later("codecs and transcoding", "DTMF is held back by this many ms"),
  "DTMF-log-dest": later("codecs and transcoding", "Where DTMF events are told as JSON over UDP"),
  "DTMF-security": later("codecs and transcoding", "What stands in the place of blocked DTMF"),
  "DTMF-security-trigger": later("codecs and transcoding", "The same after `trigger`"),
  "DTMF-security-trigger-end": later("codecs and transcoding", "The same after `trigger-end`"),
  "duration": later("media playback", "Length of a digit in ms"),
  "endpoint-learning": {
    ...works("How the address of a party is learned"),
    apply: learning,
    values: LEARNING_WORDS,
  },
  "extmap": { ...works("Header extensions to take out"), values: EXTMAP_WORDS },
  "file": later("media playback", "A file to play"),
  "flags": {
    ...works("Any number of flags"),
    apply: withItems((draft, item) => draft.addFlag(item)),
  },
  "frequency": later("codecs and transcoding", "Tones in the place of blocked DTMF, Hz"),
  "from-interface": { ...works("First half of `direction`"), apply: text("fromInterface") },
  "from-tag": { ...works("The tag of the From header"), apply: text("fromTag") },
  "from-tags": {
    ...works("Several sources of a subscription"),
    apply: withItems((draft, item) => draft.push("fromTags", item)),
  },
  "generate RTCP": {
    ...works("RTCP is consumed, and reports of our own are sent"),
    apply: onOff((draft, on) => {
      draft.generateRtcp = on;
    }),
  },
  "ICE": { ...works("ICE"), apply: list("ice") },
  "ICE-lite": {
    ...works("Towards whom we are an ICE-lite agent"),
    apply: withTexts((draft, item) => draft.addItem("ice", `lite-${item}`)),
  },
  "inbound-peer": {
    ...works("Address the sender's interface is chosen by: the one the host would use"),
    apply: address("inboundPeer"),
  },
  "instance": later("codecs and transcoding", "Sender of `transform`"),
  "interface": { ...works("Interface of the party a command makes"), apply: text("interface") },
  "label": { ...works("Name of a party beside its tag"), apply: text("label") },
  "limit": { ...works("How many calls `list` tells"), apply: limit },
  "media address": {
    ...works("Address written into the description"),
    apply: address("mediaAddress"),
  },
  "media echo": {
    ...works("Media goes back to its sender, or nowhere"),
    apply: wordOf(ECHO_MODES, ECHO_WORDS, "mediaEcho"),
    values: ECHO_WORDS,
  },
  "medias": works("Sections for `create`"),
  "metadata": { ...works("Text kept with the call"), apply: text("metadata") },
  "moh": later("media playback", "Music for a party on hold"),
  "OSRTP": { ...works("Opportunistic SRTP"), apply: list("osrtp") },
  "outbound-peer": {
    ...works("Address the receiver's interface is chosen by"),
    apply: address("outboundPeer"),
  },
  "passthrough": {
    ...works("Media is relayed without being looked at"),
    apply: onOff((draft, on) => draft.add("flags", on ? "passthrough" : "no passthrough")),
  },
  "pause": later("media playback", "Pause between digits in ms"),
  "peer": later("publish/subscribe", "Short for `inbound-peer` in commands about one party"),
  "ptime": {
    ...later(
      "codecs and transcoding",
      "Packet time asked of the called side, ms; written as `a=ptime`, packets keep theirs",
    ),
    apply: milliseconds("ptime"),
  },
  "ptime-reverse": {
    ...later(
      "codecs and transcoding",
      "Packet time asked of the caller, ms; written as `a=ptime`, packets keep theirs",
    ),
    apply: milliseconds("ptimeReverse"),
  },
  "received from": {
    ...works("Family and address the SIP message came from"),
    apply: receivedFrom,
  },
  "record call": { ...works("Recording"), apply: recordCall, values: RECORD_WORDS },
  "recording-dir": later("recording", "Directory of recordings"),
  "recording-file": later("recording", "File of the recording"),
  "recording-media-slot-answer": later("recording", "Channel of the called party in a mix"),
  "recording-media-slot-offer": later("recording", "Channel of the caller in a mix"),
  "recording-media-slots": later("recording", "Number of channels of a mix"),
  "recording-pattern": later("recording", "Pattern of file names"),
  "repeat-duration": later("media playback", "A file is repeated for this many ms"),
  "repeat-times": later("media playback", "How often a file is played"),
  "replace": { ...works("Parts of the session level to replace"), apply: list("replace") },
  "rtcp-mux": { ...works("RTP and RTCP on one port (RFC 5761)"), apply: list("rtcpMux") },
  "rtpp-flags": works("All of these keys and flags in one text"),
  "SDES": { ...works("SDES-SRTP (RFC 4568)"), apply: list("sdes") },
  "sdp": { ...works("The session description"), apply: text("sdp") },
  "sdp-attr": {
    ...works("Attributes to add, remove or replace: `none`, `global` or a media type → these"),
    apply: attributeEdits,
    values: EDIT_WORDS,
  },
  "sdp-media-remove": {
    ...works("Types of sections the called side does not get to see"),
    values: MEDIA_WORDS,
  },
  "set-label": {
    ...works("`label` of the party a command makes"),
    apply: text("setLabel"),
  },
  "SIP code": works("Status code of the response the description came in"),
  "SIP message type": {
    ...works("Whether it came in a request or a response"),
    values: MESSAGE_WORDS,
  },
  "source-call-id": later("codecs and transcoding", "Call of `source-tag`"),
  "source-tag": later("codecs and transcoding", "Whom `inject start` takes audio from"),
  "start-pos": later("media playback", "Where a file starts, ms"),
  "supports": {
    ...works("What the client understands"),
    apply: supports,
    values: CAPABILITY_WORDS,
  },
  "T.38": { ...works("Fax"), apply: list("t38") },
  "T.38 version": later("codecs and transcoding", "Version of T.38 to write"),
  "tags": works("Parties for `mesh`"),
  "template": works("Name of a flag string in the configuration's section for templates"),
  "to-call-id": works("The other call of `connect`"),
  "to-interface": { ...works("Second half of `direction`"), apply: text("toInterface") },
  "to-label": { ...works("Selects the other party by its label"), apply: text("toLabel") },
  "to-tag": { ...works("The tag of the To header"), apply: text("toTag") },
  "TOS": { ...works("TOS byte of media, -1 = as received"), apply: typeOfService },
  "transport protocol": {
    ...works("Protocol of the sections written"),
    apply: wordOf(TRANSPORT_PROTOCOLS, PROTOCOL_WORDS, "transportProtocol"),
    values: PROTOCOL_WORDS,
  },
  "trigger": later("codecs and transcoding", "Digits that change `DTMF-security`"),
  "trigger-end": later("codecs and transcoding", "Digits that change it back"),
  "trigger-end-digits": later(
    "codecs and transcoding",
    "Number of digits after which it changes back",
  ),
  "trigger-end-time": later("codecs and transcoding", "Time after which it changes back, ms"),
  "via-branch": {
    ...works("Branch of the topmost Via header: tells forks apart"),
    apply: text("viaBranch"),
  },
  "volume": later("codecs and transcoding", "Level of tones, dB below full"),
  "vsc-pause-rec": later("recording", "Digits that pause recording"),
  "vsc-pause-resume-rec": later("recording", "Digits that pause or resume it"),
  "vsc-start-pause-resume-rec": later("recording", "Digits that start, pause or resume it"),
  "vsc-start-rec": later("recording", "Digits that start it"),
  "vsc-start-stop-rec": later("recording", "Digits that start or stop it"),
  "vsc-stop-rec": later("recording", "Digits that stop it"),
  "xmlrpc-callback": { ...works("Address for `b2b-url`'s `%%`"), apply: text("xmlrpcCallback") },
};

/** Other names of keys. */
export const KEY_ALIASES: Readonly<Record<string, string>> = {
  "codecs": "codec",
  "digit": "code",
  "DTLS-reverse": "DTLS",
  "end trigger": "trigger-end",
  "frequencies": "frequency",
  "from-label": "label",
  "media": "medias",
  "output-destination": "recording-file",
  "player": "audio player",
  "recording-path": "recording-dir",
  "T38": "T.38",
  "T38 version": "T.38 version",
};
