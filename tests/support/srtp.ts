/**
 * SRTP for tests, by node's own ciphers: every suite of RFC 3711, 6188 and 7714, written from the RFCs and
 * sharing nothing with the relay core.
 *
 * @module
 */

import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";

/** A master key with its salt, one after the other. */
export type MasterKey = Uint8Array;

/** What a suite is made of; lengths in octets. */
export interface SrtpSuite {
  readonly cipher: "cm" | "f8" | "null" | "gcm";
  readonly key: number;
  readonly salt: number;
  readonly rtpTag: number;
  readonly rtcpTag: number;
}

function cm(key: number, rtpTag: number): SrtpSuite {
  return { cipher: "cm", key, salt: 14, rtpTag, rtcpTag: 10 };
}

function gcm(key: number): SrtpSuite {
  return { cipher: "gcm", key, salt: 12, rtpTag: 16, rtcpTag: 16 };
}

/** The suites by their names in `a=crypto`. */
export const SRTP_SUITES = {
  "AES_CM_128_HMAC_SHA1_80": cm(16, 10),
  "AES_CM_128_HMAC_SHA1_32": cm(16, 4),
  "AES_192_CM_HMAC_SHA1_80": cm(24, 10),
  "AES_192_CM_HMAC_SHA1_32": cm(24, 4),
  "AES_256_CM_HMAC_SHA1_80": cm(32, 10),
  "AES_256_CM_HMAC_SHA1_32": cm(32, 4),
  "F8_128_HMAC_SHA1_80": { ...cm(16, 10), cipher: "f8" },
  "F8_128_HMAC_SHA1_32": { ...cm(16, 4), cipher: "f8" },
  "NULL_HMAC_SHA1_80": { ...cm(16, 10), cipher: "null" },
  "NULL_HMAC_SHA1_32": { ...cm(16, 4), cipher: "null" },
  "AEAD_AES_128_GCM": gcm(16),
  "AEAD_AES_256_GCM": gcm(32),
} as const satisfies Readonly<Record<string, SrtpSuite>>;

const DEFAULT = SRTP_SUITES["AES_CM_128_HMAC_SHA1_80"];
const INDEX = 4;
const RTCP_HEADER = 8;

/** A new master key. */
export function newMasterKey(suite: SrtpSuite = DEFAULT): MasterKey {
  return crypto.getRandomValues(new Uint8Array(suite.key + suite.salt));
}

/** A master key as `a=crypto` writes it. */
export function inlineOf(master: MasterKey): string {
  return btoa(String.fromCharCode(...master));
}

/** Reads what {@link inlineOf} wrote, padded or not. */
export function masterOf(inline: string): MasterKey {
  return Uint8Array.from(atob(inline), (char) => char.charCodeAt(0));
}

function xor(target: Uint8Array, at: number, bytes: Uint8Array): void {
  bytes.forEach((byte, i) => target[at + i] = (target[at + i] ?? 0) ^ byte);
}

/** A number as `length` octets. */
function octets(value: number, length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256,
  );
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** AES in counter mode (RFC 3711 section 4.1.1). */
export function counterMode(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  // not a Buffer, whose slices are views
  return new Uint8Array(createCipheriv(`aes-${key.length * 8}-ctr`, key, iv).update(data));
}

function block(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(
    createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(data),
  );
}

/** F8 (RFC 3711 section 4.1.2), which is its own inverse. */
export function f8(
  key: Uint8Array,
  salt: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const masked = key.slice();
  xor(masked, 0, new Uint8Array(16).fill(0x55));
  xor(masked, 0, Uint8Array.from(salt, (byte) => byte ^ 0x55));
  const begin = block(masked, iv);
  const out = data.slice();
  let stream: Uint8Array = new Uint8Array(16);
  for (let j = 0; j * 16 < data.length; j++) {
    const input = begin.slice();
    xor(input, 12, octets(j, 4));
    xor(input, 0, stream);
    stream = block(key, input);
    xor(out, j * 16, stream.subarray(0, Math.min(16, data.length - j * 16)));
  }
  return out;
}

/** Derives a session key (RFC 3711 section 4.3). @param label 0 to 5 */
export function deriveKey(
  master: MasterKey,
  label: number,
  length: number,
  { key, salt }: Pick<SrtpSuite, "key" | "salt"> = DEFAULT,
): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(master.subarray(key, key + salt));
  iv[7] = (iv[7] ?? 0) ^ label;
  return counterMode(master.subarray(0, key), iv, new Uint8Array(length));
}

