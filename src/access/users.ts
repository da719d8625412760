/**
 * Adding, changing and removing users. There is always an administrator left.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { AuditLog } from "./audit.ts";
import type { AccessDatabase, UserRow } from "./database.ts";
import { AccessError } from "./error.ts";
import { checkPassword, type Passwords } from "./password.ts";
import type { By, Role, User } from "./types.ts";

/** Users there may be. */
export const MAX_USERS = 200;
/** What a user's name looks like. */
export const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** A user to be. */
export interface NewUser {
  /** Name to sign in with. */
  readonly name: string;
  /** What they may do. */
  readonly role: Role;
  /** Their first password. */
  readonly password: string;
}

/** What is changed of a user. */
export interface UserChange {
  /** Another role. */
  readonly role?: Role | undefined;
  /** Another password; ends all their sessions. */
  readonly password?: string | undefined;
}

/** The users. */
export class Users {
  readonly #database: AccessDatabase;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  readonly #audit: AuditLog;

  /** Over a database. */
  constructor(database: AccessDatabase, clock: Clock, passwords: Passwords, audit: AuditLog) {
    this.#database = database;
    this.#clock = clock;
    this.#passwords = passwords;
    this.#audit = audit;
  }

  /** How many there are. */
  get size(): number {
    return this.#database.countUsers();
  }

  /** All users by name. */
  list(): User[] {
    return this.#database.users().map(publicUser);
  }

  /** One user. @throws AccessError when there is none */
  get(name: string): User {
    return publicUser(this.#row(name));
  }

  /** Adds a user. @throws AccessError */
  async create({ name, role, password }: NewUser, by: By): Promise<User> {
    if (!USER_NAME.test(name)) {
      throw new AccessError("bad name", "a name has 1 to 64 letters, digits and . _ @ -");
    }
    checkPassword(password, name);
    const record = await this.#passwords.hash(password);
    // what is asked after the wait holds until the end
    if (this.#database.user(name) !== undefined) {
      throw new AccessError("exists", `there is a user ${name} already`);
    }
    if (this.size >= MAX_USERS) throw new AccessError("limit", `there are ${MAX_USERS} users`);
    const user = {
      name,
      role,
      password: record,
      created: this.#clock.wall(),
      lastLogin: undefined,
    };
    this.#database.transaction(() => {
      this.#database.addUser(user);
      this.#audit.change(by, { action: "user.create", target: name, after: { role } });
    });
    return publicUser(user);
  }

  /**
   * Changes a user.
   *
   * @param keepSession hash of a session that outlives a change of password
   * @throws AccessError
   */
  async change(name: string, change: UserChange, by: By, keepSession = ""): Promise<User> {
    const { role, password } = change;
    this.#row(name);
    if (password !== undefined) checkPassword(password, name);
    const record = password === undefined ? undefined : await this.#passwords.hash(password);
    const user = this.#row(name);
    this.#database.transaction(() => {
      if (role !== undefined && role !== user.role) {
        if (user.role === "admin") this.#expectAnotherAdmin(user.name);
        this.#database.setRole(user.name, role);
        this.#audit.change(by, {
          action: "user.role",
          target: user.name,
          before: { role: user.role },
          after: { role },
        });
      }
      if (record !== undefined) {
        this.#database.setPassword(user.name, record);
        this.#database.removeSessionsOf(user.name, keepSession);
        this.#audit.change(by, { action: "user.password", target: user.name });
      }
    });
    return this.get(user.name);
  }

  /** Removes a user with all sessions. @throws AccessError */
  remove(name: string, by: By): void {
    const { role, name: exact } = this.#row(name);
    if (role === "admin") this.#expectAnotherAdmin(exact);
    this.#database.transaction(() => {
      this.#database.removeUser(exact);
      this.#audit.change(by, { action: "user.remove", target: exact, before: { role } });
    });
  }

  #row(name: string): UserRow {
    const row = USER_NAME.test(name) ? this.#database.user(name) : undefined;
    if (row === undefined) throw new AccessError("unknown", "there is no such user");
    return row;
  }

  #expectAnotherAdmin(name: string): void {
    if (this.#database.countUsers("admin") > 1) return;
    throw new AccessError("last admin", `${name} is the last administrator`);
  }
}

/** A user without the record of the password. */
export function publicUser({ name, role, created, lastLogin }: UserRow): User {
  return { name, role, created, lastLogin };
}
