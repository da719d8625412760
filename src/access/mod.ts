/**
 * Identity and access: users with roles, tokens with scopes, sessions, back-off, the audit log, and the one
 * table that says who may do what. Knows neither HTTP nor what is done with a permission.
 *
 * @module
 */

export type { Clock } from "../core/clock.ts";
export { Access, type AccessOptions } from "./access.ts";
export { type AuditEvent, AuditLog, CHANGES_KEPT, REFUSALS_KEPT } from "./audit.ts";
export {
  AccessDatabase,
  type AuditQuery,
  type OpenedAccess,
  type SessionRow,
  type TokenRow,
  type UserRow,
} from "./database.ts";
export { AccessError, type AccessProblem } from "./error.ts";
export {
  bearerToken,
  ControlGuard,
  type Grant,
  type GuardOptions,
  OPEN_GUARD,
  type Presented,
} from "./guard.ts";
export {
  DEFAULT_COST,
  MAX_PASSWORD,
  MIN_PASSWORD,
  type PasswordCost,
  Passwords,
} from "./password.ts";
export { actorOf, decide, type Decision, permissionsOf } from "./policy.ts";
export { hashSecret, parseToken, sameSecret } from "./secret.ts";
export {
  type Credentials,
  DEFAULT_SIGN_IN_LIMITS,
  type SignedIn,
  SignIn,
  type SignInLimits,
  type SignInParts,
} from "./sign_in.ts";
export { MAX_TOKENS, type NewToken, Tokens } from "./tokens.ts";
export { type AccessRows, checkRows, parseRows } from "./transfer.ts";
export {
  ANONYMOUS,
  type AuditEntry,
  type By,
  CONSOLE,
  type Permission,
  type Role,
  ROLES,
  type Scope,
  SCOPES,
  type Session,
  type Subject,
  type Token,
  type User,
} from "./types.ts";
export { MAX_USERS, type NewUser, USER_NAME, type UserChange, Users } from "./users.ts";
