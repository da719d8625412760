/**
 * Who may do what: certificate, users, tokens, listeners with their allow-lists, the own password.
 *
 * @module
 */

import { MIN_PASSWORD, ROLES, SCOPES } from "../../../access/mod.ts";
import { apiForm, badge, button, card, choice, code, field, table, time } from "../components.ts";
import { type Html, html } from "../html.ts";
import { USER_NAME_FIELD } from "../user_name_field.ts";
import type { Page, PageContext } from "../page.ts";
import { allowListCard } from "./security_allow.ts";
import { certificateCard } from "./security_certificate.ts";

const ROLE_CHOICES = ROLES.map((value) => ({
  value,
  text: {
    admin: "admin: everything",
    operator: "operator: look, and act on calls",
    viewer: "viewer: look",
  }[value],
}));
const DAY = 86_400_000;
const SCOPE_TEXTS = {
  ng: "ng: speak the ng protocol",
  read: "read: metrics, and what a viewer may",
  admin: "admin: everything",
} as const;

/** `/ui/security`. */
export const SECURITY_PAGE: Page = {
  path: "/security",
  section: "security",
  needs: "known",
  render(context) {
    const own = context.session === undefined ? undefined : ownPassword();
    if (!context.may("admin")) {
      return { title: "Security", body: html`<div class="cards">${own}</div>` };
    }
    return {
      title: "Security",
      actions: html`<a class="button plain" href="/ui/security/audit">Audit log</a>`,
      body: html`${certificateCard(context)}${usersCard(context)}${tokensCard(context)}${
        allowListCard(context)
      }<div class="cards">${own}</div>`,
    };
  },
};

function usersCard({ services, session }: PageContext): Html {
  const users = services.access.users.list();
  const rows = users.map(({ name, role, created, lastLogin }) => {
    const isSelf = session?.user.name.toLowerCase() === name.toLowerCase();
    const path = `/users/${encodeURIComponent(name)}`;
    const other = ROLES.filter((one) => one !== role).map((to) =>
      button({
        label: `Make ${to}`,
        api: `PATCH ${path}`,
        body: { role: to },
        confirm: `Make ${name} ${to}?`,
        disabled: isSelf,
      })
    );
    const remove = button({
      label: "Remove",
      kind: "danger",
      api: `DELETE ${path}`,
      confirm: `Remove ${name}?`,
      detail: "Their sessions end at once.",
      disabled: isSelf,
    });
    return [
      html`${name}${
        isSelf
          ? html`
            ${badge("neutral", "you")}
          `
          : undefined
      }`,
      badge("neutral", role),
      time(created),
      lastLogin === undefined ? "never" : time(lastLogin),
      html`<div class="actions">${other}${remove}</div>`,
    ];
  });
  const form = apiForm({
    api: "POST /users",
    submit: "Add user",
    label: "New user",
    body: html`<div class="fields">${
      field({
        label: "Name",
        name: "name",
        required: true,
        maxlength: 64,
        autocomplete: "username",
      })
    }${choice({ label: "Role", name: "role", options: ROLE_CHOICES, value: "viewer" })}${
      field({
        label: "Password",
        name: "password",
        type: "password",
        required: true,
        autocomplete: "new-password",
        hint: `At least ${MIN_PASSWORD} characters.`,
      })
    }</div>`,
  });
  return card({
    id: "users",
    title: "Users",
    wide: true,
    body: html`
      ${table({
        caption: "Users",
        columns: [
          { label: "Name" },
          { label: "Role" },
          { label: "Added", minor: true },
          { label: "Last sign-in", minor: true },
          { label: "" },
        ],
        rows,
        empty: "",
      })}<details class="below"><summary>Add a user</summary>${form}</details><details
        class="below"><summary>Give a user a new password</summary>${newPassword(
          users.map(({ name }) => name),
        )}</details>
    `,
  });
}

