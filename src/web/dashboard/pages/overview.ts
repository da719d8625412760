/**
 * How it is going, at a glance.
 *
 * @module
 */

import { badge, card, empty, type Level, prose, stat, stats, table, time } from "../components.ts";
import { chart, rangeChoice } from "../charts.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { type LiveName, liveText } from "../live_text.ts";
import type { Page, PageContext } from "../page.ts";

/** Lines of the log that are shown. */
const ENTRIES = 8;

/** `/ui/`. */
export const OVERVIEW_PAGE: Page = {
  path: "/",
  section: "overview",
  needs: "read",
  render(context) {
    return {
      title: "Overview",
      actions: rangeChoice(),
      body: html`${now(context)}<div class="cards">${health(context)}${cores(context)}</div>
<div class="cards charts">${CHARTS.map(chart)}</div>
<div class="cards">${trouble(context)}</div>`,
    };
  },
};

const CHARTS: readonly Parameters<typeof chart>[0][] = [
  { title: "Calls", unit: "count", lines: [{ field: "calls", label: "Calls" }] },
  { title: "Packets per second", unit: "count", lines: [{ field: "packets", label: "Received" }] },
  { title: "Bit rate", unit: "bits", lines: [{ field: "bytes", label: "Received" }] },
  {
    title: "Packets missing",
    unit: "count",
    lines: [{ field: "lost", label: "Lost on the way" }, { field: "drops", label: "Refused" }],
  },
  {
    title: "Processors of the host",
    unit: "share",
    lines: [
      { field: "cpu", label: "All" },
      { field: "cpuMax", label: "Busiest" },
      { field: "softirqMax", label: "Soft interrupts" },
    ],
  },
  {
    title: "Processors used by rtpedge",
    unit: "cores",
    lines: [{ field: "process", label: "Process" }, { field: "relay", label: "Relay threads" }],
  },
  { title: "Quality reported (MOS)", unit: "score", lines: [{ field: "mos", label: "MOS" }] },
  {
    title: "Control requests per second",
    unit: "count",
    lines: [{ field: "requests", label: "Requests" }, { field: "failures", label: "Errors" }],
  },
  {
    title: "Time of a control request",
    unit: "ms",
    lines: [{ field: "latency", label: "Mean" }],
  },
];

function now({ services }: PageContext): Html {
  const live = services.observation.latest();
  const number = (label: string, name: LiveName, note?: LiveName) =>
    stat({
      label,
      live: name,
      value: liveText(name, live),
      ...(note === undefined ? {} : { note: liveText(note, live), liveNote: note }),
    });
  return card({
    title: "Now",
    wide: true,
    actions: html`<span class="muted">Up for <span data-live="uptime">${
      liveText("uptime", live)
    }</span></span>`,
    body: stats(
      number("Calls", "calls", "foreign"),
      number("Packets per second", "packets", "errors"),
      number("Bit rate", "bitrate", "received"),
      number("Loss", "loss", "lost"),
      number("Quality (MOS)", "mos", "jitter"),
      number("Kernel share", "kernel", "path"),
      number("Punts per second", "punts", "handed"),
      number("Host CPU", "cpu", "softirq"),
      number("rtpedge CPU", "process", "memory"),
      number("Ports in use", "ports", "fullest"),
    ),
  });
}

function cores({ services }: PageContext): Html {
  const { cores } = services.observation.latest();
  const rows = cores.map(({ core, busy, softirq }) =>
    html`
      <li
        data-core="${core}"><span>CPU ${core}</span><svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="8" class="bar-ground"/><rect width="${busy *
          100}" height="8" class="bar-busy"/><rect width="${softirq *
          100}" height="8" class="bar-soft"/></svg><span class="bar-text">${percent(
            busy,
            0,
          )}, ${percent(softirq, 0)} soft</span></li>
    `
  );
  return card({
    title: "Processors",
    actions: html`
      <span
        class="legend"><span class="key series-1">Busy</span><span class="key series-3">Soft interrupts</span></span>
    `,
    body: rows.length === 0
      ? empty("Nothing is known about the processors", "/proc/stat cannot be read.")
      : html`<ul class="cores">${rows}</ul>`,
  });
}

const WORDS: Readonly<Record<Level, string>> = {
  ok: "All is well",
  note: "Worth knowing",
  warning: "Look at this",
  problem: "Something is wrong",
};

function health({ services }: PageContext): Html {
  const { level, facts } = services.health();
  const notable = facts.filter((fact) => fact.level === "problem" || fact.level === "warning");
  const rows = notable.map((fact) =>
    html`<li>${badge(fact.level, fact.title)} <span>${fact.value}</span>${
      fact.advice === undefined ? undefined : html`<p class="hint">${prose(fact.advice)}</p>`
    }</li>`
  );
  return card({
    id: "health",
    title: "Health",
    refresh: 15,
    actions: html`${badge(level, WORDS[level])}<a href="/ui/health">All checks</a>`,
    body: rows.length === 0
      ? empty("No check complains", `${facts.length} checks were made just now.`)
      : html`<ul class="list">${rows}</ul>`,
  });
}

function trouble({ services }: PageContext): Html {
  const entries = services.upkeep.logs.read({ level: "warning" }, { limit: ENTRIES }).reverse();
  return card({
    id: "trouble",
    title: "Latest warnings and errors",
    refresh: 5,
    wide: true,
    actions: html`<a href="/ui/logs">All logs</a>`,
    body: table({
      caption: "Latest warnings and errors",
      columns: [{ label: "When" }, { label: "Level" }, { label: "Message" }],
      rows: entries.map((entry) => [
        time(entry.time),
        badge(entry.level === "warning" ? "warning" : "problem", entry.level),
        html`${entry.message}${
          entry.callId === undefined ? undefined : html`
            <a href="/ui/calls/${encodeURIComponent(entry.callId)}">call</a>
          `
        }`,
      ]),
      empty: empty("Nothing since the start", "Warnings and errors appear here."),
    }),
  });
}
