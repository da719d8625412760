/**
 * Options of encrypted media.
 *
 * @module
 */

import { choice, flag, integer, text } from "./types.ts";

/** DTLS-SRTP. */
export const DTLS = {
  "dtls-passive": flag({ help: "Prefer to be the server in DTLS handshakes" }),
  "dtls-cert-cipher": choice(["prime256v1", "RSA"], {
    default: "prime256v1",
    help: "Kind of key of the DTLS certificate",
  }),
  "dtls-rsa-key-size": integer({
    default: 2048,
    min: 1024,
    max: 16384,
    unit: "bits",
    help: "Size of an RSA key",
  }),
  "dtls-signature": choice(["SHA-256", "SHA-1"], {
    default: "SHA-256",
    help: "Signature of the DTLS certificate",
  }),
  "dtls-ciphers": text({
    defaultText: "AES-128-GCM first, as in browsers",
    help: "Ciphers of DTLS, in OpenSSL's form and in our order",
  }),
  "dtls-mtu": integer({
    default: 1200,
    min: 576,
    max: 65507,
    unit: "bytes",
    help: "Largest DTLS packet",
  }),
};
