/**
 * Operations about users, tokens and the audit log.
 *
 * @module
 */

import { type AuditEntry, MAX_PASSWORD, ROLES, SCOPES } from "../../access/mod.ts";
import { type Operation, operation } from "./operation.ts";
import { AUDIT_ENTRY, NEW_TOKEN, TOKEN, USER } from "./reports.ts";
import { type Infer, integer, list, object, oneOf, optional, string } from "./schema.ts";

const NAME = string({ min: 1, max: 64 });
const PASSWORD = string({ max: MAX_PASSWORD * 2, about: "a password" });
const USER_PATH = object({ name: NAME });
const TOKEN_PATH = object({ id: string({ min: 1, max: 64 }) });

/** The operations. */
export const ACCESS_OPERATIONS: readonly Operation[] = [
  operation({
    id: "listUsers",
    method: "get",
    path: "/users",
    summary: "All users",
    needs: "admin",
    response: list(USER),
    run: ({ services }) => services.access.users.list(),
  }),
  operation({
    id: "createUser",
    method: "post",
    path: "/users",
    summary: "Add a user",
    needs: "admin",
    body: object({ name: NAME, role: oneOf(ROLES), password: PASSWORD }),
    response: USER,
    status: 201,
    run: ({ services, by }, { body }) => services.access.users.create(body, by),
  }),
  operation({
    id: "changeUser",
    method: "patch",
    path: "/users/{name}",
    summary: "Change the role or the password of a user; a new password ends their sessions",
    needs: "admin",
    params: USER_PATH,
    body: object({ role: optional(oneOf(ROLES)), password: optional(PASSWORD) }),
    response: USER,
    run: ({ services, by }, { params, body }) =>
      services.access.users.change(params.name, body, by),
  }),
  operation({
    id: "removeUser",
    method: "delete",
    path: "/users/{name}",
    summary: "Remove a user and end their sessions",
    needs: "admin",
    params: USER_PATH,
    run: ({ services, by }, { params }) => services.access.users.remove(params.name, by),
  }),
  operation({
    id: "listTokens",
    method: "get",
    path: "/tokens",
    summary: "All tokens, without their text",
    needs: "admin",
    response: list(TOKEN),
    run: ({ services }) => services.access.tokens.list(),
  }),
  operation({
    id: "createToken",
    method: "post",
    path: "/tokens",
    summary: "Make a token; its text is in this answer and nowhere else",
    needs: "admin",
    body: object({
      name: NAME,
      scopes: list(oneOf(SCOPES), { min: 1, max: SCOPES.length }),
      expires: optional(integer(0, Number.MAX_SAFE_INTEGER, "milliseconds since 1970")),
    }),
    response: NEW_TOKEN,
    status: 201,
    run: ({ services, by }, { body }) => services.access.tokens.create(body, by),
  }),
  operation({
    id: "revokeToken",
    method: "delete",
    path: "/tokens/{id}",
    summary: "End a token at once",
    needs: "admin",
    params: TOKEN_PATH,
    run: ({ services, by }, { params }) => services.access.tokens.revoke(params.id, by),
  }),
  operation({
    id: "readAudit",
    method: "get",
    path: "/audit",
    summary: "What was changed and refused, newest first",
    needs: "admin",
    query: object({
      before: optional(integer(1, Number.MAX_SAFE_INTEGER, "only entries before this number")),
      limit: optional(integer(1, 500)),
      kind: optional(oneOf(["change", "refusal"])),
    }),
    response: list(AUDIT_ENTRY),
    run: ({ services }, { query: { before, kind, limit = 100 } }) =>
      services.access.audit.read({ before, kind, limit }).map(entryOf),
  }),
];

function entryOf({ before, after, ...entry }: AuditEntry): Infer<typeof AUDIT_ENTRY> {
  return {
    ...entry,
    ...(before === undefined ? {} : { before: JSON.parse(before) }),
    ...(after === undefined ? {} : { after: JSON.parse(after) }),
  };
}
