/**
 * A certificate authority for client certificates.
 *
 * @module
 */

import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  X509CertificateGenerator,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Issues client certificates. */
export interface Authority {
  /** PEM. */
  readonly cert: string;
  /** A new key and a certificate for it, PEM. */
  issue(): Promise<{ readonly cert: string; readonly key: string }>;
}

/** Makes an authority. */
export async function makeAuthority(): Promise<Authority> {
  const name = `CN=authority ${crypto.randomUUID()}`;
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const own = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    cert: own.toString("pem"),
    async issue() {
      const client = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const cert = await X509CertificateGenerator.create({
        subject: "CN=client",
        issuer: name,
        publicKey: client.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      });
      const key = await crypto.subtle.exportKey("pkcs8", client.privateKey);
      return { cert: cert.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
    },
  };
}
