/**
 * Tokens of programs: made, shown once, looked up by their id, compared by hash.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { AuditLog } from "./audit.ts";
import type { AccessDatabase, TokenRow } from "./database.ts";
import { AccessError } from "./error.ts";
import { actorOf } from "./policy.ts";
import { hashSecret, newToken, parseToken, sameSecret } from "./secret.ts";
import type { By, Scope, Subject, Token } from "./types.ts";

/** Tokens there may be. */
export const MAX_TOKENS = 500;
const MAX_NAME = 64;
/** Uses are written down this often, in ms. */
const TOUCH_MS = 60_000;
/** Compared when there is no such token. */
const NO_HASH = "0".repeat(64);

/** A token to be. */
export interface NewToken {
  /** What it is for. */
  readonly name: string;
  /** What it is good for; at least one. */
  readonly scopes: readonly Scope[];
  /** Wall-clock ms at which it ends; absent = never. */
  readonly expires?: number | undefined;
}

/** The tokens; all are kept in memory, because every request may carry one. */
export class Tokens {
  readonly #database: AccessDatabase;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  #tokens: Map<string, TokenRow>;

  /** Reads the tokens of a database. */
  constructor(database: AccessDatabase, clock: Clock, audit: AuditLog) {
    this.#database = database;
    this.#clock = clock;
    this.#audit = audit;
    this.#tokens = new Map(database.tokens().map((token) => [token.id, token]));
  }

  /** After the database has others. */
  readAgain(): void {
    this.#tokens = new Map(this.#database.tokens().map((token) => [token.id, token]));
  }

  /** How many there are. */
  get size(): number {
    return this.#tokens.size;
  }

  /** All tokens, oldest first. */
  list(): Token[] {
    return [...this.#tokens.values()].map(publicToken);
  }

  /** Makes a token. @returns it with its text, which nobody can see again. @throws AccessError */
  create({ name, scopes, expires }: NewToken, by: By): { token: Token; text: string } {
    const now = this.#clock.wall();
    // deno-lint-ignore no-control-regex
    if (name === "" || name.length > MAX_NAME || /[\x00-\x1f\x7f]/.test(name)) {
      throw new AccessError("bad name", `a token's name has 1 to ${MAX_NAME} characters`);
    }
    if (expires !== undefined && expires <= now) {
      throw new AccessError("bad expiry", "the token would have ended already");
    }
    if (this.#tokens.size >= MAX_TOKENS) {
      throw new AccessError("limit", `there are ${MAX_TOKENS} tokens`);
    }
    const { id, secret, text } = newToken();
    const row: TokenRow = {
      id,
      name,
      scopes: [...new Set(scopes)],
      hash: hashSecret(secret),
      created: now,
      createdBy: actorOf(by.subject),
      expires,
      lastUsed: undefined,
    };
    this.#database.transaction(() => {
      this.#database.addToken(row);
      this.#audit.change(by, {
        action: "token.create",
        target: id,
        after: { name, scopes: row.scopes, expires },
      });
    });
    this.#tokens.set(id, row);
    return { token: publicToken(row), text };
  }

  /** Ends a token at once. @throws AccessError when there is none */
  revoke(id: string, by: By): void {
    const row = this.#tokens.get(id);
    if (row === undefined) throw new AccessError("unknown", "there is no such token");
    const { name, scopes } = row;
    this.#database.transaction(() => {
      this.#database.removeToken(id);
      this.#audit.change(by, { action: "token.revoke", target: id, before: { name, scopes } });
    });
    this.#tokens.delete(id);
  }

  /** Whose token a text is; undefined when it is none, or has ended. */
  identify(text: string): Subject | undefined {
    const parts = parseToken(text);
    if (parts === undefined) return undefined;
    const row = this.#tokens.get(parts.id);
    const matches = sameSecret(hashSecret(parts.secret), row?.hash ?? NO_HASH);
    if (row === undefined || !matches) return undefined;
    const now = this.#clock.wall();
    if (row.expires !== undefined && row.expires <= now) return undefined;
    if (row.lastUsed === undefined || now - row.lastUsed >= TOUCH_MS) {
      this.#tokens.set(row.id, { ...row, lastUsed: now });
      this.#database.touchToken(row.id, now);
    }
    return { kind: "token", name: row.name, scopes: row.scopes };
  }
}

function publicToken({ hash: _hash, ...token }: TokenRow): Token {
  return token;
}
