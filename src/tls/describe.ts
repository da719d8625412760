/**
 * Certificates for people: what is in them, and what is wrong with a chain before it is put to use.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { canonicalIp } from "../core/ip.ts";
import { certificateBlocks, CertificateError, type Identity } from "./pem.ts";

/** Weakest RSA key that clients still take, in bits. */
const MIN_RSA_BITS = 2048;
/** Most certificates of a chain. */
const MAX_CHAIN = 10;

/** What is in a certificate. Times are wall-clock ms. */
export interface CertificateFacts {
  /** Whom it is for. */
  readonly subject: string;
  /** Who signed it. */
  readonly issuer: string;
  /** Host names and addresses clients may use. */
  readonly names: readonly string[];
  /** When it begins. */
  readonly notBefore: number;
  /** When it ends. */
  readonly notAfter: number;
  /** SHA-256: upper-case hex bytes with colons. */
  readonly fingerprint: string;
  /** Kind of key, as `EC prime256v1` or `RSA 2048`. */
  readonly key: string;
  /** Subject and issuer are the same. */
  readonly selfSigned: boolean;
}

/** Describes every certificate of a PEM text, in its order. @throws CertificateError */
export function describeCertificates(pem: string, name: string): CertificateFacts[] {
  return parseChain(pem, name).map(factsOf);
}

/**
 * Looks at a chain as a client would.
 *
 * @param now wall-clock ms
 * @param host name or address that the operator uses just now; undefined = not known
 * @returns sentences about what is suspicious but can be used
 * @throws CertificateError about what no client would take
 */
export function inspectChain(
  { cert }: Identity,
  now: number,
  host: string | undefined,
): readonly string[] {
  const chain = parseChain(cert, "the certificate");
  const warnings: string[] = [];
  for (const [at, certificate] of chain.entries()) {
    const { subject, notBefore, notAfter } = factsOf(certificate);
    const what = at === 0 ? "the certificate" : `the certificate of ${subject} in the chain`;
    if (notAfter <= now) throw new CertificateError(`${what} ended on ${day(notAfter)}`);
    if (notBefore > now) throw new CertificateError(`${what} begins on ${day(notBefore)} only`);
    const issuer = chain[at + 1];
    if (issuer !== undefined && !certificate.checkIssued(issuer)) {
      throw new CertificateError(
        `${what} was not issued by ${issuer.subject}, which follows it: put the chain in order`,
      );
    }
    if (issuer !== undefined && !certificate.verify(issuer.publicKey)) {
      throw new CertificateError(`${what} is not signed by the key of ${issuer.subject}`);
    }
  }
  const own = chain[0]!;
  const bits = own.publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    throw new CertificateError(
      `the key has ${bits} bits: clients want ${MIN_RSA_BITS} bits or more of RSA`,
    );
  }
  const facts = factsOf(own);
  if (facts.names.length === 0) warnings.push("it names no host: browsers will not take it");
  else if (host !== undefined && !covers(own, host)) {
    warnings.push(`it is not for ${host}, where you are now: ${facts.names.join(", ")}`);
  }
  if (facts.selfSigned) warnings.push("it is self-signed: clients must be told to trust it");
  else if (chain.length === 1) {
    warnings.push("there are no intermediate certificates behind it: some clients need them");
  }
  return warnings;
}

function parseChain(pem: string, name: string): X509Certificate[] {
  const blocks = certificateBlocks(pem);
  if (blocks.length === 0) throw new CertificateError(`${name} holds no certificate in PEM form`);
  if (blocks.length > MAX_CHAIN) {
    throw new CertificateError(
      `${name} holds ${blocks.length} certificates, more than a chain has`,
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new CertificateError(`${name} holds a certificate that cannot be read`);
    }
  });
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const { subject, issuer, validFrom, validTo, fingerprint256, subjectAltName } = certificate;
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    names: (subjectAltName ?? "").split(", ").filter((name) => name !== "")
      .map((name) => name.replace(/^(DNS|IP Address):/, "")),
    notBefore: Date.parse(validFrom),
    notAfter: Date.parse(validTo),
    fingerprint: fingerprint256,
    key: keyText(certificate),
    selfSigned: subject === issuer,
  };
}

function keyText({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
  const detail = asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength;
  return [asymmetricKeyType?.toUpperCase() ?? "unknown", detail].filter((part) => part).join(" ");
}

function oneLine(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}

function covers(certificate: X509Certificate, host: string): boolean {
  const ip = canonicalIp(host);
  return (ip === undefined ? certificate.checkHost(host) : certificate.checkIP(ip.address)) !==
    undefined;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
