/**
 * Self-signed certificates: EC P-256, for the given addresses and names.
 *
 * @module
 */

import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { canonicalIp } from "../core/ip.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;

/** Longest life that common clients accept for a server certificate, in days. */
export const MAX_DAYS = 825;

/** Names that every certificate has. */
export const LOCAL_NAMES: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** Makes a private key, as PKCS #8 in PEM form. */
export async function generateKey(): Promise<string> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  return PemConverter.encode(
    await crypto.subtle.exportKey("pkcs8", keys.privateKey),
    "PRIVATE KEY",
  ) +
    "\n";
}

/**
 * Makes a certificate that a key signs for itself. It is valid from an hour before `now`, for clocks that
 * are behind.
 *
 * @param keyPem EC P-256, as {@link generateKey} makes it
 * @param names host names and addresses; {@link LOCAL_NAMES} are added
 * @param now wall-clock ms
 * @throws Error when the key is of another kind
 */
export async function selfSign(
  keyPem: string,
  names: readonly string[],
  now: number,
): Promise<string> {
  const notBefore = now - 3_600_000;
  const keys = await importKeys(keyPem);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: randomSerial(),
    name: "CN=rtpedge",
    notBefore: new Date(notBefore),
    notAfter: new Date(notBefore + MAX_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(allNames(names).map(generalName)),
    ],
  });
  return certificate.toString("pem") + "\n";
}

/** Host names and addresses a certificate is for, addresses in canonical form. */
export function certificateNames(certPem: string): string[] {
  const extension = new X509Certificate(certPem).getExtension(SubjectAlternativeNameExtension);
  return (extension?.names.toJSON() ?? []).map(({ value }) => canonical(value));
}

/** The given names and the local ones, each once, in canonical form. */
export function allNames(names: readonly string[]): string[] {
  return [...new Set([...LOCAL_NAMES, ...names].map(canonical))];
}

function canonical(name: string): string {
  return canonicalIp(name)?.address ?? name.toLowerCase();
}

function generalName(name: string): { type: "ip" | "dns"; value: string } {
  return { type: canonicalIp(name) === undefined ? "dns" : "ip", value: name };
}

async function importKeys(keyPem: string): Promise<CryptoKeyPair> {
  const der = PemConverter.decodeFirst(keyPem);
  const privateKey = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, true, ["sign"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = await crypto.subtle.importKey(
    "jwk",
    { kty, crv, x, y } as JsonWebKey,
    ALGORITHM,
    true,
    ["verify"],
  );
  return { privateKey, publicKey };
}

/** 127 random bits as hex, never zero and never negative as an ASN.1 integer. */
export function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
