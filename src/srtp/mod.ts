/**
 * SRTP as signalling sees it: the crypto suites and `a=crypto` (RFC 4568). Packets are transformed in the
 * relay core.
 *
 * @module
 */

export {
  type CryptoAttribute,
  type CryptoProblem,
  formatCrypto,
  keysOf,
  lifetimeOf,
  newKeySalt,
  NO_PARAMETERS,
  parseCrypto,
  type SessionParameters,
} from "./sdes.ts";
export {
  SUITE_NAMES,
  type SuiteName,
  suiteNamed,
  suiteOfProfile,
  type SuiteParts,
  SUITES,
} from "./suites.ts";
