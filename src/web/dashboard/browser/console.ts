/**
 * The ng console.
 *
 * @module
 */

import type { Example } from "../console_examples.ts";
import { fixed } from "../format.ts";
import { type DiffLine, diffLines } from "../sdp_diff.ts";
import { ApiError, ask } from "./api.ts";

/** Makes the form work, on its page. */
export function start(): void {
  const form = document.querySelector<HTMLFormElement>("form#ng");
  if (form !== null) new Console(form).start();
}

interface Answer {
  readonly reply: Readonly<Record<string, unknown>>;
  readonly milliseconds: number;
}

class Console {
  readonly #form: HTMLFormElement;
  readonly #example: HTMLSelectElement;
  readonly #message: HTMLTextAreaElement;
  readonly #sdp: HTMLTextAreaElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#example = form.querySelector("#example")!;
    this.#message = form.querySelector("#message")!;
    this.#sdp = form.querySelector("#sdp")!;
  }

  start(): void {
    const examples = JSON.parse(this.#example.dataset["examples"] ?? "[]") as Example[];
    this.#example.addEventListener("change", () => {
      const example = examples[Number(this.#example.value)];
      if (example === undefined) return;
      this.#message.value = JSON.stringify(example.message, undefined, 2);
      this.#sdp.value = example.sdp ?? "";
      element("about").textContent = example.about;
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit();
    });
  }

  async #send(): Promise<void> {
    const error = this.#form.querySelector<HTMLElement>("[data-error]")!;
    error.hidden = true;
    const sdp = this.#sdp.value.replaceAll(/\r?\n/g, "\r\n");
    try {
      const message: unknown = JSON.parse(this.#message.value);
      if (typeof message !== "object" || message === null || Array.isArray(message)) {
        throw new Error("the message is no dictionary");
      }
      const answer = await ask("POST", "/ng", {
        message: sdp === "" ? message : { ...message, sdp },
      }) as Answer;
      this.#show(answer, sdp);
    } catch (problem) {
      error.textContent = problem instanceof ApiError ? problem.text : String(problem);
      error.hidden = false;
    }
  }

  #show({ reply, milliseconds }: Answer, before: string): void {
    const { sdp, ...rest } = reply;
    const pre = document.createElement("pre");
    pre.tabIndex = 0;
    pre.textContent = JSON.stringify(rest, undefined, 2);
    element("reply").replaceChildren(pre);
    const good = reply["result"] !== "error" && reply["result"] !== "load limit";
    const word = document.createElement("span");
    word.className = `badge ${good ? "ok" : "problem"}`;
    word.textContent = `${good ? "✓" : "✕"} ${String(reply["result"])}`;
    const time = document.createElement("span");
    time.className = "muted";
    time.textContent = `${fixed(milliseconds, 2)} ms`;
    element("verdict").replaceChildren(word, time);
    const compare = element("compare");
    compare.hidden = typeof sdp !== "string";
    if (typeof sdp !== "string") return;
    const lines = diffLines(before, sdp);
    element("before").replaceChildren(...side(lines, "added"));
    element("after").replaceChildren(...side(lines, "removed"));
  }
}

/** One side of the comparison: an empty line stands where only the other side has one. */
function side(lines: readonly DiffLine[], other: DiffLine["kind"]): HTMLElement[] {
  return lines.map(({ kind, text }) => {
    const line = document.createElement(
      kind === "removed" ? "del" : kind === "added" ? "ins" : "span",
    );
    line.className = `line-${kind === other ? "none" : kind}`;
    line.textContent = kind === other ? " " : `${SIGNS[kind]} ${text}`;
    return line;
  });
}

const SIGNS = { same: " ", removed: "−", added: "+" } as const;

function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}
