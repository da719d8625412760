/**
 * The identity of the HTTPS listeners: the operator's files, or a self-signed certificate that is made once
 * and kept in the data directory. The only file of this folder that touches the system.
 *
 * @module
 */

import { CertificateError, type Identity, makeIdentity, reason } from "./pem.ts";
import { allNames, certificateNames, generateKey, selfSign } from "./self_signed.ts";

/** Names of the generated files in the data directory. */
export const GENERATED = { cert: "https-cert.pem", key: "https-key.pem" } as const;

/** Names of the files in the data directory that hold what the operator has uploaded. */
export const UPLOADED = { cert: "https-own-cert.pem", key: "https-own-key.pem" } as const;

/** A certificate is replaced when it has less than this left, in ms (30 days). */
export const RENEW_BEFORE = 30 * 86_400_000;

/** What came of {@link generatedIdentity}. */
export interface GeneratedIdentity extends Identity {
  /** `reused`, or why a new certificate was made. */
  readonly history: "reused" | "first" | "renewed" | "names changed" | "unreadable" | "asked for";
  /** Path of the certificate. */
  readonly path: string;
}

/**
 * Loads the operator's certificate and key.
 *
 * @param keyPath absent = the key is in the certificate's file
 * @throws CertificateError naming the file and what is wrong with it
 */
export function loadIdentity(certPath: string, keyPath: string | undefined): Identity {
  const keyFile = keyPath ?? certPath;
  const cert = readPem(certPath, "https-cert");
  const key = keyPath === undefined ? cert : readPem(keyPath, "https-key");
  return makeIdentity(cert, key, certPath, keyFile);
}

/**
 * Takes the self-signed identity from the data directory, and makes or replaces what is missing there, about
 * to expire, or lacks a name. The key stays when it can.
 *
 * @param names host names and addresses clients may use
 * @param now wall-clock ms
 * @param anew makes another certificate, with another key, whatever there is
 * @throws CertificateError when the directory cannot be used
 */
export async function generatedIdentity(
  directory: string,
  names: readonly string[],
  now: number,
  anew = false,
): Promise<GeneratedIdentity> {
  const path = `${directory}/${GENERATED.cert}`;
  const keyPath = `${directory}/${GENERATED.key}`;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const old = readGenerated(path, keyPath);
    const history = anew ? "asked for" : judge(old, names, now);
    if (history === "reused") return { ...old!.identity!, history, path };
    const key = (anew ? undefined : old?.identity?.key) ?? await generateKey();
    const cert = await selfSign(key, names, now);
    // the key first: after a crash between the two the mismatch is seen and repaired
    writePrivate(keyPath, key);
    writePrivate(path, cert);
    return { ...makeIdentity(cert, key, path, keyPath), history, path };
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw new CertificateError(
      `data-dir: no certificate can be kept in ${directory}: ${reason(error)}`,
    );
  }
}

/**
 * What the operator has uploaded.
 *
 * @returns undefined when there is nothing
 * @throws CertificateError when the files are not what they should be
 */
export function uploadedIdentity(directory: string): (Identity & { path: string }) | undefined {
  const path = `${directory}/${UPLOADED.cert}`;
  const keyPath = `${directory}/${UPLOADED.key}`;
  const cert = readIfThere(path);
  const key = readIfThere(keyPath);
  if (cert === undefined || key === undefined) return undefined;
  return { ...makeIdentity(cert, key, path, keyPath), path };
}

/** Keeps what the operator has uploaded. @throws Error when the directory cannot be written to */
export function storeUploaded(directory: string, { cert, key }: Identity): void {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  // a crash between the two must not leave a pair that does not fit: without a certificate there is none
  removeUploaded(directory);
  writePrivate(`${directory}/${UPLOADED.key}`, key);
  writePrivate(`${directory}/${UPLOADED.cert}`, cert);
}

/** Forgets it. @returns whether there was anything */
export function removeUploaded(directory: string): boolean {
  let removed = false;
  for (const name of [UPLOADED.cert, UPLOADED.key]) {
    try {
      Deno.removeSync(`${directory}/${name}`);
      removed = true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return removed;
}

interface Old {
  /** Absent when the files are not what they should be. */
  readonly identity: Identity | undefined;
}

function judge(
  old: Old | undefined,
  names: readonly string[],
  now: number,
): GeneratedIdentity["history"] {
  if (old === undefined) return "first";
  if (old.identity === undefined) return "unreadable";
  if (old.identity.notAfter - now < RENEW_BEFORE) return "renewed";
  const present = new Set(certificateNames(old.identity.cert));
  return allNames(names).every((name) => present.has(name)) ? "reused" : "names changed";
}

/** @returns undefined when there is nothing yet */
function readGenerated(path: string, keyPath: string): Old | undefined {
  const cert = readIfThere(path);
  const key = readIfThere(keyPath);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) return { identity: undefined };
  try {
    return { identity: makeIdentity(cert, key, path, keyPath) };
  } catch (error) {
    if (error instanceof CertificateError) return { identity: undefined };
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function readPem(path: string, option: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new CertificateError(`${option}: ${path} cannot be read: ${reason(error)}`);
  }
}

/** Replaces a file in one step; nobody else can read it at any time. */
function writePrivate(path: string, content: string): void {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeTextFileSync(temporary, content, { mode: 0o600, createNew: true });
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // it was never made
    }
    throw error;
  }
}
