/**
 * What tells the browser whose password a form is about: nobody's name.
 *
 * @module
 */

import { html } from "./html.ts";

/** Stands in forms with a password that ask for no name, so that none is kept under a wrong one. */
export const USER_NAME_FIELD =
  html`<input type="text" autocomplete="username" aria-hidden="true" tabindex="-1" hidden>`;
