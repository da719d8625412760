/**
 * `sdp-attr`: textual edits of attributes, as a dictionary or as flags.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgValue } from "./types.ts";

/** One edit of the attributes of one kind of section. */
export interface AttributeEdit {
  /** A media type, or `global` for the session level. */
  readonly section: string;
  /** What is done. */
  readonly operation: "add" | "remove" | "substitute";
  /** The attribute to add, or which ones are meant. */
  readonly attribute: ByteString;
  /** What stands in their place; only with `substitute`. */
  readonly by?: ByteString;
}

const OPERATIONS: readonly AttributeEdit["operation"][] = ["add", "remove", "substitute"];

/** Edits of a dictionary, and whether all of it was understood. */
export function readAttributeEdits(value: NgValue): { edits: AttributeEdit[]; whole: boolean } {
  const edits: AttributeEdit[] = [];
  if (!(value instanceof Map)) return { edits, whole: false };
  let whole = true;
  for (const [section, operations] of value) {
    if (!(operations instanceof Map)) {
      whole = false;
      continue;
    }
    for (const [name, items] of operations) {
      const operation = OPERATIONS.find((one) => one === name);
      for (const item of Array.isArray(items) ? items : [items]) {
        const edit = operation && makeEdit(section, operation, item);
        if (edit === undefined) whole = false;
        else edits.push(edit);
      }
    }
  }
  return { edits, whole };
}

/** The edit of a flag without its prefix: `OPERATION-SECTION-ATTRIBUTE`. */
export function readAttributeFlag(text: string): AttributeEdit | undefined {
  const [, name = "", section = "", item = ""] = /^([a-z]+)-([a-z]+)-(.+)$/s.exec(text) ?? [];
  const operation = OPERATIONS.find((one) => one === name);
  return operation && makeEdit(section, operation, item);
}

function makeEdit(
  section: string,
  operation: AttributeEdit["operation"],
  item: NgValue,
): AttributeEdit | undefined {
  const pair = Array.isArray(item) ? item : splitPair(operation, item);
  const [attribute, by] = pair.map((text) => typeof text === "string" ? unescape(text) : "");
  if (!isLine(attribute)) return undefined;
  const base = { section: section === "none" ? "global" : section, operation, attribute };
  if (operation !== "substitute") return base;
  return isLine(by) ? { ...base, by } : undefined;
}

/** A substitution may be written as one text, with `>` between its halves. */
function splitPair(operation: AttributeEdit["operation"], item: NgValue): NgValue[] {
  if (operation !== "substitute" || typeof item !== "string") return [item];
  const at = item.indexOf(">");
  return at < 0 ? [item] : [item.slice(0, at), item.slice(at + 1)];
}

/** Inside flag strings an equals sign is written as `--` and a space as `..`. */
function unescape(text: ByteString): ByteString {
  return text.replaceAll("--", "=").replaceAll("..", " ");
}

function isLine(text: ByteString | undefined): text is ByteString {
  return text !== undefined && text !== "" && !/[\r\n]/.test(text);
}
