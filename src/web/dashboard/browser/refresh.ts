/**
 * Parts of the page that are fetched again: what has `data-refresh` by itself, everything after a change.
 *
 * @module
 */

import { signInAgain } from "./api.ts";

type Hook = (root: ParentNode) => void;

const hooks: Hook[] = [];
const policy = makePolicy();
let under = false;

/** Has something done to the page now and to every part that replaces another later. */
export function onContent(hook: Hook): void {
  hooks.push(hook);
  hook(document);
}

/** Fetches parts again as often as they say, while somebody looks. */
export function start(): void {
  const dueAt = new Map<string, number>();
  setInterval(() => {
    if (document.hidden || under) return;
    const now = performance.now();
    const due = [...document.querySelectorAll<HTMLElement>("[data-refresh][id]")].filter((part) => {
      const every = Number(part.dataset["refresh"]) * 1000;
      const at = dueAt.get(part.id) ?? now + every;
      if (!dueAt.has(part.id)) dueAt.set(part.id, at);
      if (now < at) return false;
      dueAt.set(part.id, now + every);
      return true;
    });
    if (due.length > 0) void refresh(due.map(({ id }) => id));
  }, 250);
}

/** Fetches the page again, after a change. */
export async function refreshAll(): Promise<void> {
  await refresh(undefined);
}

/** Leads to another state of this page without loading it anew: filters, pages of a list. */
export async function visit(url: string, ids: readonly string[]): Promise<void> {
  history.replaceState(null, "", url);
  await refresh(ids);
}

async function refresh(ids: readonly string[] | undefined): Promise<void> {
  under = true;
  try {
    const asked = location.href;
    const response = await fetch(asked, { headers: { "X-Fragment": "1" } });
    // another state of the page has been asked for meanwhile, and comes
    if (location.href !== asked) return;
    if (response.status === 401) return signInAgain();
    if (response.redirected) return location.reload();
    const page = new DOMParser().parseFromString(
      policy.createHTML(await response.text()),
      "text/html",
    );
    if (ids === undefined || !response.ok) {
      const main = document.querySelector("#main");
      main?.replaceChildren(...page.body.childNodes);
      if (main !== null) { for (const hook of hooks) hook(main); }
      return;
    }
    for (const id of ids) replace(id, page);
  } catch {
    // it may be restarting; the sign in the corner tells, and the next attempt follows
  } finally {
    under = false;
  }
}

function replace(id: string, page: Document): void {
  const [old, next] = [document.getElementById(id), page.getElementById(id)];
  if (old === null || next === null || old.contains(openDialog())) return;
  // what is being pressed would be another element when it is let go, and nothing would happen
  if (old.querySelector(":active") !== null) return;
  const focus = pathTo(old, document.activeElement);
  const tables = [...old.querySelectorAll(".table")].map((one) => [one.scrollTop, one.scrollLeft]);
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  old.replaceWith(next);
  next.querySelectorAll(".table").forEach((one, i) => {
    [one.scrollTop, one.scrollLeft] = [tables[i]?.[0] ?? 0, tables[i]?.[1] ?? 0];
  });
  next.querySelectorAll("details").forEach((one, i) => one.open = open[i] ?? one.open);
  if (focus !== undefined) elementAt(next, focus)?.focus({ preventScroll: true });
  for (const hook of hooks) hook(next);
}

function openDialog(): Element | null {
  return document.querySelector("dialog[open]");
}

/** Positions on the way from an element down to another; undefined when that is not inside. */
function pathTo(root: Element, element: Element | null): number[] | undefined {
  if (element === null || !root.contains(element)) return undefined;
  const path: number[] = [];
  for (let at = element; at !== root && at.parentElement !== null; at = at.parentElement) {
    path.unshift([...at.parentElement.children].indexOf(at));
  }
  return path;
}

function elementAt(root: Element, path: readonly number[]): HTMLElement | undefined {
  let at: Element | undefined = root;
  for (const position of path) at = at?.children[position];
  return at instanceof HTMLElement ? at : undefined;
}

interface Policy {
  createHTML(text: string): string;
}

/** Browsers that check what becomes markup let through what this policy has made: our own pages. */
function makePolicy(): Policy {
  const types = (globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  }).trustedTypes;
  const rules: Policy = { createHTML: (text) => text };
  return types?.createPolicy("rtpedge", rules) ?? rules;
}