/** The path has the name in it, so each user is a choice of paths; the script takes it over. */
function newPassword(names: readonly string[]): Html {
  return apiForm({
    id: "user-password",
    api: `PATCH /users/${encodeURIComponent(names[0] ?? "")}`,
    submit: "Set password",
    label: "New password of a user",
    body: html`
      <div
        class="fields">${USER_NAME_FIELD}<div class="field"><label for="user-password-name">User</label><select id="user-password-name" data-path="/users/">${names
          .map((name) => html`<option value="${name}">${name}</option>`)}</select></div>${field({
            label: "New password",
            name: "password",
            type: "password",
            required: true,
            autocomplete: "new-password",
            hint: "All their sessions end.",
          })}</div>
    `,
  });
}

function tokensCard({ services }: PageContext): Html {
  const now = services.clock.wall();
  const rows = services.access.tokens.list().map((token) => {
    const ended = token.expires !== undefined && token.expires <= now;
    return [
      token.name,
      html`${token.scopes.map((scope) => badge(scope === "admin" ? "warning" : "neutral", scope))}`,
      html`${time(token.created)} by ${token.createdBy}`,
      token.expires === undefined
        ? "never"
        : ended
        ? badge("problem", "ended")
        : time(token.expires),
      token.lastUsed === undefined ? "never" : time(token.lastUsed),
      button({
        label: "Revoke",
        kind: "danger",
        api: `DELETE /tokens/${token.id}`,
        confirm: `Revoke ${token.name}?`,
        detail: "Connections that use it end within a second.",
      }),
    ];
  });
  const form = apiForm({
    id: "new-token",
    api: "POST /tokens",
    submit: "Make token",
    label: "New token",
    then: "stay",
    body: html`
      <div class="fields">${field({
        label: "What for",
        name: "name",
        required: true,
        maxlength: 64,
      })}${endChoice(now)}</div>
      <fieldset><legend>Good for</legend>${SCOPES.map((scope) =>
        html`
          <label
            class="field inline"><input type="checkbox" name="scopes" value="${scope}"> ${SCOPE_TEXTS[
              scope
            ]}</label>
        `
      )}</fieldset>
    `,
  });
  return card({
    id: "tokens",
    title: "Tokens for programs",
    wide: true,
    body: html`
      <div id="token-made" class="made" role="status" hidden>
        <p><strong>This is the token. It is shown this once.</strong></p>
        <p>${code(html`<span id="token-text"></span>`)}</p>
        <div
          class="actions"><button type="button" class="button" id="token-copy">Copy</button><button type="button" class="button" id="token-seen">I have kept it</button></div>
      </div>${table({
        caption: "Tokens",
        columns: [
          { label: "What for" },
          { label: "Good for" },
          { label: "Made", minor: true },
          { label: "Ends" },
          { label: "Last used", minor: true },
          { label: "" },
        ],
        rows,
        empty: html`
          <p
            class="hint">There is none. SIP proxies and collectors of metrics need one where a listener demands it.</p>
        `,
      })}<details class="below"><summary>Make a token</summary>${form}</details>
    `,
  });
}

/** When a token ends, from now. */
function endChoice(now: number): Html {
  const options = [[30, "30 days"], [90, "90 days"], [365, "a year"]] as const;
  return html`
    <div
      class="field"><label for="token-ends">Ends after</label><select id="token-ends" name="expires" data-kind="number"><option value="">never</option>${options
        .map(([days, text]) =>
          html`<option value="${now + days * DAY}">${text}</option>`
        )}</select></div>
  `;
}

function ownPassword(): Html {
  return card({
    id: "own-password",
    title: "Your password",
    body: apiForm({
      api: "POST /session/password",
      submit: "Change password",
      label: "Your password",
      body: html`
        ${USER_NAME_FIELD}${field({
          label: "Present password",
          name: "present",
          type: "password",
          required: true,
          autocomplete: "current-password",
        })}<div
          class="field"><label for="own-new">New password</label><input id="own-new" name="password" type="password" required autocomplete="new-password"></div><div
          class="field"><label for="own-again">New password again</label><input id="own-again" name="again" type="password" required autocomplete="new-password"></div><p
          class="hint">Your other sessions end.</p>
      `,
    }),
  });
}
