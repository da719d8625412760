/**
 * The SRTP crypto suites (RFC 4568 section 6.2, RFC 6188, RFC 7714), declared once.
 *
 * @module
 */

/** What a suite is made of. Lengths in bytes. */
export interface SuiteParts {
  /** Encryption. */
  readonly cipher: "null" | "aes-cm" | "aes-f8" | "aes-gcm";
  /** Master key. */
  readonly keyLength: number;
  /** Master salt. */
  readonly saltLength: number;
  /** Authentication tag of RTP. */
  readonly rtpTag: number;
  /** Authentication tag of RTCP. */
  readonly rtcpTag: number;
  /** SRTP protection profile of DTLS (RFC 5764 section 4.1.2, RFC 7714 section 14.2), where there is one. */
  readonly dtls?: number;
}

function cm(keyLength: number, rtpTag: number, dtls?: number): SuiteParts {
  const parts = { keyLength, saltLength: 14, rtpTag, rtcpTag: 10 };
  return { cipher: "aes-cm", ...parts, ...(dtls === undefined ? {} : { dtls }) };
}

function gcm(keyLength: number, dtls: number): SuiteParts {
  return { cipher: "aes-gcm", keyLength, saltLength: 12, rtpTag: 16, rtcpTag: 16, dtls };
}

function other(cipher: "null" | "aes-f8", rtpTag: number): SuiteParts {
  return { cipher, keyLength: 16, saltLength: 14, rtpTag, rtcpTag: 10 };
}

/** Name of a suite, spelled as in RFC 4568. */
export type SuiteName =
  | "AEAD_AES_256_GCM"
  | "AEAD_AES_128_GCM"
  | "AES_256_CM_HMAC_SHA1_80"
  | "AES_256_CM_HMAC_SHA1_32"
  | "AES_192_CM_HMAC_SHA1_80"
  | "AES_192_CM_HMAC_SHA1_32"
  | "AES_CM_128_HMAC_SHA1_80"
  | "AES_CM_128_HMAC_SHA1_32"
  | "F8_128_HMAC_SHA1_80"
  | "F8_128_HMAC_SHA1_32"
  | "NULL_HMAC_SHA1_80"
  | "NULL_HMAC_SHA1_32";

/** All suites, the preferred ones first. */
export const SUITES: Readonly<Record<SuiteName, SuiteParts>> = {
  "AEAD_AES_256_GCM": gcm(32, 0x0008),
  "AEAD_AES_128_GCM": gcm(16, 0x0007),
  "AES_256_CM_HMAC_SHA1_80": cm(32, 10),
  "AES_256_CM_HMAC_SHA1_32": cm(32, 4),
  "AES_192_CM_HMAC_SHA1_80": cm(24, 10),
  "AES_192_CM_HMAC_SHA1_32": cm(24, 4),
  "AES_CM_128_HMAC_SHA1_80": cm(16, 10, 0x0001),
  "AES_CM_128_HMAC_SHA1_32": cm(16, 4, 0x0002),
  "F8_128_HMAC_SHA1_80": other("aes-f8", 10),
  "F8_128_HMAC_SHA1_32": other("aes-f8", 4),
  "NULL_HMAC_SHA1_80": other("null", 10),
  "NULL_HMAC_SHA1_32": other("null", 4),
};

/** All names, the preferred ones first. */
export const SUITE_NAMES: readonly SuiteName[] = Object.keys(SUITES) as SuiteName[];

/** Finds a suite; names are compared without regard to case. */
export function suiteNamed(text: string): SuiteName | undefined {
  const upper = text.toUpperCase();
  return SUITE_NAMES.find((name) => name === upper);
}

/** The suite of a DTLS protection profile. */
export function suiteOfProfile(profile: number): SuiteName | undefined {
  return SUITE_NAMES.find((name) => SUITES[name].dtls === profile);
}
