/**
 * STUN Binding requests for tests (RFC 8489, 8445), built independently of the product.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

const COOKIE = 0x2112a442;

/** What a Binding request carries. */
export interface BindingRequest {
  /** 12 octets; random when absent. */
  readonly transaction?: Uint8Array;
  /** `USERNAME`: the receiver's fragment, a colon, the sender's. */
  readonly username?: string;
  /** Key of `MESSAGE-INTEGRITY`; absent: the request has none. */
  readonly password?: string;
  /** `USE-CANDIDATE` is added. */
  readonly nominate?: boolean;
  /** Whether the sender says it controls; absent: neither. */
  readonly controlling?: boolean;
  /** `FINGERPRINT` is left out. */
  readonly withoutFingerprint?: boolean;
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const padded = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  new DataView(padded.buffer).setUint16(0, type);
  new DataView(padded.buffer).setUint16(2, value.length);
  padded.set(value, 4);
  return padded;
}

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A message with a header whose length counts `more` octets that will follow. */
function message(transaction: Uint8Array, parts: readonly Uint8Array[], more: number) {
  const body = joined(parts);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint16(0, 0x0001);
  view.setUint16(2, body.length + more);
  view.setUint32(4, COOKIE);
  return joined([head, transaction, body]);
}

/** Writes a Binding request. */
export function buildBinding(request: BindingRequest = {}): Uint8Array<ArrayBuffer> {
  const transaction = request.transaction ?? crypto.getRandomValues(new Uint8Array(12));
  const parts: Uint8Array[] = [];
  if (request.username !== undefined) {
    parts.push(attribute(0x0006, new TextEncoder().encode(request.username)));
  }
  parts.push(attribute(0x0024, number(0x6effffff)));
  if (request.nominate === true) parts.push(attribute(0x0025, new Uint8Array(0)));
  if (request.controlling !== undefined) {
    const tie = crypto.getRandomValues(new Uint8Array(8));
    parts.push(attribute(request.controlling ? 0x802a : 0x8029, tie));
  }
  if (request.password !== undefined) {
    const covered = message(transaction, parts, 24);
    const tag = createHmac("sha1", request.password).update(covered).digest();
    parts.push(attribute(0x0008, tag));
  }
  if (request.withoutFingerprint !== true) {
    const covered = message(transaction, parts, 8);
    parts.push(attribute(0x8028, number(crc32(covered) ^ 0x5354554e)));
  }
  return message(transaction, parts, 0);
}

/** Whether a datagram is a STUN success response to that transaction. */
export function isSuccess(datagram: Uint8Array, transaction: Uint8Array): boolean {
  return datagram.length >= 20 && datagram[0] === 0x01 && datagram[1] === 0x01 &&
    transaction.every((octet, i) => datagram[8 + i] === octet);
}
