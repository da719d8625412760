/**
 * The audit log.
 *
 * @module
 */

import type { AuditEntry } from "../../../access/mod.ts";
import { badge, card, code, empty, table, time } from "../components.ts";
import { type Html, html } from "../html.ts";
import type { Page } from "../page.ts";

const SHOWN = 50;

/** `/ui/security/audit`. */
export const AUDIT_PAGE: Page = {
  path: "/security/audit",
  section: "security",
  needs: "admin",
  render({ services, query }) {
    const kind = ["change", "refusal"].includes(query.get("kind") ?? "")
      ? query.get("kind") as AuditEntry["kind"]
      : undefined;
    const asked = Number(query.get("before"));
    const before = Number.isSafeInteger(asked) && asked > 0 ? asked : undefined;
    const entries = services.access.audit.read({ before, limit: SHOWN + 1, kind });
    const shown = entries.slice(0, SHOWN);
    const last = shown.at(-1)?.number;
    const href = (more: Record<string, string>) => `?${new URLSearchParams(more)}`;
    const tab = (text: string, value: string | undefined) =>
      html`
        <a class="button plain" href="${href(
          value === undefined ? {} : { kind: value },
        )}" ${kind === value
          ? html`
            aria-current="true"
          `
          : undefined}>${text}</a>
      `;
    return {
      title: "Audit log",
      trail: [{ text: "Security", href: "/ui/security" }],
      actions: html`${tab("All", undefined)}${tab("Changes", "change")}${
        tab("Refusals", "refusal")
      }`,
      body: card({
        title: "Who did what, newest first",
        wide: true,
        body: html`
          ${table({
            caption: "Audit log",
            columns: [
              { label: "When" },
              { label: "Who" },
              { label: "From", minor: true },
              { label: "What" },
              { label: "Before and after" },
            ],
            rows: shown.map((entry) => [
              time(entry.at),
              entry.actor,
              entry.address === "" ? "this host" : entry.address,
              html`${entry.kind === "refusal" ? badge("warning", "refused") : undefined} ${
                code(entry.action)
              } ${entry.target}`,
              sides(entry),
            ]),
            empty: empty("Nothing was changed yet", "Every change is noted here with who made it."),
          })}<nav class="pager" aria-label="Pages">
            <p>${shown.length} entries</p>
            <div class="actions">${before === undefined
              ? undefined
              : html`<a class="button plain" href="${
                href(kind === undefined ? {} : { kind })
              }">Newest</a>`}${entries.length <= SHOWN || last === undefined
              ? undefined
              : html`<a class="button plain" href="${
                href({ ...(kind === undefined ? {} : { kind }), before: String(last) })
              }">Older</a>`}</div>
          </nav>
        `,
      }),
    };
  },
};

function sides({ before, after }: AuditEntry): Html | undefined {
  if (before === undefined && after === undefined) return undefined;
  return html`<details><summary>Show</summary>${
    before === undefined ? undefined : html`
      <p class="hint">Before</p>
      <pre>${pretty(before)}</pre>
    `
  }${
    after === undefined ? undefined : html`
      <p class="hint">After</p>
      <pre>${pretty(after)}</pre>
    `
  }</details>`;
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
