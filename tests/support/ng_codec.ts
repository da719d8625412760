/**
 * ng messages encoded and decoded by code that is not the product's: npm `bencode` and `JSON`.
 *
 * Text is one character per byte on both sides, so that nothing is lost in bodies that are not UTF-8.
 *
 * @module
 */

import bencode from "bencode";

/** A value of an ng dictionary as dialogues and tests write it. */
export type NgData = string | number | readonly NgData[] | { readonly [key: string]: NgData };
/** An ng dictionary. */
export type NgMessage = { readonly [key: string]: NgData };
/** Encodings of the ng protocol. */
export type NgWire = "bencode" | "json";

/** One byte per character; a character beyond U+00FF becomes its UTF-8 bytes. */
export function toBytes(text: string): Uint8Array {
  if (/[^\0-\xff]/.test(text)) return new TextEncoder().encode(text);
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** One character per byte. */
export function fromBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  }
  return parts.join("");
}

/** Writes the dictionary part of a message. */
export function encodeMessage(message: NgMessage, wire: NgWire = "bencode"): Uint8Array {
  if (wire === "json") return new TextEncoder().encode(JSON.stringify(message));
  return bencode.encode(withBytes(message));
}

/** Reads the dictionary part of a message; the encoding is taken from its first byte. */
export function decodeMessage(bytes: Uint8Array): NgMessage {
  const value = bytes[0] === 0x7b
    ? JSON.parse(new TextDecoder().decode(bytes))
    : withText(bencode.decode(bytes));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error(`An ng message is not a dictionary: ${fromBytes(bytes).slice(0, 60)}`);
  }
  return value;
}

/** Writes a whole message: cookie, space, dictionary. */
export function frame(cookie: string, message: NgMessage, wire: NgWire = "bencode"): Uint8Array {
  const head = toBytes(`${cookie} `);
  const body = encodeMessage(message, wire);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Splits a whole message into cookie and dictionary. */
export function unframe(bytes: Uint8Array): { cookie: string; message: NgMessage } {
  const space = bytes.indexOf(0x20);
  if (space < 0) throw new Error(`An ng message has no cookie: ${fromBytes(bytes).slice(0, 60)}`);
  return {
    cookie: fromBytes(bytes.subarray(0, space)),
    message: decodeMessage(bytes.subarray(space + 1)),
  };
}

function withBytes(value: NgData): unknown {
  if (typeof value === "string") return toBytes(value);
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(withBytes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withBytes(item)]));
}

function withText(value: unknown): NgData {
  if (value instanceof Uint8Array) return fromBytes(value);
  if (typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(withText);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withText(item)]));
  }
  throw new Error(`A bencode value of type ${typeof value} cannot be`);
}
