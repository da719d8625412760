/**
 * bencode over byte strings. Strict where leniency would let two parsers disagree (lengths and integers
 * have one spelling, nothing may be cut short), lenient where clients need it (dictionaries in any order,
 * bytes after the last `e`).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ByteString } from "../core/bytes.ts";
import { DecodeError } from "./errors.ts";
import { MAX_DEPTH, MAX_INT64, MAX_VALUES, MIN_INT64 } from "./limits.ts";
import type { NgDict, NgValue, ReplyValue } from "./types.ts";

const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const MINUS = 0x2d;
const D = 0x64;
const E = 0x65;
const I = 0x69;
const L = 0x6c;

/** Strings up to this long are cut from the text of the whole message; V8 copies those anyway. */
const SHORT = 12;

// Works on any Uint8Array; Buffer's type says otherwise.
const latin1Slice = Buffer.prototype.latin1Slice as unknown as (
  this: Uint8Array,
  start: number,
  end: number,
) => string;

/** A decoded dictionary and where it ended. */
export interface Decoded {
  /** Keys keep their order. */
  readonly value: NgDict;
  /** Offset of the first byte after the dictionary. */
  readonly end: number;
}

/**
 * Decodes the dictionary at the start of `bytes`. Of equal keys the first counts. Bytes after the
 * dictionary are left alone.
 *
 * @throws {DecodeError} when the bytes are cut short or malformed, nest deeper than {@link MAX_DEPTH}, hold
 *   an integer beyond 64 bits, or are not a dictionary
 */
export function decodeBencode(bytes: Uint8Array): Decoded {
  const decoder = new Decoder(bytes);
  return { value: decoder.message(), end: decoder.end };
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#text = latin1Slice.call(bytes, 0, bytes.length);
  }

  get end(): number {
    return this.#at;
  }

  message(): NgDict {
    if (this.#bytes[0] !== D) throw new DecodeError("not a dictionary", 0);
    this.#at = 1;
    return this.#dict(1);
  }

  #value(depth: number): NgValue {
    const code = this.#bytes[this.#at];
    if (code === undefined) throw new DecodeError("value is cut short", this.#at);
    if (++this.#values > MAX_VALUES) throw new DecodeError("too many values", this.#at);
    if (code >= ZERO && code <= NINE) return this.#string();
    if (code === I) return this.#integer();
    if (code !== D && code !== L) throw new DecodeError("unknown type of value", this.#at);
    if (depth >= MAX_DEPTH) throw new DecodeError("nested too deeply", this.#at);
    this.#at++;
    return code === D ? this.#dict(depth + 1) : this.#list(depth + 1);
  }

  #dict(depth: number): NgDict {
    const dict: NgDict = new Map();
    for (;;) {
      const code = this.#bytes[this.#at];
      if (code === E) break;
      if (code === undefined) throw new DecodeError("dictionary is cut short", this.#at);
      if (code < ZERO || code > NINE) throw new DecodeError("key is not a string", this.#at);
      const key = this.#string();
      const value = this.#value(depth);
      if (!dict.has(key)) dict.set(key, value);
    }
    this.#at++;
    return dict;
  }

  #list(depth: number): NgValue[] {
    const list: NgValue[] = [];
    for (;;) {
      const code = this.#bytes[this.#at];
      if (code === E) break;
      if (code === undefined) throw new DecodeError("list is cut short", this.#at);
      list.push(this.#value(depth));
    }
    this.#at++;
    return list;
  }

  #string(): ByteString {
    const bytes = this.#bytes;
    const begin = this.#at;
    let at = begin;
    let length = 0;
    let code = bytes[at];
    while (code !== undefined && code >= ZERO && code <= NINE) {
      length = length * 10 + code - ZERO;
      // Once past the end of the message no further digit can bring it back.
      if (length > bytes.length) throw new DecodeError("string is longer than the message", begin);
      code = bytes[++at];
    }
    if (code === undefined) throw new DecodeError("string length is cut short", at);
    if (code !== COLON) throw new DecodeError("string length lacks a colon", at);
    if (at - begin > 1 && bytes[begin] === ZERO) {
      throw new DecodeError("string length has a leading zero", begin);
    }
    const start = at + 1;
    const end = start + length;
    if (end > bytes.length) throw new DecodeError("string is longer than the message", begin);
    this.#at = end;
    // A long piece cut from the text would keep the whole message alive for as long as the piece lives.
    return length <= SHORT ? this.#text.slice(start, end) : latin1Slice.call(bytes, start, end);
  }

  #integer(): number | bigint {
    const begin = this.#at;
    const end = this.#text.indexOf("e", begin);
    if (end < 0) throw new DecodeError("integer is cut short", begin);
    if (end - begin > 21) throw new DecodeError("integer is too long", begin);
    const bytes = this.#bytes;
    let at = begin + 1;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    if (first === end) throw new DecodeError("integer has no digits", begin);
    let value = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) throw new DecodeError("integer has a stray character", at);
      value = value * 10 + digit;
    }
    if (bytes[first] === ZERO && (end - first > 1 || negative)) {
      throw new DecodeError("integer has a leading zero", begin);
    }
    this.#at = end + 1;
    if (value <= Number.MAX_SAFE_INTEGER) return negative ? -value : value;
    const big = BigInt(this.#text.slice(begin + 1, end));
    if (big < MIN_INT64 || big > MAX_INT64) {
      throw new DecodeError("integer does not fit 64 bits", begin);
    }
    return big;
  }
}

/**
 * Encodes a value in insertion order. Integers become `i…e`; a number with a fraction becomes a string with
 * six decimals; `undefined` members of objects are left out.
 *
 * @throws {RangeError} when a number is not finite
 */
export function encodeBencode(value: ReplyValue): ByteString {
  if (typeof value === "string") return `${value.length}:${value}`;
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value === "bigint") return `i${value}e`;
  if (Array.isArray(value)) {
    let text = "l";
    for (const item of value as readonly ReplyValue[]) text += encodeBencode(item);
    return text + "e";
  }
  let text = "d";
  if (value instanceof Map) {
    for (const [key, item] of value as ReadonlyMap<ByteString, ReplyValue>) {
      text += `${key.length}:${key}${encodeBencode(item)}`;
    }
    return text + "e";
  }
  const object = value as { readonly [key: string]: ReplyValue | undefined };
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item !== undefined) text += keyText(key) + encodeBencode(item);
  }
  return text + "e";
}

/** Members of reply objects as they are written: there are few, and they come again and again. */
const keyTexts = new Map<ByteString, ByteString>();
const KEY_TEXTS = 1024;

function keyText(key: ByteString): ByteString {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = `${key.length}:${key}`;
    if (keyTexts.size >= KEY_TEXTS) keyTexts.clear();
    keyTexts.set(key, text);
  }
  return text;
}

function encodeNumber(value: number): ByteString {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? "i0e" : `i${value}e`;
  if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
  if (Number.isInteger(value)) return `i${BigInt(value)}e`;
  const text = value.toFixed(6);
  return `${text.length}:${text}`;
}
