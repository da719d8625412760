/**
 * The security page: a new token is shown once, PEM files go into their fields, a user is chosen.
 *
 * @module
 */

import { byId } from "./dom.ts";
import { refreshAll } from "./refresh.ts";
import { say } from "./say.ts";

/** Longest file that is taken into a field. */
const MAX_FILE = 200_000;

/** Listens to what happens on the page. */
export function start(): void {
  document.addEventListener("done", (event) => {
    const form = event.target as HTMLElement;
    if (form.id === "new-token") showToken((event as CustomEvent<{ text: string }>).detail.text);
    if (form.id === "certificate-upload") warn((event as CustomEvent<Uploaded>).detail);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.dataset["into"] !== undefined) void take(field);
    if (field instanceof HTMLSelectElement && field.dataset["path"] !== undefined) {
      const form = field.closest("form");
      if (form === null) return;
      form.dataset["api"] = `PATCH ${field.dataset["path"]}${encodeURIComponent(field.value)}`;
    }
  });
  document.addEventListener("click", (event) => {
    const { id } = event.target as HTMLElement;
    if (id === "token-copy") void copy();
    if (id === "token-seen") void refreshAll();
  });
}

interface Uploaded {
  readonly warnings: readonly string[];
}

function showToken(text: string): void {
  const [place, shown] = [
    document.getElementById("token-made"),
    document.getElementById("token-text"),
  ];
  if (place === null || shown === null) return;
  shown.textContent = text;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
  byId("new-token", HTMLFormElement)?.reset();
}

async function copy(): Promise<void> {
  const text = document.getElementById("token-text")?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    say("The browser does not let pages copy: mark the token and copy it by hand.");
  }
}

function warn({ warnings }: Uploaded): void {
  say("The certificate is in use.");
  for (const warning of warnings) say(`Mind that ${warning}.`);
}

async function take(field: HTMLInputElement): Promise<void> {
  const file = field.files?.[0];
  const target = byId(field.dataset["into"] ?? "", HTMLTextAreaElement);
  if (file === undefined || target === undefined) return;
  if (file.size > MAX_FILE) return say("The file is too long for a certificate.");
  target.value = await file.text();
  field.value = "";
}
