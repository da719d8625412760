/**
 * Files that the admin API makes when it is asked to: fetched with the session's secret, then kept.
 *
 * @module
 */

import { ApiError, signInAgain } from "./api.ts";

/** Has forms with `data-download` keep what the API answers. */
export function start(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["download"] === undefined) return;
    event.preventDefault();
    void fetchFor(form);
  });
}

async function fetchFor(form: HTMLFormElement): Promise<void> {
  const [method = "GET", path = ""] = (form.dataset["download"] ?? "").split(" ");
  const error = form.querySelector<HTMLElement>("[data-error]");
  const submit = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  if (error !== null) error.hidden = true;
  if (submit !== null) submit.disabled = true;
  try {
    await download(method, path, fields.length === 0 ? {} : Object.fromEntries(fields));
    form.reset();
  } catch (problem) {
    if (error === null) return;
    error.textContent = problem instanceof ApiError ? problem.text : String(problem);
    error.hidden = false;
  } finally {
    if (submit !== null) submit.disabled = false;
  }
}

/** Asks for a file and has the browser keep it. @throws ApiError */
export async function download(method: string, path: string, body: object): Promise<void> {
  const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? "";
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  if (response === undefined) {
    throw new ApiError(0, "rtpedge does not answer", "check whether it runs, then try again");
  }
  if (response.status === 401) return signInAgain();
  if (!response.ok) {
    const { error } = await response.json() as { error: { message: string; hint: string } };
    throw new ApiError(response.status, error.message, error.hint);
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  keep(await response.blob(), name ?? "download");
}

/** Has the browser keep something as a file. */
export function keep(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
