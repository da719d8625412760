/**
 * Access as one part: users, tokens, sessions, the audit log, and the decision.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { AuditLog } from "./audit.ts";
import type { AccessDatabase } from "./database.ts";
import { type PasswordCost, Passwords } from "./password.ts";
import { decide, type Decision } from "./policy.ts";
import { DEFAULT_SIGN_IN_LIMITS, SignIn, type SignInLimits } from "./sign_in.ts";
import { Tokens } from "./tokens.ts";
import { type AccessRows, checkRows, replaceRows } from "./transfer.ts";
import type { AuditEntry, By, Permission, Subject } from "./types.ts";
import { Users } from "./users.ts";

/** What {@link Access} is made of. */
export interface AccessOptions {
  /** Where everything is kept; closed by whoever opened it. */
  readonly database: AccessDatabase;
  /** Time. */
  readonly clock: Clock;
  /** Cost of password hashes. */
  readonly cost?: PasswordCost;
  /** Limits of sessions. */
  readonly limits?: SignInLimits;
  /** Hears of every entry of the audit log. */
  readonly audited?: (entry: Omit<AuditEntry, "number">) => void;
}

/** Who may do what. */
export class Access {
  /** People. */
  readonly users: Users;
  /** Programs. */
  readonly tokens: Tokens;
  /** Sign-ins and sessions. */
  readonly signIn: SignIn;
  /** What was changed and refused. */
  readonly audit: AuditLog;

  readonly #database: AccessDatabase;

  /** Puts the part together. */
  constructor({ database, clock, cost, limits, audited }: AccessOptions) {
    this.#database = database;
    const passwords = new Passwords(cost);
    this.audit = new AuditLog(database, clock, audited);
    this.users = new Users(database, clock, passwords, this.audit);
    this.tokens = new Tokens(database, clock, this.audit);
    this.signIn = new SignIn({
      database,
      clock,
      passwords,
      users: this.users,
      audit: this.audit,
      limits: limits ?? DEFAULT_SIGN_IN_LIMITS,
    });
  }

  /** Users and tokens with their hashes, for a backup. */
  export(): AccessRows {
    return { users: this.#database.users(), tokens: this.#database.tokens() };
  }

  /**
   * Puts those of a backup in place of all users and tokens, and ends every session of a user whose password
   * or role is another one.
   *
   * @throws AccessError when they cannot be right; nothing is changed
   */
  replace(rows: AccessRows, by: By): void {
    checkRows(rows);
    const before = this.export();
    const names = ({ users, tokens }: AccessRows) => ({
      users: users.map(({ name, role }) => `${name} (${role})`),
      tokens: tokens.map(({ id, name }) => `${id} (${name})`),
    });
    this.#database.transaction(() => {
      replaceRows(this.#database, rows);
      this.audit.change(by, {
        action: "access.restore",
        target: "users and tokens",
        before: names(before),
        after: names(rows),
      });
    });
    this.tokens.readAgain();
  }

  /** Whether a subject may do what needs this permission. */
  decide(subject: Subject, needed: Permission | "none" | "known"): Decision {
    return decide(subject, needed);
  }
}
