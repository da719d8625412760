/**
 * The same check in front of every control listener: token or client certificate, where one is demanded.
 *
 * @module
 */

import { decide, permissionsOf } from "./policy.ts";
import { ANONYMOUS, type Permission, type Subject } from "./types.ts";

/** What a client has shown. */
export interface Presented {
  /** A token: `Authorization: Bearer`, a segment of the path, the first line on TCP. */
  readonly token?: string | undefined;
  /** Name in a client certificate that has been verified. */
  readonly certificate?: string | undefined;
}

/** What {@link ControlGuard.grant} says. */
export type Grant =
  | {
    readonly allowed: true;
    /** Who asks; anonymous where nothing is demanded. */
    readonly subject: Subject;
    /** Everything the client may do. */
    readonly permissions: ReadonlySet<Permission>;
  }
  | {
    readonly allowed: false;
    /** `unauthenticated`: no credential, or a wrong one; `forbidden`: one for something else. */
    readonly because: "unauthenticated" | "forbidden";
    /** What was wrong, for logs and for the client. */
    readonly message: string;
  };

/** What a {@link ControlGuard} is made of. */
export interface GuardOptions {
  /** Whether clients need a credential; asked each time when it is a function. */
  readonly demands: boolean | (() => boolean);
  /** Whose token a text is; absent = there are no tokens. */
  readonly identify?: ((token: string) => Subject | undefined) | undefined;
}

const EVERYTHING: ReadonlySet<Permission> = new Set(["ng", "read", "operate", "admin"]);

/** The check of one listener. */
export class ControlGuard {
  readonly #demands: () => boolean;
  readonly #identify: (token: string) => Subject | undefined;

  /** A guard that demands a credential, or none. */
  constructor({ demands, identify }: GuardOptions) {
    this.#demands = typeof demands === "function" ? demands : () => demands;
    this.#identify = identify ?? (() => undefined);
  }

  /** Whether clients need a credential now. */
  get demands(): boolean {
    return this.#demands();
  }

  /** Who shows this; a wrong token is nobody, whatever else is shown. */
  subjectOf({ token, certificate }: Presented): Subject {
    if (token !== undefined) return this.#identify(token) ?? ANONYMOUS;
    return certificate === undefined ? ANONYMOUS : { kind: "certificate", name: certificate };
  }

  /** Whether a client that shows this may do what needs this permission here. */
  grant(presented: Presented, needed: Permission): Grant {
    if (!this.demands) return { allowed: true, subject: ANONYMOUS, permissions: EVERYTHING };
    const subject = this.subjectOf(presented);
    const decision = decide(subject, needed);
    if (decision === "allow") {
      return { allowed: true, subject, permissions: permissionsOf(subject) };
    }
    const message = decision === "forbidden"
      ? `the credential is not good for ${needed}`
      : presented.token === undefined
      ? "a token or a client certificate is needed"
      : "the token is unknown or has ended";
    return { allowed: false, because: decision, message };
  }
}

/** A guard that demands nothing. */
export const OPEN_GUARD: ControlGuard = new ControlGuard({ demands: false });

/** The token of an `Authorization` header; undefined when there is none, or another scheme. */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 256) return undefined;
  return /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
}
