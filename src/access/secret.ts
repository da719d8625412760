/**
 * Secrets: made from the system's random numbers, kept as hashes, compared in constant time.
 *
 * @module
 */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN = /^rtpe_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;
/** Crockford's alphabet: no letters that look like digits. */
const READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 256 random bits as 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 in hexadecimal; enough for secrets of 256 random bits, which nobody can guess. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameSecret(one: string, other: string): boolean {
  // hashes have the same length, whatever was given
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** A new token and its two parts. */
export function newToken(): {
  readonly id: string;
  readonly secret: string;
  readonly text: string;
} {
  const id = randomBytes(6).toString("hex");
  const secret = newSecret();
  return { id, secret, text: `rtpe_${id}_${secret}` };
}

/** The two parts of a token; undefined when the text cannot be one. */
export function parseToken(
  text: string,
): { readonly id: string; readonly secret: string } | undefined {
  if (text.length > 64) return undefined;
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** 60 random bits to be read from one screen and typed into another: `XXXX-XXXX-XXXX`. */
export function newSetupCode(): string {
  const letters = [...randomBytes(12)].map((byte) => READABLE[byte & 31]);
  return [0, 4, 8].map((at) => letters.slice(at, at + 4).join("")).join("-");
}

/** A set-up code as people type it: case, spaces and hyphens do not count. */
export function normaliseSetupCode(text: string): string {
  return text.slice(0, 64).toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
}
