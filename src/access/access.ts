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
import type { AuditEntry, Permission, Subject } from "./types.ts";
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

  /** Puts the part together. */
  constructor({ database, clock, cost, limits, audited }: AccessOptions) {
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

  /** Whether a subject may do what needs this permission. */
  decide(subject: Subject, needed: Permission | "none" | "known"): Decision {
    return decide(subject, needed);
  }
}
