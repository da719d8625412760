/**
 * Signing in and out: the first administrator, passwords, sessions, back-off.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { sourceKey } from "../core/token_bucket.ts";
import type { AuditLog } from "./audit.ts";
import type { AccessDatabase } from "./database.ts";
import { AccessError } from "./error.ts";
import { Lockout } from "./lockout.ts";
import { MAX_PASSWORD, type Passwords } from "./password.ts";
import { hashSecret, newSecret, newSetupCode, normaliseSetupCode, sameSecret } from "./secret.ts";
import { ANONYMOUS, type By, type Session } from "./types.ts";
import { publicUser, type Users } from "./users.ts";

/** Limits of sessions and attempts; times in milliseconds. */
export interface SignInLimits {
  /** A session ends this long after its last use. */
  readonly idleMs: number;
  /** A session ends this long after it began. */
  readonly maxMs: number;
  /** Sessions of one user. */
  readonly maxSessions: number;
}

/** Half an hour of rest, twelve hours of work. */
export const DEFAULT_SIGN_IN_LIMITS: SignInLimits = {
  idleMs: 30 * 60_000,
  maxMs: 12 * 3_600_000,
  maxSessions: 20,
};

const MINUTE = 60_000;
const OF_USER = {
  free: 5,
  firstMs: 1000,
  maxMs: 15 * MINUTE,
  forgetMs: 24 * 60 * MINUTE,
  maxKeys: 4096,
};
const OF_SOURCE = { ...OF_USER, free: 10, maxKeys: 16_384 };
/** Guesses at the set-up code, wherever they come from. */
const SETUP_KEY = "\0setup";
/** Sources of successful sign-ins that are remembered. */
const MAX_TRUSTED = 1024;
const TOUCH_MS = MINUTE;
/** Longest name that is looked at. */
const MAX_NAME = 64;

/** A new session with its cookie. */
export interface SignedIn {
  /** What the browser keeps and nobody else knows. */
  readonly cookie: string;
  /** The session. */
  readonly session: Session;
}

/** Name and password as they were typed. */
export interface Credentials {
  /** Name of the user. */
  readonly name: string;
  /** Their password. */
  readonly password: string;
}

/** What {@link SignIn} works with. */
export interface SignInParts {
  /** Where sessions are kept. */
  readonly database: AccessDatabase;
  /** Wall-clock time for sessions, monotonic time for back-off. */
  readonly clock: Clock;
  /** Checks passwords. */
  readonly passwords: Passwords;
  /** The users. */
  readonly users: Users;
  /** Hears of every attempt that fails. */
  readonly audit: AuditLog;
  /** Limits of sessions. */
  readonly limits: SignInLimits;
}

