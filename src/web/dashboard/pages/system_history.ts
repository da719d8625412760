/**
 * A former configuration beside the present one.
 *
 * @module
 */

import { diffLines } from "../../../upkeep/mod.ts";
import { card, facts, time } from "../components.ts";
import { html } from "../html.ts";
import type { Page } from "../page.ts";
import { revertButton } from "./system.ts";

/** `/ui/system/history/:number`. */
export const REVISION_PAGE: Page = {
  path: "/system/history/:number",
  section: "system",
  needs: "admin",
  render({ services, params }) {
    const { configuration } = services.upkeep;
    const asked = params["number"] ?? "";
    const { number, at, actor, comment, text } = configuration.revision(
      /^\d{1,15}$/.test(asked) ? Number(asked) : 0,
    );
    const { text: now } = configuration.current();
    const lines = diffLines(now, text);
    const same = text === now;
    return {
      title: `Configuration ${number}`,
      trail: [{ text: "System", href: "/ui/system" }],
      ...(same ? {} : { actions: revertButton(number) }),
      body: html`${
        card({
          title: "What it is",
          wide: true,
          body: facts([
            ["Applied", time(at)],
            ["By", actor === "" ? "somebody outside of the program" : actor],
            ["Why", comment || "—"],
          ]),
        })
      }${
        card({
          title: same ? "The same as now" : "Compared with now",
          wide: true,
          body: html`<ol class="diff" tabindex="0" aria-label="Lines">${
            lines.map(({ kind, text: line }) =>
              html`<li class="${kind}">${
                kind === "same"
                  ? undefined
                  : html`<span class="hidden">${
                    kind === "added" ? "in this one: " : "now: "
                  }</span>`
              }${line === "" ? " " : line}</li>`
            )
          }</ol>`,
        })
      }`,
    };
  },
};
