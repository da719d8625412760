/**
 * All keys of the top-level dictionary, declared once, and what each does to the request.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import {
  ALL_SCOPES,
  CAPABILITIES,
  CODEC_OPERATIONS,
  ECHO_MODES,
  type ListName,
  TRANSPORT_PROTOCOLS,
} from "./list_table.ts";
import { integerOf, type RequestDraft, textOf, textsOf } from "./request_draft.ts";
import { parseFlagString } from "./rtpp_flags.ts";
import type { NgValue } from "./types.ts";
import { fold, type Vocabulary } from "./vocabulary.ts";

/** Applies the value of a key; returns false when the value makes no sense for it. */
type Apply = (draft: RequestDraft, value: NgValue) => boolean;

type TextMember =
  | "callId"
  | "fromTag"
  | "toTag"
  | "viaBranch"
  | "sdp"
  | "label"
  | "setLabel"
  | "toLabel"
  | "metadata"
  | "interface"
  | "xmlrpcCallback"
  | "address";

function text(member: TextMember): Apply {
  return withText((draft, value) => {
    draft[member] = value;
    return true;
  });
}

function withText(apply: (draft: RequestDraft, value: ByteString) => boolean): Apply {
  return (draft, value) => {
    const string = textOf(value);
    return string !== undefined && apply(draft, string);
  };
}

function withInteger(apply: (draft: RequestDraft, value: number) => boolean): Apply {
  return (draft, value) => {
    const number = integerOf(value);
    return number !== undefined && apply(draft, number);
  };
}

function withTexts(apply: (draft: RequestDraft, value: ByteString) => void): Apply {
  return (draft, value) => {
    const texts = textsOf(value);
    for (const item of texts ?? []) apply(draft, item);
    return texts !== undefined;
  };
}

function list(name: ListName): Apply {
  return withTexts((draft, item) => draft.addItem(name, item));
}

function onOff(apply: (draft: RequestDraft, on: boolean) => void): Apply {
  return withText((draft, value) => {
    const word = fold(value);
    const on = ["on", "yes", "true", "1"].includes(word);
    if (!on && !["off", "no", "false", "0"].includes(word)) return false;
    apply(draft, on);
    return true;
  });
}

function milliseconds(member: "ptime" | "ptimeReverse"): Apply {
  return withInteger((draft, value) => {
    if (value <= 0) return false;
    draft[member] = value;
    return true;
  });
}

function receivedFrom(draft: RequestDraft, value: NgValue): boolean {
  const texts = textsOf(value);
  // A family and an address, or the address alone.
  const address = texts?.[texts.length - 1];
  if (address === undefined) return false;
  if (texts!.length > 1 && !/^IP[46]$/.test(texts![0]!)) return false;
  draft.setAddress("receivedFrom", address);
  return true;
}

function direction(draft: RequestDraft, value: NgValue): boolean {
  const names = typeof value === "string" ? value.split(/[\s,]+/).filter(Boolean) : textsOf(value);
  for (const name of names ?? []) draft.push("direction", name);
  return names !== undefined;
}

function half(index: 0 | 1): Apply {
  return withText((draft, value) => {
    const names = [...draft.direction];
    if (index === 1 && names.length === 0) names.push("");
    names[index] = value;
    draft.direction = names;
    return true;
  });
}

function codec(draft: RequestDraft, value: NgValue): boolean {
  if (!(value instanceof Map)) return false;
  for (const [key, codecs] of value) {
    const operation = CODEC_OPERATIONS.find(key);
    const specs = textsOf(codecs);
    if (operation === undefined || specs === undefined) draft.note(`codec ${key}`);
    else for (const spec of specs) draft.addCodec(operation, spec);
  }
  return true;
}

const dropTraffic = withText((draft, value) => {
  const word = fold(value);
  if (word !== "start" && word !== "stop") return false;
  draft.dropTraffic = word;
  return true;
});

