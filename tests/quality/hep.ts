/**
 * HEP3 read independently of the product.
 *
 * @module
 */

import { fromBytes } from "../support/mod.ts";

/** A packet Homer got. */
export interface ReadHep {
  /** Types and lengths of chunks in order; payload and correlation id without length. */
  readonly chunks: readonly string[];
  readonly protocol: number;
  readonly correlation: string;
  /** The payload. */
  readonly text: string;
}

const CORRELATION = 17;
const PAYLOAD = 15;

/** Reads a packet. @throws Error when lengths do not fit */
export function readHep(bytes: Uint8Array): ReadHep {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (fromBytes(bytes.subarray(0, 4)) !== "HEP3" || view.getUint16(4) !== bytes.length) {
    throw new Error("no HEP3 packet");
  }
  const chunks: string[] = [];
  let protocol = 0;
  let correlation = "";
  let text = "";
  for (let at = 6; at < bytes.length; at += view.getUint16(at + 4)) {
    const type = view.getUint16(at + 2);
    const length = view.getUint16(at + 4);
    if (length < 6 || at + length > bytes.length) throw new Error(`chunk ${type} of ${length}`);
    const body = bytes.subarray(at + 6, at + length);
    chunks.push(type === CORRELATION || type === PAYLOAD ? `${type}` : `${type}:${length}`);
    if (type === 11) protocol = body[0]!;
    if (type === CORRELATION) correlation = fromBytes(body);
    if (type === PAYLOAD) text = fromBytes(body);
  }
  return { chunks, protocol, correlation, text };
}
