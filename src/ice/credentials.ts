/**
 * User name fragments and passwords (RFC 8839 section 5.4).
 *
 * @module
 */

import type { IceCredentials } from "./types.ts";

/** ice-char; 64 of them, so that six random bits make one. */
const CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** At least 24 bits of randomness are asked for. */
const UFRAG_CHARS = 8;
/** At least 128 bits. */
const PWD_CHARS = 26;

/** Credentials nobody can guess. */
export function newCredentials(random: (length: number) => Uint8Array): IceCredentials {
  return { ufrag: randomText(UFRAG_CHARS, random), pwd: randomText(PWD_CHARS, random) };
}

/** Random ice-chars. */
export function randomText(length: number, random: (length: number) => Uint8Array): string {
  return Array.from(random(length), (byte) => CHARS[byte & 63]).join("");
}

/** Whether texts from a description have the form RFC 8839 asks for. */
export function validCredentials({ ufrag, pwd }: IceCredentials): boolean {
  return /^[A-Za-z0-9+/]{4,256}$/.test(ufrag) && /^[A-Za-z0-9+/]{22,256}$/.test(pwd);
}
