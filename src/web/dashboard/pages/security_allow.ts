/**
 * Control listeners: who may use them, and whether they need a credential.
 *
 * @module
 */

import type { AllowListReport } from "../../admin/upkeep_reports.ts";
import { apiForm, badge, card, code, table } from "../components.ts";
import { type Html, html } from "../html.ts";
import type { PageContext } from "../page.ts";

/** The card. */
export function allowListCard({ services }: PageContext): Html {
  const lists = services.upkeep.allowLists();
  const used = lists.filter(({ addresses }) => addresses.length > 0);
  const common = services.configuration().options.find(({ name }) => name === "control-allow");
  const rows = used.map((list) => [
    code(list.listener),
    list.addresses.join(", "),
    list.effective.length === 0
      ? badge(list.credential ? "note" : "warning", "everybody")
      : list.effective.join(", "),
    list.own.length > 0 ? "its own" : "control-allow",
    list.credential ? badge("ok", "needed") : badge("neutral", "none"),
  ]);
  const commonEntries = common === undefined || common.isDefault ? [] : common.value.split(";");
  return card({
    id: "allow-lists",
    title: "Control listeners",
    wide: true,
    body: html`
      ${table({
        caption: "Control listeners",
        columns: [
          { label: "Listener" },
          { label: "Address" },
          { label: "Who may use it" },
          { label: "List", minor: true },
          { label: "Credential" },
        ],
        rows,
        empty: html`<p class="hint">There are no control listeners.</p>`,
      })}<p
        class="hint below">Whether a listener needs a credential is the option ${code(
          "control-auth",
        )} in the configuration.</p><details
        class="below">
        <summary>Change who may use them</summary>
        <div class="cards flat">${listForm({
          option: "control-allow",
          title: "Everything without a list of its own",
          own: commonEntries,
        })}${used.map((list) => listForm({ ...list, title: list.listener }))}</div>
      </details>
    `,
  });
}

function listForm(
  { option, title, own }: Pick<AllowListReport, "option" | "own"> & { title: string },
): Html {
  const id = `field-${option}`;
  return apiForm({
    api: `PUT /allow-lists/${option}`,
    submit: "Apply",
    label: `Addresses of ${title}`,
    body: html`
      <div
        class="field"><label for="${id}">${title}</label><textarea class="code" id="${id}" name="entries" rows="4" data-kind="lines" spellcheck="false" aria-describedby="${id}-hint">${own
          .join(
            "\n",
          )}</textarea><p class="hint" id="${id}-hint">One address or network on each line, as 192.0.2.0/24. ${option ===
            "control-allow"
          ? "Empty: everybody."
          : "Empty: as control-allow."}</p></div>
    `,
  });
}
