/**
 * JSON (RFC 8259) over byte strings. Raw bytes pass through unchanged in both directions, even when they are
 * not UTF-8; `\u` escapes become the UTF-8 bytes of their character; `%` has no meaning. So a value read from
 * a reply can be sent back as it is.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { fromBytes, fromText } from "../core/bytes.ts";
import { DecodeError } from "./errors.ts";
import { MAX_DEPTH, MAX_INT64, MAX_VALUES, MIN_INT64 } from "./limits.ts";
import type { NgDict, NgValue, ReplyValue } from "./types.ts";

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
// deno-lint-ignore no-control-regex
const NEEDS_ESCAPE = /[\x00-\x1f"\\\x7f]/;
// deno-lint-ignore no-control-regex
const ALL_ESCAPES = /[\x00-\x1f"\\\x7f]/g;

const UNESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/**
 * Decodes a JSON object. `true` and `false` become 1 and 0, `null` becomes the empty string, a number with a
 * fraction keeps its text, an integer beyond 2^53 becomes a bigint. Of equal keys the last counts, in the
 * place of the first.
 *
 * @throws {DecodeError} when the bytes are not one JSON object, or nest deeper than {@link MAX_DEPTH}
 */
export function decodeJson(bytes: Uint8Array): NgDict {
  const parser = new Parser(fromBytes(bytes));
  return parser.message();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  message(): NgDict {
    this.#space();
    if (this.#text[this.#at] !== "{") throw new DecodeError("not an object", this.#at);
    this.#at++;
    const dict = this.#object(1);
    this.#space();
    if (this.#at < this.#text.length) throw new DecodeError("text after the object", this.#at);
    return dict;
  }

  #space(): void {
    // Nearly always there is none.
    if (this.#text.charCodeAt(this.#at) > 0x20) return;
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #value(depth: number): NgValue {
    this.#space();
    if (++this.#values > MAX_VALUES) throw new DecodeError("too many values", this.#at);
    const first = this.#text[this.#at];
    switch (first) {
      case '"':
        this.#at++;
        return this.#string();
      case "{":
      case "[":
        if (depth >= MAX_DEPTH) throw new DecodeError("nested too deeply", this.#at);
        this.#at++;
        return first === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
      case "t":
        return this.#word("true", 1);
      case "f":
        return this.#word("false", 0);
      case "n":
        return this.#word("null", "");
      default:
        return this.#number();
    }
  }

  #word(word: string, value: NgValue): NgValue {
    if (!this.#text.startsWith(word, this.#at)) throw new DecodeError("unknown word", this.#at);
    this.#at += word.length;
    return value;
  }

  #object(depth: number): NgDict {
    const dict: NgDict = new Map();
    this.#space();
    if (this.#take("}")) return dict;
    for (;;) {
      this.#space();
      if (!this.#take('"')) throw new DecodeError("key is not a string", this.#at);
      const key = this.#string();
      this.#space();
      if (!this.#take(":")) throw new DecodeError("key lacks a colon", this.#at);
      dict.set(key, this.#value(depth));
      this.#space();
      if (this.#take("}")) return dict;
      if (!this.#take(",")) throw new DecodeError("object is cut short", this.#at);
    }
  }

  #array(depth: number): NgValue[] {
    const list: NgValue[] = [];
    this.#space();
    if (this.#take("]")) return list;
    for (;;) {
      list.push(this.#value(depth));
      this.#space();
      if (this.#take("]")) return list;
      if (!this.#take(",")) throw new DecodeError("array is cut short", this.#at);
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #string(): ByteString {
    const text = this.#text;
    let value = "";
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(text);
      value += text.slice(this.#at, PLAIN.lastIndex);
      this.#at = PLAIN.lastIndex;
      const stop = text[this.#at];
      if (stop === undefined) throw new DecodeError("string is cut short", this.#at);
      this.#at++;
      if (stop === '"') return value;
      value += this.#escape();
    }
  }

  #escape(): ByteString {
    const code = this.#text[this.#at++];
    if (code === undefined) throw new DecodeError("string is cut short", this.#at - 1);
    if (code === "u") return this.#unicode();
    const value = UNESCAPED[code];
    if (value === undefined) throw new DecodeError("unknown escape", this.#at - 2);
    return value;
  }

  #unicode(): ByteString {
    const high = this.#hex4();
    if (high < 0xd800 || high > 0xdfff) return fromText(String.fromCharCode(high));
    if (high < 0xdc00 && this.#text.startsWith("\\u", this.#at)) {
      this.#at += 2;
      const low = this.#hex4();
      if (low >= 0xdc00 && low <= 0xdfff) return fromText(String.fromCharCode(high, low));
    }
    throw new DecodeError("unpaired surrogate", this.#at);
  }

  #hex4(): number {
    HEX4.lastIndex = this.#at;
    if (!HEX4.test(this.#text)) throw new DecodeError("escape lacks four hex digits", this.#at);
    const code = parseInt(this.#text.slice(this.#at, HEX4.lastIndex), 16);
    this.#at = HEX4.lastIndex;
    return code;
  }

  #number(): NgValue {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new DecodeError("not a JSON value", this.#at);
    const source = match[0];
    this.#at = NUMBER.lastIndex;
    if (source.length > 100) throw new DecodeError("number is too long", this.#at);
    const value = Number(source);
    if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    if (match[1] !== undefined || match[2] !== undefined) return source;
    const big = BigInt(source);
    return big >= MIN_INT64 && big <= MAX_INT64 ? big : source;
  }
}

/**
 * Encodes a value as JSON in insertion order, without spaces. Bytes above 0x7f are written as they are.
 *
 * @throws {RangeError} when a number is not finite
 */
export function encodeJson(value: ReplyValue): ByteString {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) {
    let text = "";
    for (const item of value as readonly ReplyValue[]) {
      text += (text === "" ? "" : ",") + encodeJson(item);
    }
    return `[${text}]`;
  }
  let text = "";
  if (value instanceof Map) {
    for (const [key, item] of value as ReadonlyMap<ByteString, ReplyValue>) {
      text += `${text === "" ? "" : ","}${quote(key)}:${encodeJson(item)}`;
    }
    return `{${text}}`;
  }
  const object = value as { readonly [key: string]: ReplyValue | undefined };
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item !== undefined) text += `${text === "" ? "" : ","}${quote(key)}:${encodeJson(item)}`;
  }
  return `{${text}}`;
}

function quote(text: ByteString): ByteString {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(ALL_ESCAPES, escapeChar)}"` : `"${text}"`;
}

function escapeChar(char: string): string {
  return ESCAPED[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
