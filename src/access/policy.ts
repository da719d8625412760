/**
 * Who may do what: the one table behind every decision.
 *
 * @module
 */

import type { Permission, Role, Scope, Subject } from "./types.ts";

const OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["read"],
  operator: ["read", "operate"],
  admin: ["read", "operate", "admin"],
};

// A browser's session never speaks ng: a page could be made to send it.
const OF_SCOPE: Readonly<Record<Scope, readonly Permission[]>> = {
  ng: ["ng"],
  read: ["read"],
  admin: ["ng", "read", "operate", "admin"],
};

/** What {@link decide} says. */
export type Decision = "allow" | "unauthenticated" | "forbidden";

/** Everything this subject may do. */
export function permissionsOf(subject: Subject): ReadonlySet<Permission> {
  switch (subject.kind) {
    case "anonymous":
      return new Set();
    case "console":
      return new Set(OF_SCOPE.admin);
    case "user":
      return new Set(OF_ROLE[subject.role]);
    case "token":
      return new Set(subject.scopes.flatMap((scope) => OF_SCOPE[scope]));
    case "certificate":
      // a SIP proxy or a collector of metrics: what they need and no more
      return new Set(["ng", "read"]);
  }
}

/**
 * Whether this subject may do what needs this permission; `none` needs nobody in particular, `known` needs
 * anybody who is known.
 */
export function decide(subject: Subject, needed: Permission | "none" | "known"): Decision {
  if (needed === "none") return "allow";
  if (subject.kind === "anonymous") return "unauthenticated";
  if (needed === "known") return "allow";
  return permissionsOf(subject).has(needed) ? "allow" : "forbidden";
}

/** A subject as the audit log names it. */
export function actorOf(subject: Subject): string {
  return "name" in subject ? `${subject.kind} ${subject.name}` : subject.kind;
}