const recordCall = withText((draft, value) => {
  const word = fold(value);
  if (word === "yes" || word === "on") draft.add("flags", "record call");
  else if (word === "no" || word === "off") draft.removeFlag("record call");
  else if (word === "discard") draft.add("flags", "discard recording");
  else return false;
  return true;
});

const addressFamily = withText((draft, value) => {
  const family = value.toUpperCase();
  if (family !== "IP4" && family !== "IP6") return false;
  draft.addressFamily = family;
  return true;
});

const typeOfService = withInteger((draft, value) => {
  if (value < 256) draft.tos = Math.max(value, -1);
  return true;
});

const limit = withInteger((draft, value) => {
  draft.limit = value;
  return true;
});

const deleteDelay = withInteger((draft, value) => {
  if (value < 0) return false;
  draft.deleteDelay = value;
  return true;
});

const supports = withTexts((draft, item) => {
  const capability = CAPABILITIES.find(item);
  // Clients may support more than we ever ask for.
  if (capability !== undefined) draft.add("supports", capability);
});

function wordOf(words: Vocabulary, member: "all" | "mediaEcho" | "transportProtocol"): Apply {
  return withText((draft, value) => {
    const word = words.find(value);
    if (word === undefined) return false;
    draft[member] = word;
    return true;
  });
}

/** Keys that fill a member of the request. Of two spellings of one key the later counts. */
const MEMBERS: Readonly<Record<string, Apply>> = {
  "address": text("address"),
  "address family": addressFamily,
  "all": wordOf(ALL_SCOPES, "all"),
  "bundle": list("bundle"),
  "call-id": text("callId"),
  "codec": codec,
  "delete delay": deleteDelay,
  "direction": direction,
  "drop-traffic": dropTraffic,
  "DTLS": list("dtls"),
  "endpoint-learning": withTexts((draft, value) => draft.setLearning(value)),
  "flags": withTexts((draft, item) => draft.addFlag(item)),
  "from-interface": half(0),
  "from-tag": text("fromTag"),
  "from-tags": withTexts((draft, item) => draft.push("fromTags", item)),
  "generate RTCP": onOff((draft, on) => {
    draft.generateRtcp = on;
  }),
  "ICE": list("ice"),
  "ICE-lite": withTexts((draft, item) => draft.addItem("ice", `lite-${item}`)),
  "interface": text("interface"),
  "label": text("label"),
  "limit": limit,
  "media address": withTexts((draft, value) => draft.setAddress("mediaAddress", value)),
  "media echo": wordOf(ECHO_MODES, "mediaEcho"),
  "metadata": text("metadata"),
  "OSRTP": list("osrtp"),
  "passthrough": onOff((draft, on) => draft.add("flags", on ? "passthrough" : "no passthrough")),
  "ptime": milliseconds("ptime"),
  "ptime-reverse": milliseconds("ptimeReverse"),
  "received from": receivedFrom,
  "record call": recordCall,
  "replace": list("replace"),
  "rtcp-mux": list("rtcpMux"),
  "rtpp-flags": withTexts(applyFlagString),
  "SDES": list("sdes"),
  "sdp": text("sdp"),
  "set-label": text("setLabel"),
  "supports": supports,
  "T.38": list("t38"),
  "to-interface": half(1),
  "to-label": text("toLabel"),
  "to-tag": text("toTag"),
  "TOS": typeOfService,
  "transport protocol": wordOf(TRANSPORT_PROTOCOLS, "transportProtocol"),
  "via-branch": text("viaBranch"),
  "xmlrpc-callback": text("xmlrpcCallback"),
};