/** Sign-ins and sessions. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #ofUser: Lockout;
  readonly #ofSource: Lockout;
  /** User and source of sign-ins that succeeded: others cannot lock those out. */
  readonly #trusted = new Set<string>();
  readonly #setupCode: string = newSetupCode();
  #settingUp = false;

  /** Nothing has failed yet. */
  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#ofUser = new Lockout(parts.clock, OF_USER);
    this.#ofSource = new Lockout(parts.clock, OF_SOURCE);
  }

  /** The code for the first administrator, to be shown on the console; undefined once there is one. */
  get setupCode(): string | undefined {
    return this.#parts.users.size === 0 ? this.#setupCode : undefined;
  }

  /** Makes the first administrator and signs them in. @throws AccessError */
  async setUp(code: string, { name, password }: Credentials, address: string): Promise<SignedIn> {
    const { users, audit } = this.#parts;
    const by: By = { subject: ANONYMOUS, address };
    if (users.size > 0 || this.#settingUp) {
      throw new AccessError("set up", "there is an administrator already");
    }
    const source = sourceKey(address);
    this.#expectNoWait(Math.max(this.#ofSource.wait(source), this.#ofUser.wait(SETUP_KEY)));
    this.#ofSource.attempt(source);
    this.#ofUser.attempt(SETUP_KEY);
    if (!sameSecret(normaliseSetupCode(code), normaliseSetupCode(this.#setupCode))) {
      audit.refusal(by, { action: "setup", target: "set-up code" });
      throw new AccessError("bad credentials", "this is not the set-up code");
    }
    this.#ofSource.forgive(source);
    this.#ofUser.clear(SETUP_KEY);
    this.#settingUp = true;
    try {
      const user = await users.create({ name, role: "admin", password }, by);
      return this.#begin(user.name, address);
    } finally {
      this.#settingUp = false;
    }
  }

  /**
   * Signs a user in.
   *
   * @param former cookie the browser had before; that session ends
   * @throws AccessError that does not tell whether there is such a user
   */
  async signIn(
    { name, password }: Credentials,
    address: string,
    former?: string,
  ): Promise<SignedIn> {
    const { database, passwords, audit } = this.#parts;
    const known = name.length <= MAX_NAME ? database.user(name) : undefined;
    const user = name.slice(0, MAX_NAME).toLowerCase();
    const source = sourceKey(address);
    const pair = `${user} ${source}`;
    const wait = this.#trusted.has(pair) ? 0 : this.#ofUser.wait(user);
    this.#expectNoWait(Math.max(wait, this.#ofSource.wait(source)));
    this.#ofUser.attempt(user);
    this.#ofSource.attempt(source);
    const fits = [...password].length <= MAX_PASSWORD;
    let valid: boolean;
    try {
      valid = fits && await passwords.verify(password, known?.password);
    } catch (error) {
      this.#ofUser.forgive(user);
      this.#ofSource.forgive(source);
      throw error;
    }
    // the user may be gone, or have another password, since
    if (!valid || known === undefined || database.user(name)?.password !== known.password) {
      audit.refusal({ subject: ANONYMOUS, address }, { action: "login", target: name });
      throw new AccessError("bad credentials", "name or password is wrong");
    }
    this.#ofUser.clear(user);
    this.#ofSource.forgive(source);
    this.#trust(pair);
    if (passwords.isOutdated(known.password)) {
      const record = await passwords.hash(password);
      if (database.user(name)?.password === known.password) database.setPassword(name, record);
    }
    if (former !== undefined) this.signOut(former);
    return this.#begin(known.name, address);
  }

  /** Whether this is the password of a user who is signed in; counts as an attempt. @throws AccessError */
  async confirm(name: string, password: string, address: string): Promise<void> {
    const user = name.toLowerCase();
    const source = sourceKey(address);
    this.#expectNoWait(Math.max(this.#ofUser.wait(user), this.#ofSource.wait(source)));
    this.#ofUser.attempt(user);
    this.#ofSource.attempt(source);
    const { database, passwords, audit } = this.#parts;
    const record = database.user(name)?.password;
    if (!await passwords.verify(password.slice(0, MAX_PASSWORD * 2), record)) {
      audit.refusal({ subject: ANONYMOUS, address }, { action: "password", target: name });
      throw new AccessError("bad credentials", "the present password is wrong");
    }
    this.#ofUser.clear(user);
    this.#ofSource.forgive(source);
  }

  /** The session of a cookie; undefined when there is none, or it has ended. */
  session(cookie: string): Session | undefined {
    if (cookie.length !== 43) return undefined;
    const { database, clock, limits } = this.#parts;
    const row = database.session(hashSecret(cookie));
    const user = row && database.user(row.user);
    if (row === undefined || user === undefined) return undefined;
    const now = clock.wall();
    const expires = row.created + limits.maxMs;
    if (now >= expires || now - row.seen >= limits.idleMs) {
      database.removeSession(row.hash);
      return undefined;
    }
    if (now - row.seen >= TOUCH_MS) database.touchSession(row.hash, now);
    const { csrf, created, address } = row;
    return { user: publicUser(user), csrf, created, expires, address };
  }

  /** Ends the session of a cookie, if there is one. */
  signOut(cookie: string): void {
    this.#parts.database.removeSession(hashSecret(cookie));
  }

  /** Removes what has ended. */
  tidy(): void {
    const { database, clock, limits } = this.#parts;
    const now = clock.wall();
    database.removeOldSessions(now - limits.maxMs, now - limits.idleMs);
  }

  #begin(name: string, address: string): SignedIn {
    const { database, clock, limits } = this.#parts;
    const cookie = newSecret();
    const csrf = newSecret();
    const now = clock.wall();
    database.transaction(() => {
      database.addSession(
        { hash: hashSecret(cookie), user: name, csrf, created: now, seen: now, address },
        limits.maxSessions,
      );
      database.setLastLogin(name, now);
    });
    const user = this.#parts.users.get(name);
    return { cookie, session: { user, csrf, created: now, expires: now + limits.maxMs, address } };
  }

  #expectNoWait(ms: number): void {
    if (ms <= 0) return;
    const seconds = Math.ceil(ms / 1000);
    throw new AccessError("locked", `too many attempts have failed; wait ${seconds} s`, ms);
  }

  #trust(pair: string): void {
    this.#trusted.delete(pair);
    this.#trusted.add(pair);
    if (this.#trusted.size > MAX_TRUSTED) {
      for (const oldest of this.#trusted) {
        this.#trusted.delete(oldest);
        break;
      }
    }
  }
}
