/**
 * The product's sign.
 *
 * @module
 */

import { constantMarkup, type Html } from "./html.ts";

/** The sign, to stand beside the name. */
export function mark(): Html {
  return constantMarkup(
    `<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">` +
      `<rect width="32" height="32" rx="8" class="mark-ground"/>` +
      `<path d="M6 17h4l3-8 5 15 3-9 1.5 2H26" class="mark-line"/></svg>`,
  );
}
