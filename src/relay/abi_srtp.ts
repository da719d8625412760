/**
 * SRTP keys as `struct rtpe_srtp`.
 *
 * @module
 */

import { SUITES } from "../srtp/mod.ts";
import type { AbiLayout, StructLayout } from "./abi_layout.ts";
import type { SrtpKeys } from "./types.ts";

const FIELDS = {
  cipher: 1,
  auth: 1,
  rtp_tag_len: 1,
  rtcp_tag_len: 1,
  key_len: 1,
  salt_len: 1,
  mki_len: 1,
  flags: 1,
  key: 32,
  salt: 14,
  mki: 16,
} as const;
/** `enum rtpe_srtp_cipher`. */
const CIPHERS = { "null": 1, "aes-cm": 2, "aes-f8": 3, "aes-gcm": 4 } as const;
const HMAC_SHA1 = 1;
const MAX_MKI = 16;
const FLAGS = { plainRtp: 1, plainRtcp: 2, noRtpAuth: 4 } as const;

/** Writes keys. */
export class SrtpCodec {
  /** Size of the struct. */
  readonly size: number;
  readonly #at: StructLayout<keyof typeof FIELDS>["offset"];

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout) {
    const { size, offset } = layout.require("rtpe_srtp", FIELDS);
    this.size = size;
    this.#at = offset;
  }

  /**
   * Writes to `bytes`, which are zero from `offset` on.
   *
   * @throws RangeError when key, salt or MKI have another length than the suite wants
   */
  write(bytes: Uint8Array, offset: number, keys: SrtpKeys): void {
    const problem = srtpKeysProblem(keys);
    if (problem !== undefined) throw new RangeError(problem);
    const at = this.#at;
    const { cipher, keyLength, saltLength, rtpTag, rtcpTag } = SUITES[keys.suite];
    bytes[offset + at.cipher] = CIPHERS[cipher];
    bytes[offset + at.auth] = cipher === "aes-gcm" ? 0 : HMAC_SHA1;
    bytes[offset + at.rtp_tag_len] = rtpTag;
    bytes[offset + at.rtcp_tag_len] = rtcpTag;
    bytes[offset + at.key_len] = keyLength;
    bytes[offset + at.salt_len] = saltLength;
    bytes[offset + at.flags] = flagsOf(keys);
    bytes.set(keys.key, offset + at.key);
    bytes.set(keys.salt, offset + at.salt);
    if (keys.mki === undefined) return;
    bytes[offset + at.mki_len] = keys.mki.length;
    bytes.set(keys.mki, offset + at.mki);
  }
}

/** Why keys cannot be used; the relay core refuses the same ones. */
export function srtpKeysProblem(keys: SrtpKeys): string | undefined {
  const { cipher, keyLength, saltLength } = SUITES[keys.suite];
  if (keys.key.length !== keyLength || keys.salt.length !== saltLength) {
    return `${keys.suite} wants a key of ${keyLength} and a salt of ${saltLength} bytes`;
  }
  if (keys.mki !== undefined && (keys.mki.length < 1 || keys.mki.length > MAX_MKI)) {
    return `an MKI of ${keys.mki.length} bytes is not within 1..${MAX_MKI}`;
  }
  if (cipher === "aes-gcm" && (keys.plainRtp || keys.noRtpAuth)) {
    return `${keys.suite} cannot do without encryption and authentication of RTP`;
  }
  return undefined;
}

function flagsOf(keys: SrtpKeys): number {
  let flags = 0;
  for (const name of ["plainRtp", "plainRtcp", "noRtpAuth"] as const) {
    if (keys[name]) flags |= FLAGS[name];
  }
  return flags;
}
