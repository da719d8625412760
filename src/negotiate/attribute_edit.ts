/**
 * The `sdp-attr` key: attributes of the written description added, removed and substituted as text.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import type { NgValue } from "../ng/types.ts";

/** Edits of one kind of section. */
interface Edits {
  readonly add: readonly ByteString[];
  readonly remove: readonly ByteString[];
  readonly substitute: readonly (readonly [ByteString, ByteString])[];
}

/** Edits by section: `none` or `global` is the session level, else a media type. */
export class AttributeEdits {
  readonly #sections = new Map<string, Edits>();

  /** Reads the key; whatever it does not understand is left out. */
  constructor({ other }: NgRequest) {
    const value = other?.get("sdp-attr");
    if (!(value instanceof Map)) return;
    for (const [section, edits] of value) {
      if (!(edits instanceof Map)) continue;
      this.#sections.set(section === "none" ? "global" : section.toLowerCase(), {
        add: texts(edits.get("add")),
        remove: texts(edits.get("remove")),
        substitute: pairs(edits.get("substitute")),
      });
    }
  }

  /**
   * Edits the attributes among lines that end in CRLF; new ones come last.
   *
   * @param section media type, or `global`
   */
  apply(section: string, text: ByteString): ByteString {
    const edits = this.#sections.get(section.toLowerCase());
    if (edits === undefined) return text;
    let edited = "";
    for (const line of text.split("\r\n")) {
      if (line === "") continue;
      const value = line.startsWith("a=") ? line.slice(2) : undefined;
      if (value === undefined) edited += `${line}\r\n`;
      else if (!edits.remove.some((spec) => matches(value, spec))) {
        const found = edits.substitute.find(([spec]) => matches(value, spec));
        edited += `a=${found === undefined ? value : found[1]}\r\n`;
      }
    }
    for (const value of edits.add) edited += `a=${value}\r\n`;
    return edited;
  }
}

/** By name (`rtpmap`), name and tag (`rtpmap:8`), or as a whole. */
function matches(value: ByteString, spec: ByteString): boolean {
  return value === spec || value.startsWith(spec + ":") || value.startsWith(spec + " ");
}

/** The texts of a list that stay on one line. */
function texts(value: NgValue | undefined): readonly ByteString[] {
  return Array.isArray(value) ? value.filter(isLine) : [];
}

function pairs(value: NgValue | undefined): readonly (readonly [ByteString, ByteString])[] {
  if (!Array.isArray(value)) return [];
  const found: [ByteString, ByteString][] = [];
  for (const pair of value) {
    const [from, to] = texts(pair);
    if (from !== undefined && to !== undefined) found.push([from, to]);
  }
  return found;
}

function isLine(value: NgValue): value is ByteString {
  return typeof value === "string" && value !== "" && !/[\r\n]/.test(value);
}
