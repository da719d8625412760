/**
 * Certificates of the TLS listeners, checked before they are put to use: the server object itself takes any
 * text and then fails every handshake.
 *
 * @module
 */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** What a TLS listener presents, and what it asks of clients. */
export interface TlsConfig {
  /** PEM: the certificate, then those that lead to its issuer. */
  readonly cert: string;
  /** PEM: the private key. */
  readonly key: string;
  /** PEM: issuers of client certificates; absent = clients are not asked for one. */
  readonly clientCa?: string;
  /** Refuse clients without a valid certificate (true). */
  readonly requireClientCertificate?: boolean;
}

/** Options of node's TLS server. */
export interface TlsOptions {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly ca?: string;
  /** Ask clients for a certificate. */
  readonly requestCert: boolean;
  /** Refuse clients without a valid one. */
  readonly rejectUnauthorized: boolean;
  /** Oldest protocol version. */
  readonly minVersion: "TLSv1.2";
}

/**
 * Checks a configuration.
 *
 * @throws {Error} saying which part cannot be read, or that key and certificate do not belong together
 */
export function tlsOptions(config: TlsConfig): TlsOptions {
  const certificate = readCertificate(config.cert, "certificate");
  const key = readKey(config.key);
  if (!certificate.checkPrivateKey(key)) {
    throw new Error(`private key does not belong to the certificate of ${certificate.subject}`);
  }
  const { clientCa } = config;
  if (clientCa !== undefined) readCertificate(clientCa, "client CA certificate");
  return {
    cert: config.cert,
    key: config.key,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    requestCert: clientCa !== undefined,
    rejectUnauthorized: clientCa !== undefined && config.requireClientCertificate !== false,
    minVersion: "TLSv1.2",
  };
}

function readCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`${what} is not PEM of an X.509 certificate`, { cause });
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error("private key is not PEM of a key without a passphrase", { cause });
  }
}
