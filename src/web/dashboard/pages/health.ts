/**
 * What is well, what is not, and what to do.
 *
 * @module
 */

import { badge, card, empty, prose, stat, stats } from "../components.ts";
import { type Html, html } from "../html.ts";
import type { Page } from "../page.ts";

const LEVELS = ["problem", "warning", "note", "ok"] as const;
const WORDS = { ok: "Good", note: "Note", warning: "Warning", problem: "Problem" } as const;
const VERDICTS = {
  ok: "Everything that was looked at is well.",
  note: "Nothing is wrong; something could be better.",
  warning: "Something needs attention.",
  problem: "Something is wrong and should be put right now.",
} as const;

/** `/ui/health`. */
export const HEALTH_PAGE: Page = {
  path: "/health",
  section: "health",
  needs: "read",
  render({ services }) {
    const { level, facts } = services.health();
    const wrong = facts.filter((fact) => fact.level !== "ok")
      .sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
    const well = facts.filter((fact) => fact.level === "ok");
    const counts = LEVELS.map((name) =>
      stat({
        label: `${WORDS[name]}${name === "ok" || name === "note" ? "" : "s"}`,
        value: facts.filter((fact) => fact.level === name).length,
      })
    );
    return {
      title: "Health",
      actions: badge(level, WORDS[level]),
      body: html`${
        card({
          id: "health-summary",
          title: VERDICTS[level],
          wide: true,
          refresh: 10,
          body: html`${
            stats(...counts)
          }<p class="hint below">The same in a terminal: <code>rtpedge doctor</code>.</p>`,
        })
      }${
        card({
          id: "health-wrong",
          title: "To be looked at",
          refresh: 10,
          body: wrong.length === 0
            ? empty("There is nothing to do", "This page looks again every ten seconds.")
            : html`<ul class="findings">${wrong.map(finding)}</ul>`,
        })
      }${
        card({
          id: "health-well",
          title: "All right",
          refresh: 10,
          body: html`<ul class="findings">${well.map(finding)}</ul>`,
        })
      }`,
    };
  },
};

function finding(
  { level, title, value, advice }: {
    readonly level: keyof typeof WORDS;
    readonly title: string;
    readonly value: string;
    readonly advice?: string | undefined;
  },
): Html {
  return html`
    <li class="finding ${level}">
      <div>${badge(level, WORDS[level])}</div>
      <div><h3>${title}</h3><p>${value}</p>${advice === undefined
        ? undefined
        : html`<p class="advice"><strong>What to do:</strong> ${prose(advice)}.</p>`}</div>
    </li>
  `;
}
