/**
 * Who sends a request of the admin API or the dashboard: a token, a session, a client certificate.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import {
  type Access,
  ANONYMOUS,
  parseToken,
  type Session,
  type Subject,
} from "../../access/mod.ts";
import { presentedBy } from "../presented.ts";

/** Name of the cookie of a session; the prefix makes browsers keep it to this host and to TLS. */
export const COOKIE = "__Host-rtpedge";

/** Who asks. */
export interface Identity {
  /** Who it is. */
  readonly subject: Subject;
  /** The session, when a browser asks that has one. */
  readonly session: Session | undefined;
  /** The cookie that came, whether it is good or not. */
  readonly cookie: string | undefined;
  /** Shown in a header, so no browser sent it unasked. */
  readonly explicit: boolean;
}

/** A credential in a header counts more than a cookie, and a wrong one is nobody. */
export function identify(incoming: IncomingMessage, access: Access): Identity {
  const cookie = cookieOf(incoming.headers.cookie, COOKIE);
  if (incoming.headers.authorization !== undefined) {
    const { token } = presentedBy(incoming);
    const subject = token === undefined || parseToken(token) === undefined
      ? ANONYMOUS
      : access.tokens.identify(token) ?? ANONYMOUS;
    return { subject, session: undefined, cookie: undefined, explicit: true };
  }
  const session = cookie === undefined ? undefined : access.signIn.session(cookie);
  if (session !== undefined) {
    const { name, role } = session.user;
    return { subject: { kind: "user", name, role }, session, cookie, explicit: false };
  }
  const { certificate } = presentedBy(incoming);
  const subject: Subject = certificate === undefined
    ? ANONYMOUS
    : { kind: "certificate", name: certificate };
  return { subject, session: undefined, cookie, explicit: false };
}

/** A cookie of a header; undefined when there is none of this name, or more than one. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > 8192) return undefined;
  const values = header.split(";").map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
