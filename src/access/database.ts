/**
 * Users, sessions, tokens and the audit log in SQLite. Rows in, rows out; no policy.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { openDatabase } from "../store/mod.ts";
import { ACCESS_FORMAT } from "./schema.ts";
import type { AuditEntry, Role, Scope, Token, User } from "./types.ts";

/** A user with the record of their password. */
export interface UserRow extends User {
  /** Made by `Passwords`. */
  readonly password: string;
}

/** A session as it is kept. */
export interface SessionRow {
  /** SHA-256 of the cookie. */
  readonly hash: string;
  /** Name of the user. */
  readonly user: string;
  /** Secret against forged requests. */
  readonly csrf: string;
  /** Wall-clock ms of the sign-in. */
  readonly created: number;
  /** Wall-clock ms of the last use, to the minute. */
  readonly seen: number;
  /** Address of the client. */
  readonly address: string;
}

/** A token with the hash of its secret. */
export interface TokenRow extends Token {
  /** SHA-256 of the secret. */
  readonly hash: string;
}

/** Which entries of the audit log. */
export interface AuditQuery {
  /** Only entries before this one. */
  readonly before?: number | undefined;
  /** At most so many, the newest first. */
  readonly limit: number;
  /** Only this kind. */
  readonly kind?: AuditEntry["kind"] | undefined;
}

/** What {@link AccessDatabase.open} found. */
export interface OpenedAccess {
  /** The database. */
  readonly database: AccessDatabase;
  /** Says what was set aside and why; undefined when nothing was. */
  readonly notice: string | undefined;
}

type Row = Record<string, unknown>;

