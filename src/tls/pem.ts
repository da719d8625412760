/**
 * PEM certificates and keys: read, checked against each other, described.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** A certificate with its private key, ready for a TLS listener. */
export interface Identity {
  /** Certificate chain, PEM, own certificate first. */
  readonly cert: string;
  /** Private key, PEM. */
  readonly key: string;
  /** SHA-256 of the own certificate: upper-case hex bytes with colons. */
  readonly fingerprint: string;
  /** Wall-clock ms at which the certificate expires. */
  readonly notAfter: number;
}

/** A certificate or key that cannot be used; the message names the file. */
export class CertificateError extends Error {
  /** Tells it from other errors. */
  override readonly name = "CertificateError";
}

/**
 * Puts certificate and key together.
 *
 * @param certName what messages call the certificate: the path of its file
 * @param keyName the same for the key
 * @throws CertificateError when one of them is none, or they do not belong together
 */
export function makeIdentity(
  cert: string,
  key: string,
  certName: string,
  keyName: string,
): Identity {
  const chain = certificateBlocks(cert);
  const keys = blocks(key, /PRIVATE KEY$/);
  const certificate = parseCertificate(chain[0], certName);
  const privateKey = parseKey(keys[0], keyName);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError(
      `the private key in ${keyName} does not belong to the certificate in ${certName}`,
    );
  }
  return {
    cert: chain.join(""),
    key: keys[0]!,
    fingerprint: certificate.fingerprint256,
    notAfter: Date.parse(certificate.validTo),
  };
}

/** The certificates of a PEM text, each as a text of its own. */
export function certificateBlocks(pem: string): string[] {
  return blocks(pem, /^(TRUSTED |X509 )?CERTIFICATE$/);
}

/** The PEM blocks of a kind, without the text between them: not every reader skips what it does not want. */
function blocks(pem: string, label: RegExp): string[] {
  const found: string[] = [];
  for (
    const match of pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\r?\n[^-]*(?:-----END \1-----|$)/g)
  ) {
    if (label.test(match[1]!)) found.push(`${match[0].trimEnd()}\n`);
  }
  return found;
}

/** @throws CertificateError */
function parseCertificate(pem: string | undefined, name: string): X509Certificate {
  if (pem === undefined) {
    throw new CertificateError(`${name} holds no certificate in PEM form`);
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CertificateError(`the certificate in ${name} cannot be read: ${reason(error)}`);
  }
}

/** @throws CertificateError */
function parseKey(pem: string | undefined, name: string): KeyObject {
  if (pem === undefined) {
    throw new CertificateError(`${name} holds no private key in PEM form`);
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new CertificateError(
      `the private key in ${name} is encrypted: remove its password, the daemon cannot ask for it`,
    );
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CertificateError(`the private key in ${name} cannot be read: ${reason(error)}`);
  }
}

/** What an error says, in one line. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
