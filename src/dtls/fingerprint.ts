/**
 * `a=fingerprint` (RFC 8122): digests of certificates.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Name of a hash function as `a=fingerprint` spells it. */
export type HashName = "sha-1" | "sha-224" | "sha-256" | "sha-384" | "sha-512";

/** Hash functions RFC 8122 section 5 allows and that are safe enough, `sha-1` for old phones. */
export const HASHES: Readonly<Record<HashName, string>> = {
  "sha-1": "sha1",
  "sha-224": "sha224",
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
};

/** A digest of a certificate. Plain data. */
export interface Fingerprint {
  /** Hash function. */
  readonly hash: HashName;
  /** Upper-case hexadecimal, pairs separated by colons. */
  readonly digest: string;
}

/** Reads the value of an `a=fingerprint`; undefined when it makes no sense or the hash is not known. */
export function parseFingerprint(value: string): Fingerprint | undefined {
  const match = /^([a-zA-Z0-9-]{4,10}) +([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,63}) *$/.exec(value);
  const hash = hashNamed(match?.[1] ?? "");
  const digest = match?.[2]?.toUpperCase();
  if (hash === undefined || digest === undefined) return undefined;
  return (digest.length + 1) / 3 === digestLength(hash) ? { hash, digest } : undefined;
}

/** Finds a hash function; names are compared without regard to case. */
export function hashNamed(text: string): HashName | undefined {
  const lower = text.toLowerCase();
  return (Object.keys(HASHES) as HashName[]).find((name) => name === lower);
}

/** Writes the value of an `a=fingerprint`. */
export function formatFingerprint({ hash, digest }: Fingerprint): string {
  return `${hash} ${digest}`;
}

/** Digest of a certificate (DER). */
export function fingerprintOf(certificate: Uint8Array, hash: HashName): Fingerprint {
  const hex = createHash(HASHES[hash]).update(certificate).digest("hex").toUpperCase();
  return { hash, digest: hex.match(/../g)!.join(":") };
}

/** The bytes of a digest; their number says which hash function they are of. */
export function digestBytes({ digest }: Fingerprint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((digest.length + 1) / 3);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = nibble(digest.charCodeAt(3 * i)) << 4 | nibble(digest.charCodeAt(3 * i + 1));
  }
  return bytes;
}

/** Of an upper-case hexadecimal digit. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 55;
}

function digestLength(hash: HashName): number {
  return hash === "sha-1" ? 20 : Number(hash.slice(4)) / 8;
}
