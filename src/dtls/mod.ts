/**
 * DTLS-SRTP (RFC 5763, 5764): handshakes, fingerprints, and which of several handshakes counts. Owns no
 * socket; OpenSSL does the cryptography, on threads of the relay core.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export type { SuiteName } from "../srtp/mod.ts";
export { DtlsAssociation, type DtlsListener, type DtlsStanding } from "./association.ts";
export {
  digestBytes,
  type Fingerprint,
  fingerprintOf,
  formatFingerprint,
  HASHES,
  type HashName,
  hashNamed,
  parseFingerprint,
} from "./fingerprint.ts";
export { isClientHello } from "./hello.ts";
export type {
  DtlsLink,
  DtlsLinkNews,
  DtlsLinks,
  DtlsLinkState,
  DtlsLinkTerms,
} from "../relay/dtls_links.ts";
export type { Slot } from "../relay/types.ts";
export { nativeDtls, type NativeDtlsOptions } from "./native.ts";
export type {
  DtlsEngine,
  DtlsHandshake,
  DtlsKeys,
  DtlsNews,
  DtlsPath,
  DtlsRole,
  DtlsTerms,
  KeySalt,
} from "./types.ts";
