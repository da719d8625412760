/**
 * Buttons and forms that ask the admin API: what they ask stands in their `data-api`.
 *
 * @module
 */

import { ApiError, ask, signInAgain } from "./api.ts";
import { confirm } from "./confirm.ts";
import { bodyOf } from "./form_body.ts";
import { refreshAll } from "./refresh.ts";
import { say } from "./say.ts";

/** Listens to all buttons and forms of the page, those that come later included. */
export function listen(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("button[data-api]");
    if (button !== null) void press(button);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["api"] === undefined) return;
    event.preventDefault();
    void send(form);
  });
}

async function press(button: HTMLButtonElement): Promise<void> {
  const { confirm: title, detail = "" } = button.dataset;
  if (title !== undefined) {
    const yes = button.textContent?.trim() ?? "Yes";
    const danger = button.classList.contains("danger");
    if (!await confirm({ title, detail, yes, danger })) return;
  }
  const { body } = button.dataset;
  button.disabled = true;
  try {
    await carryOut(button, body === undefined ? undefined : JSON.parse(body));
  } catch (error) {
    say(error instanceof ApiError ? error.text : String(error));
  } finally {
    button.disabled = false;
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const error = form.querySelector<HTMLElement>("[data-error]");
  const submit = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (error !== null) error.hidden = true;
  if (submit !== null) submit.disabled = true;
  try {
    await carryOut(form, bodyOf(form));
  } catch (problem) {
    const text = problem instanceof ApiError
      ? problem.text
      : problem instanceof Error
      ? sentence(problem.message)
      : String(problem);
    if (error === null) return say(text);
    error.textContent = text;
    error.hidden = false;
  } finally {
    if (submit !== null) submit.disabled = false;
  }
}

/**
 * Asks, then does what `data-then` says. What hears the event `done` finds the answer in its detail, and may
 * prevent the rest.
 */
async function carryOut(element: HTMLElement, body: unknown): Promise<void> {
  const [method = "GET", path = ""] = (element.dataset["api"] ?? "").split(" ");
  let answer: unknown;
  try {
    answer = await ask(method, path, body);
  } catch (error) {
    // 401 also says that a password is wrong
    if (error instanceof ApiError && error.code === "unauthenticated") return signInAgain();
    throw error;
  }
  const done = new CustomEvent("done", { detail: answer, bubbles: true, cancelable: true });
  if (!element.dispatchEvent(done)) return;
  const { then = "reload", said } = element.dataset;
  if (said !== undefined) say(said);
  if (then === "reload") await refreshAll();
  else if (then !== "stay") location.assign(then);
  if (element instanceof HTMLFormElement && then === "reload" && element.isConnected) {
    element.reset();
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
