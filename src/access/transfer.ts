/**
 * Users and tokens as they leave for a backup and come back from one. What comes back may be anything.
 *
 * @module
 */

import type { AccessDatabase, TokenRow, UserRow } from "./database.ts";
import { AccessError } from "./error.ts";
import { isRecord } from "./password.ts";
import { MAX_TOKENS } from "./tokens.ts";
import { ROLES, SCOPES } from "./types.ts";
import { MAX_USERS, USER_NAME } from "./users.ts";

/** All users and tokens. */
export interface AccessRows {
  /** With the records of their passwords. */
  readonly users: readonly UserRow[];
  /** With the hashes of their secrets. */
  readonly tokens: readonly TokenRow[];
}

/** Users and tokens as JSON has them. @throws AccessError */
export function parseRows(value: unknown): AccessRows {
  const { users, tokens } = fieldsOf(value);
  return {
    users: listOf(users).map((user) => {
      const { name, role, password, created, lastLogin } = fieldsOf(user);
      return {
        name: textOf(name),
        role: textOf(role) as UserRow["role"],
        password: textOf(password),
        created: timeOf(created) ?? 0,
        lastLogin: timeOf(lastLogin),
      };
    }),
    tokens: listOf(tokens).map((token) => {
      const { id, name, scopes, hash, created, createdBy, expires, lastUsed } = fieldsOf(token);
      return {
        id: textOf(id),
        name: textOf(name),
        scopes: listOf(scopes).map(textOf) as unknown as TokenRow["scopes"],
        hash: textOf(hash),
        created: timeOf(created) ?? 0,
        createdBy: textOf(createdBy).slice(0, 256),
        expires: timeOf(expires),
        lastUsed: timeOf(lastUsed),
      };
    }),
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return bad();
  return value as Record<string, unknown>;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : bad();
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : bad();
}

function timeOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return Number.isSafeInteger(value) ? value as number : bad();
}

function bad(): never {
  throw new AccessError("bad backup", "users and tokens are not kept as they should be");
}

/** Whether these can be all users and tokens. @throws AccessError */
export function checkRows({ users, tokens }: AccessRows): void {
  const fail = (message: string): never => {
    throw new AccessError("bad backup", message);
  };
  if (users.length > MAX_USERS || tokens.length > MAX_TOKENS) fail("there are too many of them");
  for (const { name, role, password } of users) {
    if (!USER_NAME.test(name)) fail("a user has no name that could be one");
    if (!ROLES.includes(role)) fail(`the user ${name} has no known role`);
    if (!isRecord(password)) fail(`the password of ${name} is not kept as it should be`);
  }
  if (new Set(users.map(({ name }) => name.toLowerCase())).size !== users.length) {
    fail("two users have one name");
  }
  if (!users.some(({ role }) => role === "admin")) fail("none of the users is an administrator");
  for (const { id, name, scopes, hash } of tokens) {
    if (!/^[0-9a-f]{12}$/.test(id) || !/^[0-9a-f]{64}$/.test(hash)) {
      fail("a token is not kept as it should be");
    }
    // deno-lint-ignore no-control-regex
    if (name.length > 64 || /[\0-\x1f\x7f]/.test(name)) fail(`the token ${id} has no good name`);
    if (scopes.length === 0 || scopes.some((scope) => !SCOPES.includes(scope))) {
      fail(`the token ${id} has an unknown scope`);
    }
  }
  if (new Set(tokens.map(({ id }) => id)).size !== tokens.length) fail("two tokens have one id");
}

/** Inside a transaction. Sessions of users who are as they were go on. */
export function replaceRows(database: AccessDatabase, { users, tokens }: AccessRows): void {
  const kept = new Set(users.map(({ name }) => name.toLowerCase()));
  for (const { name } of database.users()) {
    if (!kept.has(name.toLowerCase())) database.removeUser(name);
  }
  for (const user of users) {
    const present = database.user(user.name);
    if (present === undefined) {
      database.addUser(user);
    } else if (present.password !== user.password || present.role !== user.role) {
      database.setPassword(user.name, user.password);
      database.setRole(user.name, user.role);
      database.removeSessionsOf(user.name);
    }
  }
  for (const { id } of database.tokens()) database.removeToken(id);
  for (const token of tokens) database.addToken(token);
}