/** Other spellings. */
const ALIASES: Readonly<Record<string, string>> = {
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

/** Known keys that are kept by name for the commands that read them. */
const KEPT: readonly string[] = [
  "alias-key",
  "audio player",
  "blob",
  "blob64",
  "body",
  "calls",
  "code",
  "db-id",
  "delay-buffer",
  "DTLS-fingerprint",
  "DTMF-delay",
  "DTMF-log-dest",
  "DTMF-security",
  "DTMF-security-trigger",
  "DTMF-security-trigger-end",
  "duration",
  "extmap",
  "file",
  "frequency",
  "inbound-peer",
  "instance",
  "medias",
  "moh",
  "outbound-peer",
  "pause",
  "peer",
  "recording-dir",
  "recording-file",
  "recording-media-slot-answer",
  "recording-media-slot-offer",
  "recording-media-slots",
  "recording-pattern",
  "repeat-duration",
  "repeat-times",
  "sdp-attr",
  "sdp-media-remove",
  "SIP code",
  "SIP message type",
  "source-call-id",
  "source-tag",
  "start-pos",
  "T.38 version",
  "tags",
  "template",
  "to-call-id",
  "trigger",
  "trigger-end",
  "trigger-end-digits",
  "trigger-end-time",
  "volume",
  "vsc-pause-rec",
  "vsc-pause-resume-rec",
  "vsc-start-pause-resume-rec",
  "vsc-start-rec",
  "vsc-start-stop-rec",
  "vsc-stop-rec",
];

const KEYS = new Map<string, Apply>([["command", () => true]]);

for (const [key, apply] of Object.entries(MEMBERS)) register(key, apply);
for (const key of KEPT) register(key, keep(key));
for (const [alias, key] of Object.entries(ALIASES)) register(alias, KEYS.get(key) ?? keep(key));

function keep(key: string): Apply {
  return (draft, value) => {
    draft.keep(key, value);
    return true;
  };
}

function register(key: string, apply: Apply): void {
  KEYS.set(key, apply);
  KEYS.set(key.replaceAll(" ", "-"), apply);
  KEYS.set(fold(key), apply);
}

/** Applies one key of the dictionary. */
export function applyKey(draft: RequestDraft, key: string, value: NgValue): void {
  const apply = KEYS.get(key) ?? KEYS.get(fold(key));
  if (apply === undefined) draft.note(`key ${key}`);
  else if (!apply(draft, value)) draft.note(`value of ${key}`);
}

interface Pieces {
  secure: boolean;
  feedback: boolean;
  dtls: boolean;
}

/** Words that choose the transport protocol piece by piece, and the pieces they set. */
const PIECES: ReadonlyMap<string, Partial<Pieces>> = new Map<string, Partial<Pieces>>([
  ["rtp", { secure: false, dtls: false }],
  ["srtp", { secure: true }],
  ["avp", { feedback: false }],
  ["avpf", { feedback: true }],
  ["dtls", { secure: true, dtls: true }],
]);

function applyFlagString(draft: RequestDraft, flagString: ByteString): void {
  let pieces: Partial<Pieces> | undefined;
  for (const item of parseFlagString(flagString)) {
    if ("key" in item) {
      const key = fold(item.key);
      if (key === "to-tag") draft.add("flags", "to-tag");
      else if (key === "from-tag") draft.add("flags", "directional");
      applyKey(draft, item.key, item.value);
      continue;
    }
    const piece = PIECES.get(fold(item.word));
    const protocol = TRANSPORT_PROTOCOLS.find(item.word);
    if (piece !== undefined) pieces = { ...pieces, ...piece };
    else if (protocol !== undefined && protocol !== "accept") draft.transportProtocol = protocol;
    else if (/^(internal|external)$/i.test(item.word)) draft.push("direction", fold(item.word));
    else draft.addFlag(item.word);
  }
  if (pieces === undefined) return;
  const { secure = false, feedback = false, dtls = false } = pieces;
  draft.transportProtocol ??= `${dtls ? "UDP/TLS/" : ""}RTP/${secure ? "S" : ""}AVP${
    feedback ? "F" : ""
  }`;
}
