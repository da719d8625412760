/**
 * The system page: a change of the configuration is checked, shown and applied; a backup is looked into
 * before it is restored.
 *
 * @module
 */

import { ApiError, ask } from "./api.ts";
import { confirm } from "./confirm.ts";
import { byId, element, showError } from "./dom.ts";
import { keep } from "./download.ts";
import { onContent, refreshAll } from "./refresh.ts";
import { say } from "./say.ts";
import * as restore from "./restore.ts";

/** Column of the options that says what they are. */
const HELP = 3;

interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly live: boolean;
}

interface Proposal {
  readonly text: string;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly changes: readonly Change[];
  readonly lines: readonly { readonly kind: string; readonly text: string }[];
}

/** Listens to what happens on the page. */
export function start(): void {
  restore.start();
  onContent(search);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.id === "configuration-form") {
      event.preventDefault();
      void propose([]);
    }
    if (form.id === "option-form") {
      const { submitter } = event;
      if (submitter instanceof HTMLButtonElement && submitter.value === "put") void putOption();
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const option = target.closest<HTMLButtonElement>("button[data-option]");
    if (option !== null) askOption(option);
    if (target.id === "configuration-apply") void apply();
    if (target.id === "configuration-download") {
      keep(new Blob([text()?.value ?? ""], { type: "text/plain" }), "rtpedge.conf");
    }
  });
  document.addEventListener("input", (event) => {
    // what was checked is not what is there any more
    if ((event.target as HTMLElement).id === "configuration-text") review();
  });
}

function text(): HTMLTextAreaElement | undefined {
  return byId("configuration-text", HTMLTextAreaElement);
}

function form(): HTMLFormElement | undefined {
  return byId("configuration-form", HTMLFormElement);
}

async function propose(changes: readonly { name: string; value?: string }[]): Promise<void> {
  const field = text();
  if (field === undefined) return;
  showError(form(), undefined);
  try {
    const proposal = await ask("POST", "/configuration/proposal", {
      text: field.value,
      changes,
    }) as Proposal;
    if (changes.length > 0) field.value = proposal.text;
    review(proposal);
  } catch (error) {
    showError(form(), error instanceof ApiError ? error.text : String(error));
  }
}

/** Shows what a change would do, or nothing. */
function review(proposal?: Proposal): void {
  const place = document.getElementById("configuration-review");
  if (place === null) return;
  if (proposal === undefined) return place.replaceChildren();
  const { errors, warnings, changes, lines } = proposal;
  const parts: HTMLElement[] = [];
  for (const error of errors) parts.push(element("p", "notice problem", error));
  for (const warning of warnings) parts.push(element("p", "notice warning", warning));
  const changed = lines.some(({ kind }) => kind !== "same");
  if (!changed) parts.push(element("p", "notice note", "The text is what the file is already."));
  if (changes.length > 0) parts.push(changeList(changes));
  else if (changed && errors.length === 0) {
    parts.push(element("p", "hint", "No option changes its value."));
  }
  if (changed) parts.push(diff(lines));
  if (changed && errors.length === 0 && form()?.dataset["locked"] === undefined) {
    parts.push(applyRow(changes));
  }
  place.replaceChildren(...parts);
  place.scrollIntoView({ block: "nearest" });
}

function changeList(changes: readonly Change[]): HTMLElement {
  const list = element("ul", "changes");
  for (const { name, before, after, live } of changes) {
    list.append(element(
      "li",
      "",
      element("code", "", name),
      ": ",
      element("del", "", before || "nothing"),
      " → ",
      element("ins", "", after || "nothing"),
      " ",
      element("span", live ? "badge ok" : "badge warning", live ? "at once" : "after a restart"),
    ));
  }
  return list;
}

function diff(lines: Proposal["lines"]): HTMLElement {
  const list = element("ol", "diff");
  list.tabIndex = 0;
  list.setAttribute("aria-label", "Changed lines");
  for (const { kind, text: line } of lines) {
    const item = element("li", kind);
    if (kind !== "same") item.append(element("span", "hidden", `${kind}: `));
    item.append(line === "" ? " " : line);
    list.append(item);
  }
  return list;
}

function applyRow(changes: readonly Change[]): HTMLElement {
  const label = element("label", "", "Why (for the history)");
  label.setAttribute("for", "configuration-comment");
  const comment = document.createElement("input");
  Object.assign(comment, { id: "configuration-comment", type: "text", maxLength: 200 });
  const apply = document.createElement("button");
  Object.assign(apply, {
    id: "configuration-apply",
    type: "button",
    className: "button primary",
    textContent: changes.some(({ live }) => !live) ? "Apply; a restart is due then" : "Apply",
  });
  return element(
    "div",
    "form below",
    element("div", "field", label, comment),
    element("div", "actions", apply),
  );
}

async function apply(): Promise<void> {
  const [field, shown] = [text(), form()];
  if (field === undefined || shown === undefined) return;
  const comment = byId("configuration-comment", HTMLInputElement)?.value ?? "";
  if (
    !await confirm({
      title: "Apply this configuration?",
      detail:
        "It is written to the file and put into effect; the present one stays in the history.",
      yes: "Apply",
      danger: false,
    })
  ) return;
  try {
    await ask("PUT", "/configuration/file", {
      text: field.value,
      version: shown.dataset["version"],
      comment,
    });
    say("The configuration is applied.");
    await refreshAll();
  } catch (error) {
    showError(shown, error instanceof ApiError ? error.text : String(error));
  }
}

function askOption(button: HTMLButtonElement): void {
  const dialog = byId("option-dialog", HTMLDialogElement);
  const value = byId("option-value", HTMLInputElement);
  if (dialog === undefined || value === undefined) return;
  const { option = "", allowed = "", value: present = "" } = button.dataset;
  const help = button.closest("tr")?.cells[HELP]?.textContent?.trim() ?? "";
  dialog.dataset["name"] = option;
  fill("option-title", option);
  fill("option-help", `${help}.`);
  fill("option-allowed", `Allowed: ${allowed}.`);
  value.value = present;
  dialog.showModal();
  value.focus();
}

function fill(id: string, content: string): void {
  const place = document.getElementById(id);
  if (place !== null) place.textContent = content;
}

async function putOption(): Promise<void> {
  const name = byId("option-dialog", HTMLDialogElement)?.dataset["name"];
  const value = byId("option-value", HTMLInputElement)?.value ?? "";
  if (name === undefined) return;
  await propose([value === "" ? { name } : { name, value }]);
}

/** A field that hides the rows of a table which do not have its text. */
function search(): void {
  const field = document.querySelector<HTMLInputElement>("input[data-search]");
  if (field === null) return;
  field.addEventListener("input", () => {
    const needle = field.value.toLowerCase();
    const rows = document.querySelectorAll<HTMLElement>(
      `#${field.dataset["search"]} tbody tr`,
    );
    for (const row of rows) {
      row.hidden = needle !== "" && !(row.textContent ?? "").toLowerCase().includes(needle);
    }
  });
}
