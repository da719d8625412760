/**
 * A page in place of one that cannot be shown.
 *
 * @module
 */

import type { Problem } from "../../admin/problem.ts";
import { html } from "../html.ts";
import { icon } from "../icons.ts";
import type { PageContent } from "../page.ts";

/** Says what is wrong and what to do. */
export function problemContent({ status, message, hint }: Problem): PageContent {
  const title = status === 404
    ? "Not found"
    : status === 403
    ? "Not allowed"
    : "Something is wrong";
  return {
    title,
    body: html`
      <div
        class="empty problem">${icon(
          "problem",
        )}<p><strong>${message}</strong></p><p>What to do: ${hint}.</p><p><a href="/ui/">Go to the overview</a></p></div>
    `,
  };
}
