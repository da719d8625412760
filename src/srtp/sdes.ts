/**
 * `a=crypto` (RFC 4568) as text and as values.
 *
 * @module
 */

import { type SuiteName, suiteNamed, SUITES } from "./suites.ts";

/** Session parameters (RFC 4568 section 6.3) that are understood. */
export interface SessionParameters {
  /** `UNENCRYPTED_SRTP`. */
  readonly plainRtp: boolean;
  /** `UNENCRYPTED_SRTCP`. */
  readonly plainRtcp: boolean;
  /** `UNAUTHENTICATED_SRTP`. */
  readonly noRtpAuth: boolean;
}

/** No parameters. */
export const NO_PARAMETERS: SessionParameters = {
  plainRtp: false,
  plainRtcp: false,
  noRtpAuth: false,
};

/** One `a=crypto`. Plain data; keys as base64. */
export interface CryptoAttribute extends SessionParameters {
  /** 1..999999999, compared as numbers. */
  readonly tag: number;
  /** What is done with packets. */
  readonly suite: SuiteName;
  /** Master key and salt, one after the other, base64. */
  readonly keySalt: string;
  /** As written, `2^31` or `1000`; undefined = the default. */
  readonly lifetime: string | undefined;
  /** Master key identifier. */
  readonly mki: { readonly value: number; readonly length: number } | undefined;
}

/** Why an `a=crypto` is not taken. */
export type CryptoProblem = "malformed" | "unknown suite" | "unknown parameter" | "key length";

/** RFC 4568 section 6.1: the MKI has 1..128 bytes; more than 16 are nobody's. */
const MAX_MKI = 16;
const LINE = /^(\d{1,9}) +(\S+) +(\S+)((?: +\S+)*) *$/;
const INLINE =
  /^inline:([A-Za-z0-9+/]+={0,2})(?:\|(2\^\d{1,2}|\d{1,20}))?(?:\|(\d{1,10}):(\d{1,3}))?$/i;

/** Reads the value of an `a=crypto`. Of several keys the first counts. */
export function parseCrypto(value: string): CryptoAttribute | CryptoProblem {
  const line = LINE.exec(value);
  if (line === null) return "malformed";
  const suite = suiteNamed(line[2]!);
  if (suite === undefined) return "unknown suite";
  const key = INLINE.exec(line[3]!.split(";", 1)[0]!);
  if (key === null) return "malformed";
  const bytes = decodeBase64(key[1]!);
  const { keyLength, saltLength } = SUITES[suite];
  if (bytes?.length !== keyLength + saltLength) return "key length";
  const parameters = parseParameters(line[4]!);
  if (typeof parameters === "string") return parameters;
  // authenticated encryption is both or nothing (RFC 7714 section 14.3)
  const aead = SUITES[suite].cipher === "aes-gcm";
  if (aead && (parameters.plainRtp || parameters.noRtpAuth)) return "unknown parameter";
  let mki: CryptoAttribute["mki"];
  if (key[3] !== undefined) {
    mki = { value: Number(key[3]), length: Number(key[4]) };
    if (mki.length < 1 || mki.length > MAX_MKI) return "malformed";
    if (mki.length < 7 && mki.value >= 256 ** mki.length) return "malformed";
  }
  return { tag: Number(line[1]), suite, keySalt: key[1]!, lifetime: key[2], mki, ...parameters };
}

function parseParameters(text: string): SessionParameters | CryptoProblem {
  let [plainRtp, plainRtcp, noRtpAuth] = [false, false, false];
  for (const word of text.split(" ").filter(Boolean)) {
    const name = word.split("=", 1)[0]!.toUpperCase();
    if (name === "UNENCRYPTED_SRTP") plainRtp = true;
    else if (name === "UNENCRYPTED_SRTCP") plainRtcp = true;
    else if (name === "UNAUTHENTICATED_SRTP") noRtpAuth = true;
    // a hint about the window, which we may overlook
    else if (name === "WSH") continue;
    // those that begin with a hyphen may be overlooked as well (section 6.3.7)
    else if (!name.startsWith("-")) return "unknown parameter";
  }
  return { plainRtp, plainRtcp, noRtpAuth };
}

/** Writes the value of an `a=crypto`. @param padding keep the `=` at the end of the key */
export function formatCrypto(crypto: CryptoAttribute, padding = false): string {
  const { tag, suite, keySalt, lifetime, mki } = crypto;
  const key = padding ? pad(keySalt) : keySalt.replace(/=+$/, "");
  let text = `${tag} ${suite} inline:${key}`;
  if (lifetime !== undefined) text += `|${lifetime}`;
  if (mki !== undefined) text += `|${mki.value}:${mki.length}`;
  if (crypto.plainRtp) text += " UNENCRYPTED_SRTP";
  if (crypto.plainRtcp) text += " UNENCRYPTED_SRTCP";
  if (crypto.noRtpAuth) text += " UNAUTHENTICATED_SRTP";
  return text;
}

/** Master key, salt and MKI as bytes. */
export function keysOf(
  { suite, keySalt, mki }: Pick<CryptoAttribute, "suite" | "keySalt" | "mki">,
): { key: Uint8Array; salt: Uint8Array; mki: Uint8Array | undefined } {
  const bytes = decodeBase64(keySalt);
  const { keyLength, saltLength } = SUITES[suite];
  if (bytes?.length !== keyLength + saltLength) {
    throw new RangeError(`${suite} key has another length`);
  }
  return {
    key: bytes.slice(0, keyLength),
    salt: bytes.slice(keyLength),
    mki: mki && mkiBytes(mki),
  };
}

/** Packets that may be sent under a key, 0 or more; undefined = as many as the suite allows. */
export function lifetimeOf({ lifetime }: Pick<CryptoAttribute, "lifetime">): number | undefined {
  if (lifetime === undefined) return undefined;
  return lifetime.startsWith("2^") ? 2 ** Number(lifetime.slice(2)) : Number(lifetime);
}

/** A key and a salt of our own for a suite. */
export function newKeySalt(suite: SuiteName, random: (length: number) => Uint8Array): string {
  const { keyLength, saltLength } = SUITES[suite];
  return btoa(String.fromCharCode(...random(keyLength + saltLength)));
}

function mkiBytes({ value, length }: { readonly value: number; readonly length: number }) {
  const bytes = new Uint8Array(length);
  let rest = BigInt(value);
  for (let i = length - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

function pad(base64: string): string {
  const bare = base64.replace(/=+$/, "");
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(pad(text)), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
