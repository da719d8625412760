/**
 * Operations about oneself: set-up, signing in and out, the own password.
 *
 * @module
 */

import { hashSecret, MAX_PASSWORD, permissionsOf, type SignedIn } from "../../access/mod.ts";
import { type Operation, operation, type RequestContext } from "./operation.ts";
import { Problem } from "./problem.ts";
import { SESSION } from "./reports.ts";
import { type Infer, object, string } from "./schema.ts";

/** As long as a password may be, in UTF-16 units. */
const PASSWORD = string({ max: MAX_PASSWORD * 2, about: "a password" });
const NAME = string({ min: 1, max: 64 });

/** The operations. */
export const SESSION_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getSession",
    method: "get",
    path: "/session",
    summary: "Who asks, and what they may do",
    needs: "none",
    response: SESSION,
    run: (context) => sessionOf(context),
  }),
  operation({
    id: "setUp",
    method: "post",
    path: "/setup",
    summary: "Make the first administrator, with the code printed on the console, and sign in",
    needs: "none",
    body: object({
      code: string({ min: 1, max: 64, about: "the set-up code" }),
      name: NAME,
      password: PASSWORD,
    }),
    response: SESSION,
    status: 201,
    async run(context, { body }) {
      const { signIn } = context.services.access;
      return begin(context, await signIn.setUp(body.code, body, context.by.address));
    },
  }),
  operation({
    id: "signIn",
    method: "post",
    path: "/session",
    summary: "Sign in; the answer sets the cookie of the session",
    needs: "none",
    body: object({ name: NAME, password: PASSWORD }),
    response: SESSION,
    status: 201,
    async run(context, { body }) {
      const { signIn } = context.services.access;
      return begin(context, await signIn.signIn(body, context.by.address, context.cookie));
    },
  }),
  operation({
    id: "signOut",
    method: "delete",
    path: "/session",
    summary: "Sign out",
    needs: "known",
    run(context) {
      if (context.cookie !== undefined) context.services.access.signIn.signOut(context.cookie);
      context.setCookie(undefined);
    },
  }),
  operation({
    id: "changeOwnPassword",
    method: "post",
    path: "/session/password",
    summary: "Change one's own password; all one's other sessions end",
    needs: "known",
    body: object({ present: PASSWORD, password: PASSWORD }),
    async run({ services, session, cookie, by }, { body }) {
      if (session === undefined) {
        throw new Problem(403, "no_session", "only people have passwords", "sign in with a name");
      }
      const { access } = services;
      await access.signIn.confirm(session.user.name, body.present, by.address);
      const keep = cookie === undefined ? "" : hashSecret(cookie);
      await access.users.change(session.user.name, { password: body.password }, by, keep);
    },
  }),
];

function begin(context: RequestContext, { cookie, session }: SignedIn): Infer<typeof SESSION> {
  context.setCookie(cookie);
  const { name, role } = session.user;
  return sessionOf({ ...context, session, subject: { kind: "user", name, role } });
}

function sessionOf({ services, subject, session }: RequestContext): Infer<typeof SESSION> {
  return {
    kind: subject.kind,
    ...("name" in subject ? { name: subject.name } : {}),
    ...(subject.kind === "user" ? { role: subject.role } : {}),
    permissions: [...permissionsOf(subject)],
    ...(session === undefined ? {} : { csrf: session.csrf, expires: session.expires }),
    needsSetup: services.access.signIn.setupCode !== undefined,
  };
}
