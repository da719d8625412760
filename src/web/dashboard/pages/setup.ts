/**
 * The first administrator.
 *
 * @module
 */

import { MIN_PASSWORD } from "../../../access/mod.ts";
import { apiForm, field } from "../components.ts";
import { html } from "../html.ts";
import { mark } from "../mark.ts";
import type { Page } from "../page.ts";
import { Redirect } from "../redirect.ts";

/** `/ui/setup`; leads away once there is an administrator. */
export const SETUP_PAGE: Page = {
  path: "/setup",
  needs: "none",
  render({ services }) {
    if (services.access.signIn.setupCode === undefined) throw new Redirect("/ui/login");
    const form = apiForm({
      api: "POST /setup",
      then: "/ui/",
      submit: "Create and sign in",
      label: "First administrator",
      body: html`${
        field({
          label: "Set-up code",
          name: "code",
          required: true,
          autocomplete: "one-time-code",
          maxlength: 64,
          hint:
            html`Printed on the console when the program starts, and in its log under systemd: <code>journalctl -u rtpedge</code>.`,
        })
      }${
        field({
          label: "Name",
          name: "name",
          value: "admin",
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
          autocomplete: "new-password",
          hint: `At least ${MIN_PASSWORD} characters. A few words are better than a few signs.`,
        })
      }${
        field({
          label: "Password again",
          name: "again",
          type: "password",
          required: true,
          autocomplete: "new-password",
        })
      }`,
    });
    return {
      title: "First start",
      body: html`
        <div
          class="door wide"><div class="brand">${mark()}<span>rtpedge</span></div><h1>Welcome</h1><p>There is no administrator yet. Whoever has the set-up code becomes the first one.</p>${form}</div>
      `,
    };
  },
};
