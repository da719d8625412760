/**
 * `MESSAGE-INTEGRITY` and `FINGERPRINT` (RFC 8489 sections 14.5 and 14.7).
 *
 * @module
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { toBytes } from "../core/bytes.ts";
import { FINGERPRINT_XOR } from "./types.ts";

/** Length of an HMAC-SHA1. */
export const INTEGRITY_BYTES = 20;

/**
 * HMAC-SHA1 over a message up to an attribute, with the length field as if the message ended behind it.
 *
 * @param end where the `MESSAGE-INTEGRITY` attribute begins
 */
export function integrityOf(message: Uint8Array, end: number, key: string): Uint8Array {
  const covered = withLength(message.subarray(0, end), end + 4);
  return createHmac("sha1", toBytes(key)).update(covered).digest();
}

/** Whether the attribute that begins at `at` holds the HMAC under `key`; in constant time. */
export function integrityMatches(message: Uint8Array, at: number, key: string): boolean {
  const given = message.subarray(at + 4, at + 4 + INTEGRITY_BYTES);
  return given.length === INTEGRITY_BYTES && timingSafeEqual(given, integrityOf(message, at, key));
}

/** CRC over a message up to the `FINGERPRINT` attribute that begins at `end`. */
export function fingerprintOf(message: Uint8Array, end: number): number {
  return (crc32(message.subarray(0, end)) ^ FINGERPRINT_XOR) >>> 0;
}

/** A copy whose length field is that of a message ending after `end - 20` bytes of attributes. */
function withLength(covered: Uint8Array, end: number): Uint8Array {
  const copy = covered.slice();
  new DataView(copy.buffer).setUint16(2, end);
  return copy;
}
