/**
 * Backups: one JSON document. Without a passphrase it holds no secrets; with one they are in it, sealed with
 * AES-256-GCM under a key that scrypt makes of the passphrase. What comes back is read as if a stranger had
 * written it: no path in it is ever used, and nothing is changed before all of it has been understood.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from "node:crypto";
import { UpkeepError } from "./error.ts";

/** Longest backup, in bytes. */
export const MAX_BACKUP = 4 << 20;
/** Shortest passphrase, in characters. */
export const MIN_PASSPHRASE = 12;

const FORMAT = "rtpedge-backup";
const VERSION = 1;
const SCRYPT = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 };
const CIPHER = "aes-256-gcm";

/** What a backup holds. */
export interface BackupContent {
  /** The configuration file; without a passphrase its secrets are masked. */
  readonly configuration?: string;
  /** The uploaded certificate: its key is there only with a passphrase. */
  readonly certificate?: { readonly cert: string; readonly key?: string };
  /** Users and tokens with their hashes: only with a passphrase. */
  readonly access?: unknown;
}

/** Where and when a backup was made. */
export interface BackupHead {
  /** Version of the product that made it. */
  readonly product: string;
  /** Name of the host. */
  readonly host: string;
  /** Wall-clock ms. */
  readonly created: number;
}

/** A backup that was read. */
export interface OpenedBackup {
  /** Where and when it was made. */
  readonly head: BackupHead;
  /** It holds secrets, which a passphrase opens. */
  readonly sealed: boolean;
  /** What could be read: without its passphrase, of a sealed backup nothing. */
  readonly content: BackupContent;
}

/** Makes a backup. @throws UpkeepError when the passphrase is too short */
export async function makeBackup(
  head: BackupHead,
  content: BackupContent,
  passphrase?: string,
): Promise<string> {
  const base = { format: FORMAT, version: VERSION, ...head };
  if (passphrase === undefined) {
    const document = { ...base, secrets: "left out", content };
    return JSON.stringify({ ...document, digest: digestOf(document) }, null, 2) + "\n";
  }
  if ([...passphrase].length < MIN_PASSPHRASE) {
    throw new UpkeepError(
      "bad input",
      `a passphrase has at least ${MIN_PASSPHRASE} characters`,
      "choose a longer one, and keep it: without it the backup cannot be opened",
    );
  }
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const document = { ...base, secrets: "sealed", salt: salt.toString("base64") };
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt), iv);
  cipher.setAAD(Buffer.from(JSON.stringify(document)));
  const sealed = Buffer.concat([
    iv,
    cipher.update(JSON.stringify(content), "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return JSON.stringify({ ...document, sealed: sealed.toString("base64") }, null, 2) + "\n";
}

/**
 * Reads a backup.
 *
 * @throws UpkeepError saying what is wrong with it, or with the passphrase
 */
export async function openBackup(text: string, passphrase?: string): Promise<OpenedBackup> {
  const document = objectOf(parse(text), "it");
  if (document["format"] !== FORMAT) fail("it is no backup of this product");
  const version = document["version"];
  if (version !== VERSION) {
    fail(`it is of version ${shown(version)}, this program knows ${VERSION}`);
  }
  const head: BackupHead = {
    product: textOf(document["product"], "product"),
    host: textOf(document["host"], "host"),
    created: Number.isSafeInteger(document["created"]) ? document["created"] as number : 0,
  };
  if (document["secrets"] === "left out") {
    expectKeys(document, [...HEAD_KEYS, "content", "digest"]);
    const { digest, ...rest } = document;
    if (digest !== digestOf(rest)) fail("it was changed or damaged: its digest is another one");
    return { head, sealed: false, content: contentOf(document["content"], false) };
  }
  if (document["secrets"] !== "sealed") fail("it does not say whether it holds secrets");
  expectKeys(document, [...HEAD_KEYS, "salt", "sealed"]);
  if (passphrase === undefined) return { head, sealed: true, content: {} };
  const { sealed, ...rest } = document;
  const content = await unseal(
    textOf(sealed, "sealed"),
    JSON.stringify(rest),
    passphrase,
    Buffer.from(textOf(document["salt"], "salt"), "base64"),
  );
  return { head, sealed: true, content: contentOf(parse(content), true) };
}

const HEAD_KEYS = ["format", "version", "product", "host", "created", "secrets"];

async function unseal(
  sealed: string,
  associated: string,
  passphrase: string,
  salt: Uint8Array,
): Promise<string> {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < 28 || salt.length !== 16) fail("it was changed or damaged");
  const decipher = createDecipheriv(
    CIPHER,
    await keyOf(passphrase, salt),
    bytes.subarray(0, 12),
    { authTagLength: 16 },
  );
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString();
  } catch {
    return fail("the passphrase is wrong, or it was changed or damaged");
  }
}

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), salt, 32, SCRYPT, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function contentOf(value: unknown, secrets: boolean): BackupContent {
  const content = objectOf(value, "content");
  expectKeys(content, ["configuration", "certificate", ...(secrets ? ["access"] : [])]);
  const { configuration, certificate, access } = content;
  const pair = certificate === undefined ? undefined : objectOf(certificate, "certificate");
  if (pair !== undefined) expectKeys(pair, ["cert", ...(secrets ? ["key"] : [])]);
  return {
    ...(configuration === undefined ? {} : {
      configuration: textOf(configuration, "configuration"),
    }),
    ...(pair === undefined ? {} : {
      certificate: {
        cert: textOf(pair["cert"], "cert"),
        ...(pair["key"] === undefined ? {} : { key: textOf(pair["key"], "key") }),
      },
    }),
    ...(access === undefined ? {} : { access: objectOf(access, "access") }),
  };
}

function parse(text: string): unknown {
  if (text.length > MAX_BACKUP) fail(`it is longer than ${MAX_BACKUP} bytes`);
  try {
    return JSON.parse(text);
  } catch {
    return fail("it cannot be read as JSON");
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail(`${what} is not what it should be`);
  }
  return value as Record<string, unknown>;
}

function textOf(value: unknown, what: string): string {
  return typeof value === "string" ? value : fail(`${what} is no text`);
}

function expectKeys(object: Record<string, unknown>, known: readonly string[]): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) fail(`it has "${shown(key)}", which this program does not know`);
  }
}

function digestOf(document: unknown): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("hex");
}

function shown(value: unknown): string {
  return String(value).slice(0, 40);
}

function fail(message: string): never {
  throw new UpkeepError(
    "bad input",
    `the backup cannot be used: ${message}`,
    "choose another file",
  );
}
