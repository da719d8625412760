/**
 * Charts as pages declare them; the browser draws them.
 *
 * @module
 */

import type { Field } from "../../history/fields.ts";
import { attributes, type Html, html } from "./html.ts";

/** How values are written. */
export type Unit = "count" | "bits" | "share" | "ms" | "score" | "cores";

/** A line of a chart. */
export interface Line {
  readonly field: Field;
  /** In the legend. */
  readonly label: string;
}

/** A chart of the history. */
export interface Chart {
  readonly title: string;
  readonly unit: Unit;
  /** At most four. */
  readonly lines: readonly Line[];
}

/** The place of a chart. */
export function chart({ title, unit, lines }: Chart): Html {
  const more = attributes({
    "data-unit": unit,
    "data-lines": JSON.stringify(lines.map(({ field, label }) => [field, label])),
  });
  return html`
    <figure class="card chart" ${more}>
      <figcaption>
        <h2>${title}</h2>
        <p class="legend"></p>
      </figcaption>
      <div class="canvas"></div>
    </figure>
  `;
}

/** Buttons that choose how far back charts look. */
export function rangeChoice(): Html {
  const choices = [["5m", "5 min"], ["1h", "1 h"], ["24h", "24 h"]] as const;
  const buttons = choices.map(([range, text]) => {
    const pressed = String(range === "5m");
    return html`
      <button type="button" class="button plain" data-range="${range}"
        aria-pressed="${pressed}">${text}</button>
    `;
  });
  return html`<div class="actions ranges" role="group" aria-label="How far back charts look">${buttons}</div>`;
}
