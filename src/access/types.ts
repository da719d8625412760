/**
 * The words of access: who there is, what they may do, and what is remembered of it.
 *
 * @module
 */

/** What a person may do: everything, act on calls, or look. */
export type Role = "admin" | "operator" | "viewer";

/** What a program's token is good for: the ng protocol, looking, or everything. */
export type Scope = "ng" | "read" | "admin";

/** What a request needs: to speak ng, to look, to act on calls, or to change the product itself. */
export type Permission = "ng" | "read" | "operate" | "admin";

/** All roles, strongest first. */
export const ROLES = ["admin", "operator", "viewer"] as const satisfies readonly Role[];

/** All scopes. */
export const SCOPES = ["ng", "read", "admin"] as const satisfies readonly Scope[];

/** Who asks. */
export type Subject =
  | { readonly kind: "anonymous" }
  /** Whoever may open the program's own socket on this host: its user, and root. */
  | { readonly kind: "console" }
  | { readonly kind: "user"; readonly name: string; readonly role: Role }
  | { readonly kind: "token"; readonly name: string; readonly scopes: readonly Scope[] }
  | { readonly kind: "certificate"; readonly name: string };

/** Nobody in particular. */
export const ANONYMOUS: Subject = { kind: "anonymous" };

/** Who does something, and from where; every change is recorded with it. */
export interface By {
  /** Who. */
  readonly subject: Subject;
  /** Address of the client; empty for the console. */
  readonly address: string;
}

/** Whoever works on the host itself. */
export const CONSOLE: By = { subject: { kind: "console" }, address: "" };

/** A person who may sign in. Times are wall-clock ms. */
export interface User {
  /** Name to sign in with; case does not count. */
  readonly name: string;
  /** What they may do. */
  readonly role: Role;
  /** When they were added. */
  readonly created: number;
  /** Last time they signed in; undefined = never. */
  readonly lastLogin: number | undefined;
}

/** A token of a program, without its secret. Times are wall-clock ms. */
export interface Token {
  /** Twelve hexadecimal digits; part of the token itself. */
  readonly id: string;
  /** What it is for. */
  readonly name: string;
  /** What it is good for. */
  readonly scopes: readonly Scope[];
  /** When it was made. */
  readonly created: number;
  /** Who made it. */
  readonly createdBy: string;
  /** When it ends; undefined = never. */
  readonly expires: number | undefined;
  /** Last use, to the minute; undefined = never. */
  readonly lastUsed: number | undefined;
}

/** A browser that has signed in. Times are wall-clock ms. */
export interface Session {
  /** Whose it is. */
  readonly user: User;
  /** Goes with every change, so that no other site can make one. */
  readonly csrf: string;
  /** When it began. */
  readonly created: number;
  /** When it ends, whatever happens. */
  readonly expires: number;
  /** Where the user signed in from. */
  readonly address: string;
}

/** One line of the audit log. */
export interface AuditEntry {
  /** Rises with every entry. */
  readonly number: number;
  /** Wall-clock ms. */
  readonly at: number;
  /** A change, or something that was refused. */
  readonly kind: "change" | "refusal";
  /** `user NAME`, `token NAME`, `certificate NAME`, `console`, `anonymous`. */
  readonly actor: string;
  /** Where from; empty for the console. */
  readonly address: string;
  /** `user.create`, `token.revoke`, `call.terminate`, … */
  readonly action: string;
  /** What was changed. */
  readonly target: string;
  /** JSON of what it was before; undefined when there was nothing. */
  readonly before: string | undefined;
  /** JSON of what it is now; undefined when there is nothing any more. */
  readonly after: string | undefined;
}
