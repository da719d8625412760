/**
 * Forms that narrow a list down, headings that sort it: what is typed or chosen shows at once.
 *
 * @module
 */

import { onContent, visit } from "./refresh.ts";

const PAUSE_MS = 250;

/** Makes forms with `data-filter` work: its value is the id of the part that changes. */
export function start(): void {
  onContent((root) => {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-filter]")) listen(form);
    for (const link of root.querySelectorAll<HTMLAnchorElement>("a[data-visit]")) sort(link);
  });
}

function listen(form: HTMLFormElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    clearTimeout(timer);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && value !== "") query.append(name, value);
    }
    const path = new URL(form.action).pathname;
    void visit(query.size > 0 ? `${path}?${query}` : path, [form.dataset["filter"] ?? ""]);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  form.addEventListener("change", show);
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
}

/** Sorts by a column; the part it is in is replaced, and the form's own choice of an order. */
function sort(link: HTMLAnchorElement): void {
  link.addEventListener("click", (event) => {
    const part = link.closest<HTMLElement>("[data-refresh][id]");
    if (part === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void visit(link.href, [part.id, `${part.id}-order`]);
  });
}
