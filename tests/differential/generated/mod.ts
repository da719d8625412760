/**
 * Dialogues made of the schema's tables: each word alone in the offer, alone in the answer, and in every
 * message.
 *
 * @module
 */

import { FLAG_TABLE } from "../../../src/ng/flag_table.ts";
import { KEY_TABLE } from "../../../src/ng/key_table.ts";
import { LISTS } from "../../../src/ng/list_table.ts";
import type { Word } from "../../../src/ng/word.ts";
import type { NgData } from "../../support/mod.ts";
import type { Dialogue, Extra } from "../dialogue.ts";
import { AUDIO, FEEDBACK, MUXED, type Situation, SIX, VIDEO } from "./bodies.ts";
import { PAIRS } from "./pairs.ts";
import { blind, everywhere, fromCalled, inAnswer, inOffer, inReoffer, plain } from "./plays.ts";
import { REASONS } from "./reasons.ts";
import { SAMPLES } from "./samples.ts";

type Play = (name: string, extra: Extra, at: Situation) => Dialogue;

/** What a message says in a situation. */
type ExtraAt = (at: Situation) => Extra;

/**
 * Ways to play a word of rtcp-mux, of which a hand-written matrix has all the others. One section each: which
 * of two single ports is even is a matter of chance.
 */
const FEW: readonly (readonly [Play, Situation])[] = [
  [inOffer, AUDIO],
  [inOffer, SIX],
  [inAnswer, AUDIO],
  [everywhere, AUDIO],
  [everywhere, SIX],
  [everywhere, MUXED],
];

/** Ways to play a word. */
const ALL: readonly (readonly [Play, Situation])[] = [
  [inOffer, VIDEO],
  [inOffer, SIX],
  [inOffer, FEEDBACK],
  [inAnswer, VIDEO],
  [inReoffer, VIDEO],
  [inReoffer, MUXED],
  [fromCalled, VIDEO],
  [everywhere, VIDEO],
  [everywhere, SIX],
  [everywhere, MUXED],
  [everywhere, FEEDBACK],
];

/** A word of a table and the dialogues it is played in. */
export interface Played {
  /** Table and word, `flag strict source`. */
  readonly name: string;
  readonly word: Word;
  /** Why it is not played; undefined when it is. */
  readonly reason: string | undefined;
  readonly dialogues: readonly Dialogue[];
}

function play(name: string, word: Word, extras: readonly [string, ExtraAt][]): Played {
  const reason = word.part ?? REASONS[name];
  const plays = name.startsWith("rtcp-mux ") ? FEW : ALL;
  const dialogues = reason !== undefined
    ? []
    : extras.flatMap(([label, extra]) => plays.map(([how, at]) => how(label, extra(at), at)));
  return { name, word, reason, dialogues: BLIND.has(name) ? dialogues.map(blind) : dialogues };
}

/**
 * Words of which only bodies are compared: passthrough takes no ports, which a dialogue of its own shows, and
 * packets sent to pierce NAT are counted, which the clock decides.
 */
const BLIND: ReadonlySet<string> = new Set([
  "flag passthrough",
  "flag pierce NAT",
  "key passthrough",
]);

function received({ family }: Situation): Extra {
  return { "received from": [family, family === "IP4" ? "203.0.113.5" : "2001:db8::5"] };
}

/** What flags need beside them to mean anything. */
const COMPANY: Readonly<Record<string, ExtraAt>> = {
  "SIP source address": received,
  "trust address": received,
};

function flags(): Played[] {
  return Object.entries(FLAG_TABLE).map(([flag, word]) =>
    play(`flag ${flag}`, word, [[
      `flag ${flag}`,
      (at) => ({ ...COMPANY[flag]?.(at), flags: [flag.replaceAll(" ", "-")] }),
    ]])
  );
}

function lists(): Played[] {
  return Object.values(LISTS).flatMap(({ key, words }) =>
    Object.entries(words).map(([item, word]) =>
      play(`${key} ${item}`, word, [[`${key} ${item}`, () => ({ [key]: [item] })]])
    )
  );
}

/** Structures around the words of a key that is no list of them. */
const AROUND: Readonly<Record<string, (word: string) => NgData>> = {
  "codec": (word) => ({ [word]: ["PCMU"] }),
  "extmap": (word) => ({ [word]: ["urn:ietf:params:rtp-hdrext:toffset"] }),
  "sdp-attr": (word) => ({
    audio: { [word]: word === "substitute" ? [["x-vendor", "x-other:1"]] : ["x-vendor"] },
  }),
};

function keys(): Played[] {
  const isList = new Set(Object.values(LISTS).map(({ key }) => key));
  return Object.entries(KEY_TABLE).flatMap(([key, { values, ...word }]) => {
    if (isList.has(key)) return [];
    if (values !== undefined) {
      return Object.entries(values).map(([value, item]) =>
        play(`${key} ${value}`, item, [[
          `${key} ${value}`,
          () => ({ [key]: AROUND[key]?.(value) ?? value }),
        ]])
      );
    }
    const samples = SAMPLES[key] ?? [];
    return [play(
      `key ${key}`,
      word,
      samples.map((value) => [`${key} ${JSON.stringify(value)}`, () => ({ [key]: value })]),
    )];
  });
}

/** Every word of every table. */
export const PLAYED: readonly Played[] = [...flags(), ...lists(), ...keys()];

/** All generated dialogues. */
export const GENERATED: readonly Dialogue[] = [
  ...[VIDEO, SIX, MUXED, FEEDBACK].map(plain),
  ...PLAYED.flatMap(({ dialogues }) => dialogues),
  ...PAIRS,
];
