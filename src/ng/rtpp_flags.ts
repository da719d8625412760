/**
 * The flag string of `rtpp-flags`: words and `key=value` pairs separated by spaces; `[ ]` holds a list, or a
 * dictionary when its items are pairs.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { MAX_DEPTH } from "./limits.ts";
import type { NgDict, NgValue } from "./types.ts";

/** A bare word, a list without a key, or a key with its value. */
export type FlagItem =
  | { readonly word: ByteString }
  | { readonly list: NgValue }
  | { readonly key: ByteString; readonly value: NgValue };

/**
 * Parses a flag string. A missing `]` is taken as standing at the end; a stray one is skipped.
 *
 * @returns items in order, repeated keys included
 */
export function parseFlagString(text: ByteString): FlagItem[] {
  const parser = new FlagParser(text);
  const items: FlagItem[] = [];
  while (!parser.done) items.push(...parser.items(0));
  return items;
}

class FlagParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Items up to the closing bracket, which is taken, or the end. */
  items(depth: number): FlagItem[] {
    const items: FlagItem[] = [];
    for (;;) {
      while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
      if (this.done) return items;
      if (this.#text[this.#at] === "]") {
        this.#at++;
        return items;
      }
      items.push(this.#item(depth));
    }
  }

  #item(depth: number): FlagItem {
    if (this.#text[this.#at] === "[" && depth < MAX_DEPTH) {
      this.#at++;
      return { list: toValue(this.items(depth + 1)) };
    }
    const word = this.#word(/[\s=\]]/g);
    if (this.#text[this.#at] !== "=") return { word };
    this.#at++;
    if (this.#text[this.#at] !== "[" || depth >= MAX_DEPTH) {
      return { key: word, value: this.#word(/[\s\]]/g) };
    }
    this.#at++;
    return { key: word, value: toValue(this.items(depth + 1)) };
  }

  #word(stop: RegExp): string {
    stop.lastIndex = this.#at;
    const end = stop.exec(this.#text)?.index ?? this.#text.length;
    const word = this.#text.slice(this.#at, end);
    this.#at = end;
    return word;
  }
}

function toValue(items: readonly FlagItem[]): NgValue {
  if (items.length === 0 || !items.every((item) => "key" in item)) {
    return items.map((item) =>
      "word" in item ? item.word : "list" in item ? item.list : pairText(item.key, item.value)
    );
  }
  const dict: NgDict = new Map();
  for (const item of items) {
    if ("key" in item) dict.set(item.key, item.value);
  }
  return dict;
}

/** A pair among words was no pair: `order:A;B=…` and the like. */
function pairText(key: string, value: NgValue): string {
  return typeof value === "string" ? `${key}=${value}` : key;
}
