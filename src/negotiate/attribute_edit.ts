/**
 * The `sdp-attr` key: attributes of the written description added, removed and substituted as text.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";

type Edit = NgRequest["attributeEdits"][number];

/** Edits by section: `global` is the session level, else a media type. */
export class AttributeEdits {
  readonly #edits: readonly Edit[];

  constructor({ attributeEdits }: NgRequest) {
    this.#edits = attributeEdits;
  }

  /**
   * Edits the attributes among lines that end in CRLF; new ones come last.
   *
   * @param section media type, or `global`
   */
  apply(section: string, text: ByteString): ByteString {
    if (this.#edits.length === 0) return text;
    const name = section.toLowerCase();
    const edits = this.#edits.filter((edit) => edit.section.toLowerCase() === name);
    if (edits.length === 0) return text;
    let edited = "";
    for (const line of text.split("\r\n")) {
      if (line === "") continue;
      const value = line.startsWith("a=") ? line.slice(2) : undefined;
      const written = value === undefined ? line : attribute(value, edits);
      if (written !== undefined) edited += `${written}\r\n`;
    }
    for (const { operation, attribute } of edits) {
      if (operation === "add") edited += `a=${attribute}\r\n`;
    }
    return edited;
  }
}

/** The line of an attribute; undefined when it is removed. */
function attribute(value: ByteString, edits: readonly Edit[]): ByteString | undefined {
  let by: ByteString | undefined;
  for (const edit of edits) {
    if (edit.operation === "add" || !matches(value, edit.attribute)) continue;
    if (edit.operation === "remove") return undefined;
    by ??= edit.by;
  }
  return `a=${by ?? value}`;
}

/** By name (`rtpmap`), name and tag (`rtpmap:8`), or as a whole. */
function matches(value: ByteString, spec: ByteString): boolean {
  return value === spec || value.startsWith(spec + ":") || value.startsWith(spec + " ");
}
