/**
 * Passwords: what is accepted, and scrypt (RFC 7914) with its parameters kept beside the hash, so that they
 * can rise without anybody's password becoming wrong.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { AccessError } from "./error.ts";

/** Cost of scrypt. */
export interface PasswordCost {
  /** N as a power of two, 10..20; memory is 128 · r · 2^n bytes. */
  readonly n: number;
  /** Block size. */
  readonly r: number;
  /** Parallelism. */
  readonly p: number;
}

/** 32 MiB and about a tenth of a second. */
export const DEFAULT_COST: PasswordCost = { n: 15, r: 8, p: 1 };
/** Shortest password in characters. */
export const MIN_PASSWORD = 10;
/** Longest password in characters. */
export const MAX_PASSWORD = 256;

const KEY_BYTES = 32;
/** Hashes worked out at a time; the others wait. */
const MAX_RUNNING = 2;
const MAX_WAITING = 32;
const RECORD = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;

/** Hashes and checks passwords, a few at a time. */
export class Passwords {
  readonly #cost: PasswordCost;
  readonly #waiting: (() => void)[] = [];
  /** Checked when there is no such user, so that it takes as long. */
  #decoy: Promise<string> | undefined;
  #running = 0;

  /** With this cost for new hashes. */
  constructor(cost: PasswordCost = DEFAULT_COST) {
    this.#cost = cost;
  }

  /** A record of a password. @throws AccessError when too many wait */
  async hash(password: string): Promise<string> {
    const { n, r, p } = this.#cost;
    const salt = randomBytes(16);
    const key = await this.#derive(password, salt, this.#cost);
    return `scrypt$${n}$${r}$${p}$${salt.toString("base64url")}$${key.toString("base64url")}`;
  }

  /**
   * Whether this is the password of a record.
   *
   * @param record undefined = there is no such user; takes as long, and is false
   * @throws AccessError when too many wait
   */
  async verify(password: string, record: string | undefined): Promise<boolean> {
    const match = RECORD.exec(
      record ?? await (this.#decoy ??= this.hash(randomBytes(16).toString("hex"))),
    );
    if (match === null) return false;
    const [, n, r, p, salt, key] = match;
    const expected = Buffer.from(key!, "base64url");
    const cost = { n: Number(n), r: Number(r), p: Number(p) };
    if (cost.n < 1 || cost.n > 20 || cost.r < 1 || cost.r > 32 || cost.p < 1 || cost.p > 16) {
      return false;
    }
    const given = await this.#derive(password, Buffer.from(salt!, "base64url"), cost);
    return given.length === expected.length && timingSafeEqual(given, expected) &&
      record !== undefined;
  }

  /** Whether a record was made with another cost than new ones are. */
  isOutdated(record: string): boolean {
    const { n, r, p } = this.#cost;
    return !record.startsWith(`scrypt$${n}$${r}$${p}$`);
  }

  async #derive(password: string, salt: Uint8Array, { n, r, p }: PasswordCost): Promise<Buffer> {
    if (this.#running >= MAX_RUNNING) {
      if (this.#waiting.length >= MAX_WAITING) {
        throw new AccessError("busy", "too many passwords are being checked", 1000);
      }
      // whoever is done hands the place over
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      const maxmem = 128 * r * (2 ** n + p) + (1 << 20);
      return await new Promise((resolve, reject) => {
        scrypt(
          password.normalize("NFC"),
          salt,
          KEY_BYTES,
          { N: 2 ** n, r, p, maxmem },
          (error, key) => {
            if (error === null) resolve(key);
            else reject(error);
          },
        );
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Whether a text is a record of a password as {@link Passwords.hash} makes them. */
export function isRecord(text: string): boolean {
  return text.length <= 512 && RECORD.test(text);
}

/**
 * Whether a new password may be used.
 *
 * @param name of the user
 * @throws AccessError saying what is wrong with it
 */
export function checkPassword(password: string, name: string): void {
  const fail = (why: string): never => {
    throw new AccessError("weak password", `the password ${why}`);
  };
  const characters = [...password];
  if (characters.length < MIN_PASSWORD) fail(`has fewer than ${MIN_PASSWORD} characters`);
  if (characters.length > MAX_PASSWORD) fail(`has more than ${MAX_PASSWORD} characters`);
  if (new Set(characters).size < 5) fail("has fewer than 5 different characters");
  const plain = password.toLowerCase();
  if (name.length >= 4 && plain.includes(name.toLowerCase())) fail("contains the user's name");
  if (
    /^(password|passw0rd|rtpengine|rtpedge|qwerty|letmein|welcome|administrator)[\d!.?]*$/.test(
      plain,
    )
  ) {
    fail("is among the first that are tried");
  }
}