/** The database of access. */
export class AccessDatabase implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Over a database that has the tables. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Opens or makes the database; a file that is none of ours is set aside.
   *
   * @param stamp goes into the name of a file that is set aside
   * @throws DatabaseInUse, Error when it cannot be had
   */
  static open(path: string, stamp: string): OpenedAccess {
    const { database, setAside } = openDatabase(path, stamp, ACCESS_FORMAT);
    const notice = setAside &&
      `${path} was set aside as ${setAside.path}, its users and tokens are gone: ${setAside.why}`;
    return { database: new AccessDatabase(database), notice };
  }

  /** A database that is gone with the process, for tests. */
  static inMemory(): AccessDatabase {
    const database = new DatabaseSync(":memory:");
    database.exec(ACCESS_FORMAT.schema);
    return new AccessDatabase(database);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** Carries out several changes as one. */
  transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** All users by name. */
  users(): UserRow[] {
    return this.#sql("SELECT * FROM user ORDER BY name").all().map(userOf);
  }

  /** One user, whatever the case of the name. */
  user(name: string): UserRow | undefined {
    const row = this.#sql("SELECT * FROM user WHERE name = ?").get(name);
    return row === undefined ? undefined : userOf(row);
  }

  /** Number of users, or of those with this role. */
  countUsers(role?: Role): number {
    return role === undefined
      ? count(this.#sql("SELECT count(*) AS n FROM user").get())
      : count(this.#sql("SELECT count(*) AS n FROM user WHERE role = ?").get(role));
  }

  /** Adds a user. */
  addUser({ name, role, password, created }: UserRow): void {
    this.#sql("INSERT INTO user (name, role, password, created) VALUES (?, ?, ?, ?)")
      .run(name, role, password, created);
  }

  /** Changes a user's role. */
  setRole(name: string, role: Role): void {
    this.#sql("UPDATE user SET role = ? WHERE name = ?").run(role, name);
  }

  /** Changes the record of a user's password. */
  setPassword(name: string, password: string): void {
    this.#sql("UPDATE user SET password = ? WHERE name = ?").run(password, name);
  }

  /** Notes a sign-in. */
  setLastLogin(name: string, at: number): void {
    this.#sql("UPDATE user SET last_login = ? WHERE name = ?").run(at, name);
  }

  /** Removes a user and their sessions. */
  removeUser(name: string): void {
    this.#sql("DELETE FROM user WHERE name = ?").run(name);
  }

  /** Adds a session; of those of its user only the newest `keep` stay. */
  addSession(session: SessionRow, keep: number): void {
    const { hash, user, csrf, created, seen, address } = session;
    this.#sql(
      "INSERT INTO session (hash, user, csrf, created, seen, address) VALUES (?, ?, ?, ?, ?, ?)",
    ).run(hash, user, csrf, created, seen, address);
    this.#sql(
      "DELETE FROM session WHERE user = ? AND hash NOT IN " +
        "(SELECT hash FROM session WHERE user = ? ORDER BY created DESC, hash LIMIT ?)",
    ).run(user, user, keep);
  }

  /** A session by the hash of its cookie. */
  session(hash: string): SessionRow | undefined {
    const row = this.#sql("SELECT * FROM session WHERE hash = ?").get(hash);
    return row as SessionRow | undefined;
  }

  /** Notes that a session was used. */
  touchSession(hash: string, seen: number): void {
    this.#sql("UPDATE session SET seen = ? WHERE hash = ?").run(seen, hash);
  }

  /** Removes a session. */
  removeSession(hash: string): void {
    this.#sql("DELETE FROM session WHERE hash = ?").run(hash);
  }

  /** Removes a user's sessions but one. */
  removeSessionsOf(user: string, except = ""): void {
    this.#sql("DELETE FROM session WHERE user = ? AND hash <> ?").run(user, except);
  }

  /** Removes sessions that began or were used last before these times. */
  removeOldSessions(createdBefore: number, seenBefore: number): void {
    this.#sql("DELETE FROM session WHERE created < ? OR seen < ?").run(createdBefore, seenBefore);
  }

  /** All tokens, oldest first. */
  tokens(): TokenRow[] {
    return this.#sql("SELECT * FROM token ORDER BY created, id").all().map(tokenOf);
  }

  /** Adds a token. */
  addToken(token: TokenRow): void {
    const { id, name, scopes, hash, created, createdBy, expires } = token;
    this.#sql(
      "INSERT INTO token (id, name, scopes, hash, created, created_by, expires) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(id, name, scopes.join(" "), hash, created, createdBy, expires ?? null);
  }

  /** Notes that a token was used. */
  touchToken(id: string, at: number): void {
    this.#sql("UPDATE token SET last_used = ? WHERE id = ?").run(at, id);
  }

  /** Removes a token. */
  removeToken(id: string): void {
    this.#sql("DELETE FROM token WHERE id = ?").run(id);
  }

  /** Adds an entry; of its kind only the newest `keep` stay. */
  addAudit(entry: Omit<AuditEntry, "number">, keep: number): void {
    const { at, kind, actor, address, action, target, before, after } = entry;
    this.#sql(
      "INSERT INTO audit (at, kind, actor, address, action, target, before, after) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(at, kind, actor, address, action, target, before ?? null, after ?? null);
    this.#sql(
      "DELETE FROM audit WHERE kind = ? AND number <= coalesce(" +
        "(SELECT number FROM audit WHERE kind = ? ORDER BY number DESC LIMIT 1 OFFSET ?), 0)",
    ).run(kind, kind, keep);
  }

  /** Entries of the audit log, newest first. */
  audit({ before, limit, kind }: AuditQuery): AuditEntry[] {
    const below = before ?? Number.MAX_SAFE_INTEGER;
    const rows = kind === undefined
      ? this.#sql("SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?")
        .all(below, limit)
      : this.#sql("SELECT * FROM audit WHERE kind = ? AND number < ? ORDER BY number DESC LIMIT ?")
        .all(kind, below, limit);
    return rows.map((row) => ({
      ...row as unknown as AuditEntry,
      before: text(row, "before"),
      after: text(row, "after"),
    }));
  }

  #sql(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function count(row: Row | undefined): number {
  return Number(row?.["n"]);
}

function text(row: Row, key: string): string | undefined {
  return row[key] === null ? undefined : String(row[key]);
}

function time(row: Row, key: string): number | undefined {
  return row[key] === null ? undefined : Number(row[key]);
}

function userOf(row: Row): UserRow {
  return {
    name: String(row["name"]),
    role: String(row["role"]) as Role,
    password: String(row["password"]),
    created: Number(row["created"]),
    lastLogin: time(row, "last_login"),
  };
}

function tokenOf(row: Row): TokenRow {
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    scopes: String(row["scopes"]).split(" ") as Scope[],
    hash: String(row["hash"]),
    created: Number(row["created"]),
    createdBy: String(row["created_by"]),
    expires: time(row, "expires"),
    lastUsed: time(row, "last_used"),
  };
}
