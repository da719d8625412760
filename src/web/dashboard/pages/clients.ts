/**
 * Who sends control requests, how long they take, what goes wrong.
 *
 * @module
 */

import type { ClientsReport } from "../../admin/observation.ts";
import { badge, card, code, empty, since, table } from "../components.ts";
import { count, fixed, percent } from "../format.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";

/** Commands of a client that are named in its row. */
const NAMED = 6;

/** `/ui/clients`. */
export const CLIENTS_PAGE: Page = {
  path: "/clients",
  section: "clients",
  needs: "read",
  render({ services }) {
    const clients = services.observation.clients();
    const now = services.clock.wall();
    return {
      title: "Control clients",
      body: card({
        id: "clients",
        title: clients.length === 1 ? "1 client" : `${clients.length} clients`,
        refresh: 3,
        wide: true,
        actions: html`<span class="muted">Since the start of the program</span>`,
        body: table({
          caption: "Control clients",
          columns: [
            { label: "Client" },
            { label: "Heard", numeric: true },
            { label: "Requests", numeric: true },
            { label: "Again", numeric: true, minor: true },
            { label: "Errors", numeric: true },
            { label: "Median", numeric: true },
            { label: "99 %", numeric: true, minor: true },
            { label: "Slowest", numeric: true, minor: true },
            { label: "Commands", minor: true },
            { label: "Last error" },
          ],
          rows: clients.map((client) => rowOf(client, now)),
          empty: empty(
            "Nobody has asked yet",
            html`
              Point the SIP proxy at one of the listeners on the page <a
                href="/ui/interfaces">Interfaces</a>. Nothing arrives? Look at <code>control-allow</code> and the firewall.
            `,
          ),
        }),
      }),
    };
  },
};

function rowOf(client: ClientsReport[number], now: number) {
  const { requests, errors, lastError, commands } = client;
  const share = requests === 0 ? 0 : errors / requests;
  const ms = (value: number) => `${fixed(value, value < 10 ? 2 : 0)} ms`;
  return [
    html`${code(client.address)}<div class="tags">${client.transports.join(", ")}</div>`,
    html`${since(client.last, now)} ago`,
    count(requests),
    count(client.duplicates),
    errors === 0
      ? "0"
      : badge(share > 0.05 ? "warning" : "neutral", `${count(errors)} (${percent(share)})`),
    ms(client.median),
    ms(client.p99),
    ms(client.slowest),
    html`<div class="tags">${
      commands.slice(0, NAMED).map(({ command, requests, mean }) =>
        html`<span title="${ms(mean)} on average">${command} ${count(requests)}</span>`
      )
    }${
      commands.length > NAMED ? html`<span>and ${commands.length - NAMED} more</span>` : undefined
    }</div>`,
    lastError === undefined
      ? html`<span class="muted">none</span>`
      : html`${lastError.reason}<div class="tags">${lastError.command} ${
        since(lastError.at, now)
      } ago</div>`,
  ];
}
