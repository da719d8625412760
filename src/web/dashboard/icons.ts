/**
 * Icons, drawn on a grid of 20 with lines of the text's colour. They say nothing that a word beside them
 * does not say.
 *
 * @module
 */

import { constantMarkup, type Html } from "./html.ts";

const PATHS = {
  overview: "M3 11h4l2-6 3 10 2-4h3",
  calls:
    "M6.5 3.5 8 7 6.3 8.3a9 9 0 0 0 5.4 5.4L13 12l3.5 1.5v2.3c0 .7-.6 1.2-1.3 1.2C8.5 16.6 3.4 11.5 3 4.8c0-.7.5-1.3 1.2-1.3z",
  interfaces: "M10 3v4M4 17v-4h12v4M10 7H6v6M10 7h4v6M2.5 17h3M14.5 17h3M8.5 3h3",
  clients: "M3 5h14v5H3zM3 12h14v4H3zM6 7.5h.01M6 14h.01",
  console: "M3 4h14v12H3zM6 8l2.5 2L6 12M10.5 12.5H14",
  security: "M10 2.5 16 5v4.5c0 4-2.5 6.5-6 8-3.5-1.5-6-4-6-8V5zM7.5 10l2 2 3.5-4",
  logs: "M4 5h12M4 9h12M4 13h8M4 17h5",
  system:
    "M10 7.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M10 2.5v2.2M10 15.3v2.2M2.5 10h2.2M15.3 10h2.2M4.7 4.7l1.6 1.6M13.7 13.7l1.6 1.6M15.3 4.7l-1.6 1.6M6.3 13.7l-1.6 1.6",
  health:
    "M10 16.5S3.5 12.7 3.5 8A3.4 3.4 0 0 1 10 6.5 3.4 3.4 0 0 1 16.5 8c0 4.7-6.5 8.5-6.5 8.5z",
  ok: "M4.5 10.5l3.5 3.5 7.5-8",
  note: "M10 9v5M10 6h.01M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15",
  warning: "M10 3 2.5 16.5h15zM10 8v4M10 14.3h.01",
  problem: "M6.5 2.5h7l4 4v7l-4 4h-7l-4-4v-7zM7 7l6 6M13 7l-6 6",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4",
  theme: "M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  leave: "M8 3.5H4v13h4M12.5 6.5 16 10l-3.5 3.5M16 10H8",
  person: "M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4 17c.5-3.5 3-5 6-5s5.5 1.5 6 5",
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon; hidden from those who do not see it. */
export function icon(name: IconName): Html {
  return constantMarkup(
    `<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">` +
      `<path d="${PATHS[name]}"/></svg>`,
  );
}
