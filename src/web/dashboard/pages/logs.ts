/**
 * The log: the last entries with filters, a live tail, a download.
 *
 * @module
 */

import { type KeptEntry, LEVEL_NAMES, type LogFilter, SUBSYSTEMS } from "../../../log/mod.ts";
import { card, choice, empty, field, time } from "../components.ts";
import { attributes, type Html, html } from "../html.ts";
import type { Page } from "../page.ts";

/** Entries shown before the tail goes on. */
const SHOWN = 300;
const LEVEL_CHOICES = [
  { value: "", text: "All" },
  ...LEVEL_NAMES.slice(2).toReversed().map((value) => ({ value, text: `${value} and worse` })),
];
const PART_CHOICES = [
  { value: "", text: "All" },
  ...SUBSYSTEMS.map((value) => ({ value, text: value })),
];

/** `/ui/logs`. */
export const LOGS_PAGE: Page = {
  path: "/logs",
  section: "logs",
  needs: "read",
  render({ services, query }) {
    const filter = filterOf(query);
    const { logs } = services.upkeep;
    const entries = logs.read(filter, { limit: SHOWN });
    const search = new URLSearchParams(
      Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined),
    ).toString();
    const file = `/api/v1/logs/file${search === "" ? "" : `?${search}`}`;
    return {
      title: "Logs",
      actions: html`
        <button type="button" class="button plain" id="log-pause" aria-pressed="false">Pause</button><a
          class="button plain" href="${file}" download>Download</a>
      `,
      body: html`
        <form class="filters" method="get" action="/ui/logs" id="log-filter"
          aria-label="Filter">${choice({
            label: "Level",
            name: "level",
            options: LEVEL_CHOICES,
            value: filter.level ?? "",
          })}${choice({
            label: "Part",
            name: "subsystem",
            options: PART_CHOICES,
            value: filter.subsystem ?? "",
          })}${field({
            label: "Call-ID",
            name: "callId",
            value: filter.callId ?? "",
            maxlength: 4096,
          })}${field({
            label: "Text",
            name: "text",
            type: "search",
            value: filter.text ?? "",
            maxlength: 256,
          })}<div class="actions"><button type="submit" class="button">Filter</button></div></form>${card(
            {
              title: "Newest last",
              wide: true,
              actions:
                html`<span class="hint" id="log-state">The last ${entries.length} of ${logs.size} entries kept</span>`,
              body: html`
                <ol class="log" id="log" tabindex="0" aria-label="Log entries"
                  ${attributes({ "data-after": logs.last, "data-filter": search })}>${entries.map(
                    entryLine,
                  )}</ol>${entries.length > 0
                    ? undefined
                    : html`<div id="log-empty">${
                      empty("No entry matches", "New ones appear here as they come.")
                    }</div>`}
              `,
            },
          )}
      `,
    };
  },
};

/** The filter of a query; words that are none are left out. */
export function filterOf(query: URLSearchParams): LogFilter {
  const text = (name: string) => query.get(name)?.slice(0, 4096) || undefined;
  const [level, subsystem] = [text("level"), text("subsystem")];
  return {
    level: LEVEL_NAMES.find((name) => name === level),
    subsystem: SUBSYSTEMS.find((name) => name === subsystem),
    callId: text("callId"),
    text: text("text")?.slice(0, 256),
  };
}

function entryLine({ time: at, level, subsystem, callId, message, fields }: KeptEntry): Html {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${value}`).join(" ");
  return html`
    <li
      class="entry ${level}"><span class="when">${time(
        at,
      )}</span><span class="level">${level}</span><span class="part">${subsystem}</span><span class="what">${callId ===
          undefined
        ? undefined
        : html`
          <a href="/ui/calls/${encodeURIComponent(callId)}">${callId}</a>
        `}${message}${details === "" ? undefined : html`
        <span class="details">${details}</span>
      `}</span></li>
  `;
}
