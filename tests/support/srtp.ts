/**
 * SRTP for tests, by node's own ciphers: AES_CM_128_HMAC_SHA1_80 (RFC 3711), one source and fewer than 2^16
 * packets.
 *
 * @module
 */

import { createCipheriv, createHmac } from "node:crypto";

/** Octets of the authentication tag. */
const TAG = 10;
/** Octets of an RTP header without CSRCs. */
const HEADER = 12;

/** A master key with its salt, 30 octets. */
export type MasterKey = Uint8Array;

/** A new master key. */
export function newMasterKey(): MasterKey {
  return crypto.getRandomValues(new Uint8Array(30));
}

/** A master key as `a=crypto` writes it. */
export function inlineOf(master: MasterKey): string {
  return btoa(String.fromCharCode(...master));
}

/** Reads what {@link inlineOf} wrote, padded or not. */
export function masterOf(inline: string): MasterKey {
  return Uint8Array.from(atob(inline), (char) => char.charCodeAt(0));
}

function counterMode(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return createCipheriv("aes-128-ctr", key, iv).update(data);
}

/** Derives a session key (RFC 3711 section 4.3). @param label 0 to 5 */
export function deriveKey(master: MasterKey, label: number, length: number): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(master.subarray(16, 30));
  iv[7] = (iv[7] ?? 0) ^ label;
  return counterMode(master.subarray(0, 16), iv, new Uint8Array(length));
}

/** One direction of SRTP. */
export class SrtpStream {
  readonly #key: Uint8Array;
  readonly #auth: Uint8Array;
  readonly #salt: Uint8Array;

  /** Begins with a rollover counter of 0. */
  constructor(master: MasterKey) {
    this.#key = deriveKey(master, 0, 16);
    this.#auth = deriveKey(master, 1, 20);
    this.#salt = deriveKey(master, 2, 14);
  }

  /** Encrypts an RTP packet without CSRCs and extension, and appends its tag. */
  protect(packet: Uint8Array): Uint8Array {
    const body = this.#crypt(packet);
    const out = new Uint8Array(body.length + TAG);
    out.set(body);
    out.set(this.#tag(body), body.length);
    return out;
  }

  /** Checks and decrypts; `undefined` when the tag is wrong. */
  unprotect(packet: Uint8Array): Uint8Array | undefined {
    if (packet.length < HEADER + TAG) return undefined;
    const body = packet.subarray(0, packet.length - TAG);
    const right = this.#tag(body).every((octet, i) => octet === packet[body.length + i]);
    return right ? this.#crypt(body) : undefined;
  }

  #crypt(packet: Uint8Array): Uint8Array {
    const iv = new Uint8Array(16);
    iv.set(this.#salt);
    for (let i = 0; i < 4; i++) iv[4 + i] = (iv[4 + i] ?? 0) ^ (packet[8 + i] ?? 0);
    for (let i = 0; i < 2; i++) iv[12 + i] = (iv[12 + i] ?? 0) ^ (packet[2 + i] ?? 0);
    const out = packet.slice();
    out.set(counterMode(this.#key, iv, packet.subarray(HEADER)), HEADER);
    return out;
  }

  #tag(body: Uint8Array): Uint8Array {
    const rollover = new Uint8Array(4);
    return createHmac("sha1", this.#auth).update(body).update(rollover).digest().subarray(0, TAG);
  }
}
