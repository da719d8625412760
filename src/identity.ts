/**
 * What HTTPS presents, found out: the operator's files, an uploaded certificate, or one of our own making.
 * Part of the composition root.
 *
 * @module
 */

import { type Config, type LoadedConfig, systemHost } from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { generatedIdentity, type Identity, loadIdentity, uploadedIdentity } from "./tls/mod.ts";
import type { TlsConfig } from "./transport/mod.ts";

/** A certificate with its key, and where they come from. */
export interface HttpsIdentity extends Identity {
  /** Made by us, uploaded by the operator, or files of `https-cert`. */
  readonly origin: "generated" | "uploaded" | "option";
  /** File of the certificate. */
  readonly path: string;
}

/**
 * The certificate of the HTTPS listeners.
 *
 * @returns undefined without such listeners
 * @throws CertificateError
 */
export async function httpsIdentity(
  loaded: LoadedConfig,
  clock: Clock,
): Promise<HttpsIdentity | undefined> {
  const { config, listeners } = loaded;
  if (listeners.https.length === 0) return undefined;
  const path = config["https-cert"];
  if (path !== undefined) {
    return { ...loadIdentity(path, config["https-key"]), origin: "option", path };
  }
  const directory = config["data-dir"];
  const uploaded = uploadedIdentity(directory);
  if (uploaded !== undefined) return { ...uploaded, origin: "uploaded" };
  const made = await generatedIdentity(directory, httpsNames(loaded), clock.wall());
  return { ...made, origin: "generated" };
}

/** Host names and addresses that clients may use for HTTPS. */
export function httpsNames({ listeners, interfaces }: LoadedConfig): readonly string[] {
  const names = new Set(["localhost", Deno.hostname(), "127.0.0.1"]);
  for (const { address } of listeners.https) {
    if (address !== "0.0.0.0" && address !== "::") names.add(address);
    else for (const own of systemHost.addresses()) names.add(own.address);
  }
  for (const { address } of interfaces.addresses) names.add(address);
  return [...names];
}

/** Certificates of those who issue client certificates, PEM. @throws Error when the file cannot be read */
export function clientIssuers(config: Config): string | undefined {
  const path = config["https-client-ca"];
  if (path === undefined) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new Error(`https-client-ca: ${path} cannot be read: ${why}`);
  }
}

/** What HTTPS presents, and what it asks of clients. @throws Error when a file cannot be read */
export function tlsOf(config: Config, { cert, key }: Identity): TlsConfig {
  const clientCa = clientIssuers(config);
  if (clientCa === undefined) return { cert, key };
  const requireClientCertificate = config["https-client-cert"] === "required";
  return { cert, key, clientCa, requireClientCertificate };
}
