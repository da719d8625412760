/**
 * Certificates for DTLS-SRTP (RFC 5763): nobody checks names in them, only their digest counts, and they are
 * never written to a file.
 *
 * @module
 */

import "reflect-metadata";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { randomSerial } from "./self_signed.ts";

/** Days a DTLS certificate is valid. */
export const DTLS_DAYS = 30;

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Kind of a DTLS certificate. */
export interface DtlsCertificateKind {
  /** Kind of key (`dtls-cert-cipher`). */
  readonly cipher: "prime256v1" | "RSA";
  /** Bits of an RSA key (`dtls-rsa-key-size`). */
  readonly rsaBits: number;
  /** Hash function of the signature (`dtls-signature`). */
  readonly signature: "SHA-256" | "SHA-1";
}

/** A certificate and its key, both PEM. */
export interface DtlsCertificate {
  /** The certificate. */
  readonly certificate: string;
  /** Its private key, PKCS #8. */
  readonly key: string;
}

/**
 * Makes a key and a certificate it signs for itself, valid from an hour before `now`, for clocks that are
 * behind.
 *
 * @param now wall-clock ms
 * @throws Error when the key cannot be made, with so few or so many bits for instance
 */
export async function makeDtlsCertificate(
  kind: DtlsCertificateKind,
  now: number,
): Promise<DtlsCertificate> {
  const signingAlgorithm = kind.cipher === "RSA"
    ? { name: "RSASSA-PKCS1-v1_5", hash: kind.signature }
    : { name: "ECDSA", namedCurve: "P-256", hash: kind.signature };
  const keys = await makeKeys(kind);
  const notBefore = now - HOUR;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: "CN=rtpedge",
    notBefore: new Date(notBefore),
    notAfter: new Date(notBefore + DTLS_DAYS * DAY),
    signingAlgorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificate.toString("pem") + "\n",
    key: PemConverter.encode(key, "PRIVATE KEY") + "\n",
  };
}

async function makeKeys(
  { cipher, rsaBits, signature }: DtlsCertificateKind,
): Promise<CryptoKeyPair> {
  if (cipher === "prime256v1") {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  }
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: rsaBits,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: signature,
  };
  return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}
