/**
 * A request while it is being put together. The methods take values as they come from the wire and note what
 * nobody understands; nothing here throws.
 *
 * @module
 */

import { type AttributeEdit, readAttributeFlag } from "./attribute_edits.ts";
import type { ByteString } from "../core/bytes.ts";
import { makeEndpoint } from "../core/ip.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { findPrefix, FLAG_TABLE, FLAG_WORDS } from "./flag_table.ts";
import { findListItem, type ListName, LISTS, listWord } from "./list_table.ts";
import type { NgRequest } from "./request.ts";
import type { NgDict, NgSource, NgValue } from "./types.ts";
import { CODEC_OPERATIONS, CODEC_WORDS, LEARNING_MODES } from "./value_table.ts";
import type { Word } from "./word.ts";

const NO_WORDS: ReadonlySet<string> = new Set<string>();
const NO_CODECS: ReadonlyMap<string, readonly ByteString[]> = new Map<string, ByteString[]>();
const NO_STRINGS: readonly ByteString[] = [];
const NO_EDITS: readonly AttributeEdit[] = [];
/** Templates one message may use, those of templates included. */
const MAX_TEMPLATES = 64;
const MAX_UNKNOWN = 16;
const MAX_UNKNOWN_LENGTH = 64;

/** Items of a list; those of a text are separated by commas. */
export function itemsOf(value: NgValue): ByteString[] | undefined {
  if (typeof value !== "string" || !value.includes(",")) return textsOf(value);
  return value.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** Flag strings of the configuration by name. */
export type Templates = ReadonlyMap<string, ByteString>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** Members that hold an address. */
export type AddressMember = "mediaAddress" | "receivedFrom" | "inboundPeer" | "outboundPeer";

type WordSet = ListName | "flags" | "supports";
type Strings = "direction" | "fromTags" | "unknown" | "deferred";

/** Text of a string or integer; undefined for lists and dictionaries. */
export function textOf(value: NgValue): ByteString | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

/** An integer, also when spelled as a string; undefined when it is none or beyond 2^53. */
export function integerOf(value: NgValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\s*[+-]?[0-9]{1,16}\s*$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Items of a list, or the one value; undefined when any item is not text. */
export function textsOf(value: NgValue): ByteString[] | undefined {
  if (!Array.isArray(value)) {
    const text = textOf(value);
    return text === undefined ? undefined : [text];
  }
  const texts: ByteString[] = [];
  for (const item of value) {
    const text = textOf(item);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts;
}

/** A mutable {@link NgRequest}. */
export class RequestDraft implements Mutable<NgRequest> {
  readonly command: string;
  readonly source: NgSource;
  readonly dict: NgDict;
  callId?: ByteString;
  fromTag?: ByteString;
  toTag?: ByteString;
  viaBranch?: ByteString;
  sdp?: ByteString;
  label?: ByteString;
  setLabel?: ByteString;
  toLabel?: ByteString;
  metadata?: ByteString;
  flags = NO_WORDS;
  replace = NO_WORDS;
  rtcpMux = NO_WORDS;
  ice = NO_WORDS;
  dtls = NO_WORDS;
  sdes = NO_WORDS;
  osrtp = NO_WORDS;
  t38 = NO_WORDS;
  bundle = NO_WORDS;
  supports = NO_WORDS;
  direction = NO_STRINGS;
  fromTags = NO_STRINGS;
  unknown: readonly string[] = NO_STRINGS;
  deferred: readonly string[] = NO_STRINGS;
  codec = NO_CODECS;
  interface?: ByteString;
  fromInterface?: ByteString;
  toInterface?: ByteString;
  inboundPeer?: Endpoint;
  outboundPeer?: Endpoint;
  addressFamily?: "IP4" | "IP6";
  mediaAddress?: Endpoint;
  receivedFrom?: Endpoint;
  transportProtocol?: string;
  endpointLearning?: "off" | "immediate" | "delayed" | "heuristic";
  tos?: number;
  deleteDelay?: number;
  all?: string;
  limit?: number;
  dropTraffic?: "start" | "stop";
  mediaEcho?: string;
  generateRtcp?: boolean;
  xmlrpcCallback?: ByteString;
  address?: ByteString;
  ptime?: number;
  ptimeReverse?: number;
  attributeEdits: readonly AttributeEdit[] = NO_EDITS;
  other?: ReadonlyMap<string, NgValue>;
  readonly #templates: Templates;
  #open: readonly string[] = NO_STRINGS;
  #used = 0;

  constructor(command: string, source: NgSource, dict: NgDict, templates: Templates) {
    this.command = command;
    this.source = source;
    this.dict = dict;
    this.#templates = templates;
  }

  /**
   * Lets `apply` have the flag string of this name. A template that leads to itself ends there, and a message
   * gets no more than {@link MAX_TEMPLATES}.
   *
   * @returns whether there is one
   */
  useTemplate(name: string, apply: (flagString: ByteString) => void): boolean {
    const template = this.#templates.get(name);
    if (template === undefined) return false;
    if (this.#open.includes(name) || ++this.#used > MAX_TEMPLATES) return true;
    this.#open = [...this.#open, name];
    apply(template);
    this.#open = this.#open.slice(0, -1);
    return true;
  }

  /** Notes a key, flag or value that has no meaning here. */
  note(what: string): void {
    if (this.unknown.length >= MAX_UNKNOWN) return;
    this.push("unknown", what.slice(0, MAX_UNKNOWN_LENGTH));
  }

  /** Remembers a word that is understood but has no effect before a later part is there. */
  defer(what: string, word: Word | undefined): void {
    if (word?.part === undefined || this.deferred.length >= MAX_UNKNOWN) return;
    this.push("deferred", what.slice(0, MAX_UNKNOWN_LENGTH));
  }

  /** Adds a canonical word to one of the sets. */
  add(set: WordSet, word: string): void {
    if (this[set] === NO_WORDS) this[set] = new Set([word]);
    else (this[set] as Set<string>).add(word);
  }

  /** Takes a canonical flag back. */
  removeFlag(flag: string): void {
    if (this.flags !== NO_WORDS) (this.flags as Set<string>).delete(flag);
  }

  /** Appends to one of the lists. */
  push(list: Strings, text: string): void {
    if (this[list] === NO_STRINGS) this[list] = [text];
    else (this[list] as string[]).push(text);
  }

  /** Keeps the value of a key that has no member of its own. */
  keep(key: string, value: NgValue): void {
    if (this.other === undefined) this.other = new Map([[key, value]]);
    else (this.other as Map<string, NgValue>).set(key, value);
  }

  /** Adds an item of a list as it came. */
  addItem(list: ListName, text: string): void {
    const word = findListItem(list, text);
    if (word === undefined) {
      this.note(`${list} ${text}`);
      return;
    }
    this.add(list, word);
    this.defer(`${LISTS[list].key} ${word}`, listWord(list, word));
  }

  /** Adds a codec to an operation; `--` stands for `=` and `..` for a space. */
  addCodec(operation: string, codec: ByteString): void {
    this.defer(`codec ${operation}`, CODEC_WORDS[operation]);
    const spec = codec.replaceAll("--", "=").replaceAll("..", " ");
    if (this.codec === NO_CODECS) this.codec = new Map();
    const codecs = this.codec as Map<string, ByteString[]>;
    const list = codecs.get(operation);
    if (list === undefined) codecs.set(operation, [spec]);
    else list.push(spec);
  }

  /** Adds edits of attributes. */
  addEdits(edits: readonly AttributeEdit[]): void {
    this.attributeEdits = [...this.attributeEdits, ...edits];
  }

  /** Sets the learning mode from its name. */
  setLearning(text: string): void {
    const mode = LEARNING_MODES.find(text);
    if (mode === undefined) this.note(`endpoint-learning ${text}`);
    else this.endpointLearning = mode as NonNullable<NgRequest["endpointLearning"]>;
  }

  /** Adds a flag as it came, prefixed ones included. */
  addFlag(text: string): void {
    const flag = FLAG_WORDS.find(text);
    if (flag !== undefined) this.#flag(flag);
    else if (!this.#prefixed(text)) this.note(`flag ${text}`);
  }

  #flag(flag: string): void {
    this.add("flags", flag);
    this.defer(flag, FLAG_TABLE[flag]);
    if (flag === "all") this.all = "all";
    else if (flag === "generate RTCP") this.generateRtcp = true;
    else if (flag === "pad crypto") this.add("sdes", "pad");
    else if (flag === "always transcode") this.addCodec("accept", "all");
    else if (flag === "trickle ICE") this.add("ice", "trickle");
  }

  #prefixed(text: string): boolean {
    const found = findPrefix(text);
    if (found === undefined) return false;
    const { target, rest } = found;
    switch (target.kind) {
      case "from-tags":
        this.push("fromTags", rest);
        return true;
      case "endpoint-learning":
        this.setLearning(rest);
        return true;
      case "list":
        this.addItem(target.list, rest);
        return true;
      case "codec":
        return this.#codecFlag(target.operation, rest);
      case "sdp-attr":
        return this.#attributeFlag(rest);
    }
  }

  #attributeFlag(rest: string): boolean {
    const edit = readAttributeFlag(rest);
    if (edit !== undefined) this.addEdits([edit]);
    return edit !== undefined;
  }

  #codecFlag(operation: string | undefined, rest: string): boolean {
    if (operation !== undefined) {
      this.addCodec(operation, rest);
      return true;
    }
    const dash = rest.search(/[-_ ]/);
    const name = dash < 0 ? undefined : CODEC_OPERATIONS.find(rest.slice(0, dash));
    if (name === undefined) return false;
    this.addCodec(name, rest.slice(dash + 1));
    return true;
  }

  /** Sets an address member; port 0. */
  setAddress(member: AddressMember, text: ByteString): void {
    const endpoint = makeEndpoint(text.trim().replace(/^\[(.*)\]$/, "$1"), 0);
    // nobody can be told to send to the unspecified address
    const nowhere = endpoint === undefined ||
      (member === "mediaAddress" && /^(0\.0\.0\.0|::)$/.test(endpoint.address));
    if (nowhere) this.note(`address ${text}`);
    else this[member] = endpoint;
  }

  /** Fills in what `WebRTC` stands for; explicit values win. */
  expandShorthands(): void {
    if (!this.flags.has("WebRTC")) return;
    this.transportProtocol ??= "UDP/TLS/RTP/SAVPF";
    if (this.ice === NO_WORDS) this.add("ice", "force");
    this.add("ice", "trickle");
    this.add("flags", "trickle ICE");
    this.add("flags", "no rtcp attribute");
    this.add("flags", "generate mid");
    if (this.sdes === NO_WORDS) this.add("sdes", "off");
    // browsers need both whatever else is asked for
    for (const list of ["rtcpMux", "bundle"] as const) {
      this.add(list, "offer");
      this.add(list, "require");
    }
  }
}
