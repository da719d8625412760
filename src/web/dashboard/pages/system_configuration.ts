/**
 * The configuration: options, the file, what a change would do, former ones.
 *
 * @module
 */

import { badge, card, code, empty, prose, table, time } from "../components.ts";
import { attributes, type Html, html } from "../html.ts";
import type { PageContext } from "../page.ts";

/** Revisions shown on the page. */
const REVISIONS = 15;

/** The cards. */
export function configurationCards(context: PageContext): Html {
  return html`${fileCard(context)}${optionsCard(context)}${historyCard(context)}`;
}

function fileCard({ services }: PageContext): Html {
  const { path, text, version, readOnly, pending } = services.upkeep.configuration.current();
  const state = pending.length === 0
    ? badge("ok", "in effect")
    : badge("warning", "a restart is due");
  const due = pending.length === 0
    ? undefined
    : html`<p class="notice warning">Changed since the start, in effect after a restart: ${
      pending.map((name) =>
        html`
          ${code(name)}
        `
      )
    }</p>`;
  const locked = readOnly === undefined ? undefined : html`
    <p
      class="notice note">It cannot be written from here: ${readOnly}. Changes can be checked and downloaded.</p>
  `;
  return card({
    id: "configuration",
    title: "Configuration file",
    wide: true,
    actions: state,
    body: html`
      <p class="hint">${path === undefined
        ? "There is no file."
        : code(path)}</p>${due}${locked}<form class="form" id="configuration-form"
        aria-label="Configuration file" ${attributes({
          "data-version": version,
          "data-locked": readOnly !== undefined,
        })}>
        <div
          class="field"><label for="configuration-text">Text</label><textarea class="code" id="configuration-text" rows="14" spellcheck="false" autocomplete="off" maxlength="262144">${text}</textarea></div>
        <p class="error" role="alert" data-error hidden></p>
        <div
          class="actions"><button type="submit" class="button primary">Check the change</button><button type="button" class="button" id="configuration-download">Download</button></div>
        <div id="configuration-review" role="status"></div>
      </form>
    `,
  });
}

function optionsCard({ services }: PageContext): Html {
  const { options } = services.configuration();
  const rows = options.filter(({ inEffect, inFile }) => inEffect && inFile).map((option) => [
    html`<span${attributes({ id: `option-${option.name}` })}>${code(option.name)}</span>`,
    html`${
      option.isDefault ? html`<span class="hint">${option.value || "—"}</span>` : option.value
    }${
      // what is no number has no unit
      option.unit === "" || !/\d/.test(option.value) ? undefined : html`
        ${option.unit}
      `}`,
    option.isDefault ? "default" : option.source,
    prose(option.help),
    html`
      <button type="button" class="button" ${attributes({
        "data-option": option.name,
        "data-value": option.isDefault || option.value === "***" ? undefined : option.value,
        "data-allowed": option.allowed,
        "aria-label": `Change ${option.name}`,
      })}>Change</button>
    `,
  ]);
  return card({
    id: "options",
    title: "Options",
    wide: true,
    body: html`
      <div
        class="field"><label for="option-search">Search</label><input type="search" id="option-search" autocomplete="off" data-search="options"></div><dialog
        id="option-dialog" aria-labelledby="option-title">
        <form method="dialog" class="form" id="option-form">
          <h2 id="option-title">Change an option</h2>
          <p class="hint" id="option-help"></p>
          <div
            class="field"><label for="option-value">Value</label><input type="text" id="option-value" autocomplete="off" aria-describedby="option-allowed"><p class="hint" id="option-allowed"></p></div>
          <p
            class="hint">The change goes into the text of the file above, where it is checked before it is applied. Empty: the option is taken out of the file.</p>
          <div
            class="actions"><button type="submit" class="button primary" value="put">Put into the file</button><button type="submit" class="button" value="no" formnovalidate>Cancel</button></div>
        </form>
      </dialog>${table({
        caption: "Options in effect",
        columns: [
          { label: "Option" },
          { label: "Value" },
          { label: "From", minor: true },
          { label: "What it is", minor: true },
          { label: "" },
        ],
        rows,
        empty: "",
      })}
    `,
  });
}

function historyCard({ services }: PageContext): Html {
  const { configuration } = services.upkeep;
  const { text: now } = configuration.current();
  const revisions = configuration.history().slice(0, REVISIONS);
  return card({
    id: "history",
    title: "Former configurations",
    wide: true,
    body: table({
      caption: "Former configurations",
      columns: [
        { label: "Number" },
        { label: "When" },
        { label: "Who" },
        { label: "Why", minor: true },
        { label: "" },
      ],
      rows: revisions.map(({ number, at, actor, comment, text }) => [
        html`<a href="/ui/system/history/${number}">${number}</a>`,
        time(at),
        actor === "" ? "changed outside" : actor,
        comment,
        text === now ? badge("ok", "as now") : "",
      ]),
      empty: empty("There is none yet", "Every configuration that is applied here is kept."),
    }),
  });
}
