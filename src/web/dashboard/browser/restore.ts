/**
 * A backup is read here, looked into by the API, and restored in parts that the operator chooses.
 *
 * @module
 */

import { ApiError, ask } from "./api.ts";
import { confirm } from "./confirm.ts";
import { byId, element, showError } from "./dom.ts";
import { refreshAll } from "./refresh.ts";
import { say } from "./say.ts";

/** Longest file that is read. */
const MAX_FILE = 4 << 20;

interface Report {
  readonly product: string;
  readonly host: string;
  readonly created: number;
  readonly sealed: boolean;
  readonly configuration?: {
    readonly errors: readonly string[];
    readonly changes: readonly { readonly name: string }[];
    readonly missing: readonly string[];
  };
  readonly access?: {
    readonly users: readonly string[];
    readonly tokens: readonly string[];
    readonly removed: readonly string[];
  };
  readonly certificate?: { readonly subject: string; readonly usable: boolean };
}

/** Listens to the form. */
export function start(): void {
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLElement).id !== "restore-form") return;
    event.preventDefault();
    void inspect();
  });
  document.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).id === "restore-go") void go();
  });
}

function form(): HTMLFormElement | undefined {
  return byId("restore-form", HTMLFormElement);
}

async function input(): Promise<{ backup: string; passphrase?: string } | undefined> {
  const file = byId("restore-file", HTMLInputElement)?.files?.[0];
  const passphrase = byId("field-restore-passphrase", HTMLInputElement)?.value ?? "";
  if (file === undefined) return undefined;
  if (file.size > MAX_FILE) {
    showError(form(), "The file is too long for a backup.");
    return undefined;
  }
  const backup = await file.text();
  return passphrase === "" ? { backup } : { backup, passphrase };
}

async function inspect(): Promise<void> {
  showError(form(), undefined);
  const given = await input();
  if (given === undefined) return;
  try {
    show(await ask("POST", "/restore/inspection", given) as Report);
  } catch (error) {
    show(undefined);
    showError(form(), error instanceof ApiError ? error.text : String(error));
  }
}

function show(report: Report | undefined): void {
  const place = document.getElementById("restore-report");
  const button = byId("restore-go", HTMLButtonElement);
  if (place === null || button === undefined) return;
  button.hidden = true;
  if (report === undefined) return place.replaceChildren();
  const { product, host, created, sealed, configuration, access, certificate } = report;
  const parts: HTMLElement[] = [
    element("p", "", `Made on ${host}, ${new Date(created).toLocaleString()}, rtpedge ${product}.`),
  ];
  if (sealed && configuration === undefined) {
    parts.push(element("p", "notice warning", "It is sealed: give its passphrase."));
  }
  if (configuration !== undefined) {
    const { errors, changes, missing } = configuration;
    for (const error of errors) parts.push(element("p", "notice problem", error));
    for (const name of missing) {
      parts.push(element("p", "notice warning", `The secret of ${name} is not in it.`));
    }
    const names = changes.map(({ name }) => name).join(", ") || "no option";
    parts.push(part("configuration", `Configuration: changes ${names}`, errors.length === 0));
  }
  if (access !== undefined) {
    const gone = access.removed.length === 0 ? "" : `; removed: ${access.removed.join(", ")}`;
    parts.push(
      part(
        "access",
        `Users ${access.users.join(", ")} and ${access.tokens.length} tokens${gone}`,
        true,
      ),
    );
  }
  if (certificate?.usable === true) {
    parts.push(part("certificate", `Certificate ${certificate.subject}`, true));
  }
  place.replaceChildren(...parts);
  button.hidden = place.querySelector("input:not(:disabled)") === null;
}

function part(name: string, label: string, usable: boolean): HTMLElement {
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "parts", value: name, checked: usable });
  box.disabled = !usable;
  return element("label", "field inline", box, ` ${label}`);
}

async function go(): Promise<void> {
  const place = document.getElementById("restore-report");
  const parts = [...place?.querySelectorAll<HTMLInputElement>("input:checked") ?? []]
    .map(({ value }) => value);
  const given = await input();
  if (given === undefined || parts.length === 0) return;
  const yes = await confirm({
    title: `Restore ${parts.join(", ")}?`,
    detail: "All of it is taken over, or nothing. Users that are not in the backup lose access.",
    yes: "Restore",
    danger: true,
  });
  if (!yes) return;
  try {
    await ask("POST", "/restore", { ...given, parts });
    say("The backup is restored.");
    await refreshAll();
  } catch (error) {
    showError(form(), error instanceof ApiError ? error.text : String(error));
  }
}
