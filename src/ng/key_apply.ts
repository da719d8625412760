/**
 * What values of keys do to a request.
 *
 * @module
 */

import { readAttributeEdits } from "./attribute_edits.ts";
import type { ByteString } from "../core/bytes.ts";
import type { ListName } from "./list_table.ts";
import {
  type AddressMember,
  integerOf,
  itemsOf,
  type RequestDraft,
  textOf,
  textsOf,
} from "./request_draft.ts";
import type { NgValue } from "./types.ts";
import { CAPABILITIES, CODEC_OPERATIONS, DROP_MODES } from "./value_table.ts";
import { fold, type Vocabulary } from "./vocabulary.ts";
import type { WordTable } from "./word.ts";

/** Applies the value of a key; returns false when the value makes no sense for it. */
export type Apply = (draft: RequestDraft, value: NgValue) => boolean;

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
  | "fromInterface"
  | "toInterface"
  | "xmlrpcCallback"
  | "address";

/** A member that is a text. */
export function text(member: TextMember): Apply {
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

/** Each text of a list, or the one there is. */
export function withTexts(apply: (draft: RequestDraft, value: ByteString) => void): Apply {
  return (draft, value) => {
    const texts = textsOf(value);
    for (const item of texts ?? []) apply(draft, item);
    return texts !== undefined;
  };
}

/** Each item of a list, which may be one text with commas. */
export function withItems(apply: (draft: RequestDraft, item: ByteString) => void): Apply {
  return (draft, value) => {
    const items = itemsOf(value);
    for (const item of items ?? []) apply(draft, item);
    return items !== undefined;
  };
}

/** Items of one of the lists. */
export function list(name: ListName): Apply {
  return withItems((draft, item) => draft.addItem(name, item));
}

/** Edits of attributes. */
export function attributeEdits(draft: RequestDraft, value: NgValue): boolean {
  const { edits, whole } = readAttributeEdits(value);
  draft.addEdits(edits);
  return whole;
}

/** A switch. */
export function onOff(apply: (draft: RequestDraft, on: boolean) => void): Apply {
  return withText((draft, value) => {
    const word = fold(value);
    const on = ["on", "yes", "true", "1"].includes(word);
    if (!on && !["off", "no", "false", "0"].includes(word)) return false;
    apply(draft, on);
    return true;
  });
}

/** A packet time. */
export function milliseconds(member: "ptime" | "ptimeReverse"): Apply {
  return withInteger((draft, value) => {
    if (value <= 0) return false;
    draft[member] = value;
    return true;
  });
}

/** A family and an address, or the address alone. */
export function receivedFrom(draft: RequestDraft, value: NgValue): boolean {
  const texts = textsOf(value);
  const address = texts?.[texts.length - 1];
  if (address === undefined) return false;
  if (texts!.length > 1 && !/^IP[46]$/.test(texts![0]!)) return false;
  draft.setAddress("receivedFrom", address);
  return true;
}

/** Interface names as a list, or two of them as one text. One name as a text says nothing. */
export function direction(draft: RequestDraft, value: NgValue): boolean {
  const names = typeof value === "string" ? value.split(/[\s,]+/).filter(Boolean) : textsOf(value);
  if (typeof value === "string" && names!.length < 2) return false;
  for (const name of names ?? []) draft.push("direction", name);
  return names !== undefined;
}

/** A member that is an address. */
export function address(member: AddressMember): Apply {
  return withTexts((draft, value) => draft.setAddress(member, value));
}

/** Operations of `codec`. */
export function codec(draft: RequestDraft, value: NgValue): boolean {
  if (!(value instanceof Map)) return false;
  for (const [key, codecs] of value) {
    const operation = CODEC_OPERATIONS.find(key);
    const specs = itemsOf(codecs);
    if (operation === undefined || specs === undefined) draft.note(`codec ${key}`);
    else for (const spec of specs) draft.addCodec(operation, spec);
  }
  return true;
}

/** The switch for recording. */
export const recordCall: Apply = withText((draft, value) => {
  const word = fold(value);
  if (word === "yes" || word === "on") draft.addFlag("record call");
  else if (word === "no" || word === "off") draft.removeFlag("record call");
  else if (word === "discard") draft.addFlag("discard recording");
  else return false;
  return true;
});

/** `IP4` or `IP6`. */
export const addressFamily: Apply = withText((draft, value) => {
  const family = value.toUpperCase();
  if (family !== "IP4" && family !== "IP6") return false;
  draft.addressFamily = family;
  return true;
});

/** 0..255, negative = as received; anything above = the default. */
export const typeOfService: Apply = withInteger((draft, value) => {
  if (value < 256) draft.tos = Math.max(value, -1);
  return true;
});

/** Any number. */
export const limit: Apply = withInteger((draft, value) => {
  draft.limit = value;
  return true;
});

/** Seconds. */
export const deleteDelay: Apply = withInteger((draft, value) => {
  if (value < 0) return false;
  draft.deleteDelay = value;
  return true;
});

/** Clients may support more than we ever ask for. */
export const supports: Apply = withTexts((draft, item) => {
  const capability = CAPABILITIES.find(item);
  if (capability !== undefined) draft.add("supports", capability);
});

/** `drop-traffic`. */
export const dropTraffic: Apply = withText((draft, value) => {
  const word = DROP_MODES.find(value);
  if (word !== "start" && word !== "stop") return false;
  draft.dropTraffic = word;
  return true;
});

/** `endpoint-learning`. */
export const learning: Apply = withTexts((draft, value) => draft.setLearning(value));

/** A member that is one of some words. */
export function wordOf(
  words: Vocabulary,
  table: WordTable,
  member: "all" | "mediaEcho" | "transportProtocol",
): Apply {
  return withText((draft, value) => {
    const word = words.find(value);
    if (word === undefined) return false;
    draft[member] = word;
    draft.defer(word, table[word]);
    return true;
  });
}