/** Session keys of RTP or RTCP. */
export interface SessionKeys {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
  /** Of HMAC-SHA1; empty with AEAD. */
  readonly auth: Uint8Array;
}

function derived(master: MasterKey, suite: SrtpSuite, first: number): SessionKeys {
  return {
    key: deriveKey(master, first, suite.key, suite),
    auth: deriveKey(master, first + 1, 20, suite),
    salt: deriveKey(master, first + 2, suite.salt, suite),
  };
}

/** AES-GCM (RFC 7714), tag behind the text. */
export function sealGcm(
  { key, salt }: Pick<SessionKeys, "key" | "salt">,
  iv: Uint8Array,
  additional: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const nonce = salt.slice();
  xor(nonce, 0, iv);
  const cipher = createCipheriv(key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", key, nonce);
  cipher.setAAD(additional);
  const text = cipher.update(data);
  cipher.final();
  return join(text, cipher.getAuthTag());
}

/** Undoes {@link sealGcm}; `undefined` when the tag is wrong. */
function openGcm(
  { key, salt }: SessionKeys,
  iv: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const nonce = salt.slice();
  xor(nonce, 0, iv);
  const cipher = createDecipheriv(key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", key, nonce);
  cipher.setAAD(additional);
  cipher.setAuthTag(sealed.subarray(sealed.length - 16));
  const text = cipher.update(sealed.subarray(0, sealed.length - 16));
  try {
    cipher.final();
    return text;
  } catch {
    return undefined;
  }
}

/** RFC 7714 sections 8.1 and 9.1, before the salt. @param index ROC and sequence number, or that of SRTCP */
export function gcmIv(ssrc: Uint8Array, index: number, rtcp: boolean): Uint8Array {
  return join(new Uint8Array(2), ssrc, new Uint8Array(rtcp ? 2 : 0), octets(index, rtcp ? 4 : 6));
}

/** Length of header, contributing sources and extension. */
function headerLength(packet: Uint8Array): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const fixed = 12 + 4 * (view.getUint8(0) & 15);
  return view.getUint8(0) & 16 ? fixed + 4 + 4 * view.getUint16(fixed + 2) : fixed;
}

/** One direction of SRTP. Counts rollovers; takes whatever is authentic, also twice. */
export class SrtpStream {
  readonly #suite: SrtpSuite;
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  /** Highest index by SSRC. */
  readonly #highest = new Map<number, number>();
  #index = 0;

  /** Begins with a rollover counter of 0 for each source. */
  constructor(master: MasterKey, suite: SrtpSuite = DEFAULT) {
    this.#suite = suite;
    this.#rtp = derived(master, suite, 0);
    this.#rtcp = derived(master, suite, 3);
  }

  /** Encrypts an RTP packet and appends its tag. */
  protect(packet: Uint8Array): Uint8Array {
    const { cipher, rtpTag } = this.#suite;
    const index = this.#guess(packet);
    this.#note(packet, index);
    const head = headerLength(packet);
    const header = packet.subarray(0, head);
    const ssrc = packet.subarray(8, 12);
    if (cipher === "gcm") {
      const iv = gcmIv(ssrc, index, false);
      return join(header, sealGcm(this.#rtp, iv, header, packet.subarray(head)));
    }
    const body = join(header, this.#crypt(packet, index, packet.subarray(head)));
    return join(body, this.#tag(this.#rtp, body, octets(Math.floor(index / 65536), 4), rtpTag));
  }

  /** Checks and decrypts; `undefined` when the tag is wrong. */
  unprotect(packet: Uint8Array): Uint8Array | undefined {
    const { cipher, rtpTag } = this.#suite;
    if (packet.length < 12 + rtpTag) return undefined;
    const index = this.#guess(packet);
    const head = headerLength(packet);
    const header = packet.subarray(0, head);
    if (cipher === "gcm") {
      const iv = gcmIv(packet.subarray(8, 12), index, false);
      const text = openGcm(this.#rtp, iv, header, packet.subarray(head));
      if (text !== undefined) this.#note(packet, index);
      return text && join(header, text);
    }
    const body = packet.subarray(0, packet.length - rtpTag);
    const tag = this.#tag(this.#rtp, body, octets(Math.floor(index / 65536), 4), rtpTag);
    if (!tag.every((octet, i) => octet === packet[body.length + i])) return undefined;
    this.#note(packet, index);
    return join(header, this.#crypt(packet, index, body.subarray(head)));
  }

  /** Encrypts an RTCP packet and appends index and tag. */
  protectRtcp(packet: Uint8Array): Uint8Array {
    const index = ++this.#index;
    const word = octets(index + 2 ** 31, INDEX);
    const header = packet.subarray(0, RTCP_HEADER);
    const body = packet.subarray(RTCP_HEADER);
    if (this.#suite.cipher === "gcm") {
      const iv = gcmIv(packet.subarray(4, 8), index, true);
      return join(header, sealGcm(this.#rtcp, iv, join(header, word), body), word);
    }
    const sealed = join(header, this.#cryptRtcp(packet, index, body), word);
    return join(sealed, this.#tag(this.#rtcp, sealed, new Uint8Array(), this.#suite.rtcpTag));
  }

  /** Checks and decrypts RTCP; `undefined` when the tag is wrong. */
  unprotectRtcp(packet: Uint8Array): Uint8Array | undefined {
    const { cipher, rtcpTag } = this.#suite;
    if (packet.length < RTCP_HEADER + INDEX + rtcpTag) return undefined;
    const header = packet.subarray(0, RTCP_HEADER);
    const end = packet.length - (cipher === "gcm" ? 0 : rtcpTag);
    const word = packet.subarray(end - INDEX, end);
    const index = new DataView(word.buffer, word.byteOffset).getUint32(0) % 2 ** 31;
    if (cipher === "gcm") {
      const iv = gcmIv(packet.subarray(4, 8), index, true);
      const sealed = packet.subarray(RTCP_HEADER, end - INDEX);
      const text = openGcm(this.#rtcp, iv, join(header, word), sealed);
      return text && join(header, text);
    }
    const tag = this.#tag(this.#rtcp, packet.subarray(0, end), new Uint8Array(), rtcpTag);
    if (!tag.every((octet, i) => octet === packet[end + i])) return undefined;
    return join(header, this.#cryptRtcp(packet, index, packet.subarray(RTCP_HEADER, end - INDEX)));
  }

  /** The index a sequence number most likely stands for (RFC 3711 section 3.3.1). */
  #guess(packet: Uint8Array): number {
    const view = new DataView(packet.buffer, packet.byteOffset);
    const sequence = view.getUint16(2);
    const highest = this.#highest.get(view.getUint32(8));
    if (highest === undefined) return sequence;
    const rollover = Math.floor(highest / 65536);
    const candidates = [rollover - 1, rollover, rollover + 1].filter((value) => value >= 0)
      .map((value) => value * 65536 + sequence);
    const distance = (index: number) => Math.abs(index - highest);
    return candidates.reduce((best, index) => distance(index) < distance(best) ? index : best);
  }

  #note(packet: Uint8Array, index: number): void {
    const ssrc = new DataView(packet.buffer, packet.byteOffset).getUint32(8);
    this.#highest.set(ssrc, Math.max(index, this.#highest.get(ssrc) ?? 0));
  }

  #crypt(packet: Uint8Array, index: number, body: Uint8Array): Uint8Array {
    const { key, salt } = this.#rtp;
    if (this.#suite.cipher === "null") return body;
    if (this.#suite.cipher === "cm") {
      return counterMode(key, counterIv(salt, packet.subarray(8, 12), index), body);
    }
    const iv = join(packet.subarray(0, 12), octets(Math.floor(index / 65536), 4));
    iv[0] = 0;
    return f8(key, salt, iv, body);
  }

  #cryptRtcp(packet: Uint8Array, index: number, body: Uint8Array): Uint8Array {
    const { key, salt } = this.#rtcp;
    if (this.#suite.cipher === "null") return body;
    if (this.#suite.cipher === "cm") {
      return counterMode(key, counterIv(salt, packet.subarray(4, 8), index), body);
    }
    const word = octets(index + 2 ** 31, INDEX);
    return f8(key, salt, join(new Uint8Array(4), word, packet.subarray(0, RTCP_HEADER)), body);
  }

  #tag({ auth }: SessionKeys, body: Uint8Array, more: Uint8Array, length: number): Uint8Array {
    return createHmac("sha1", auth).update(body).update(more).digest().subarray(0, length);
  }
}

/** RFC 3711 section 4.1.1: salt, SSRC and index in their places. */
export function counterIv(salt: Uint8Array, ssrc: Uint8Array, index: number): Uint8Array {
  const iv = new Uint8Array(16);
  iv.set(salt);
  xor(iv, 4, ssrc);
  xor(iv, 8, octets(index, 6));
  return iv;
}
