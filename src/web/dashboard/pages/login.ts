/**
 * Signing in.
 *
 * @module
 */

import { apiForm, field } from "../components.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";
import { Redirect } from "../redirect.ts";
import { mark } from "../mark.ts";

/** Where to go after signing in: a path of ours, or the overview. */
export function nextOf(query: URLSearchParams): string {
  const next = query.get("next") ?? "";
  return /^\/ui\/[A-Za-z0-9/._~%?&=+@:;,!$'()*-]*$/.test(next) && !next.startsWith("/ui/login")
    ? next
    : "/ui/";
}

/** `/ui/login`. */
export const LOGIN_PAGE: Page = {
  path: "/login",
  needs: "none",
  render({ services, session, query }) {
    const next = nextOf(query);
    if (services.access.signIn.setupCode !== undefined) throw new Redirect("/ui/setup");
    if (session !== undefined) throw new Redirect(next);
    const form = apiForm({
      api: "POST /session",
      then: next,
      submit: "Sign in",
      label: "Sign in",
      body: html`${
        field({
          label: "Name",
          name: "name",
          required: true,
          autocomplete: "username",
          maxlength: 64,
        })
      }${
        field({
          label: "Password",
          name: "password",
          type: "password",
          required: true,
          autocomplete: "current-password",
        })
      }`,
    });
    return {
      title: "Sign in",
      body: html`
        <div
          class="door"><div class="brand">${mark()}<span>rtpedge</span></div><h1>Sign in</h1>${form}<p class="hint">No access, or the password is lost? An administrator can give you a new one.</p></div>
      `,
    };
  },
};
