/**
 * DTLS-SRTP (RFC 5763, 5764): handshakes, fingerprints, and which of several handshakes counts. Owns no
 * socket; OpenSSL does the cryptography.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export type { SuiteName } from "../srtp/mod.ts";
export { DtlsAssociation, type DtlsListener, type DtlsStanding } from "./association.ts";
export {
  type Fingerprint,
  fingerprintOf,
  formatFingerprint,
  HASHES,
  type HashName,
  hashNamed,
  matchesFingerprint,
  parseFingerprint,
} from "./fingerprint.ts";
export { isClientHello } from "./hello.ts";
export { nativeDtls, type NativeDtlsOptions } from "./native.ts";
export type {
  DtlsEngine,
  DtlsHandshake,
  DtlsKeys,
  DtlsRole,
  DtlsState,
  DtlsStep,
  KeySalt,
} from "./types.ts";
