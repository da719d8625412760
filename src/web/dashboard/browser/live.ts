/**
 * Live numbers: one stream for the whole page.
 *
 * @module
 */

import type { LiveReport } from "../../admin/observation.ts";
import { liveText } from "../live_text.ts";
import { signInAgain } from "./api.ts";

type Listener = (live: LiveReport) => void;

const listeners: Listener[] = [];
const WORDS = { connecting: "Connecting", live: "Live", lost: "No connection" } as const;
let latest: LiveReport | undefined;

/** Is told of every report, and of the last one at once. */
export function onLive(listener: Listener): void {
  listeners.push(listener);
  if (latest !== undefined) listener(latest);
}

/** Opens the stream on pages that show where they stand; it comes back by itself. */
export function start(): void {
  const pulse = document.querySelector<HTMLElement>("#pulse");
  if (pulse === null) return;
  onLive((live) => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const text = liveText(element.dataset["live"] ?? "", live);
      if (text !== undefined && element.textContent !== text) element.textContent = text;
    }
  });
  connect(pulse);
}

function connect(pulse: HTMLElement): void {
  const source = new EventSource("/api/v1/live");
  source.onmessage = ({ data }) => {
    show(pulse, "live");
    latest = JSON.parse(data) as LiveReport;
    for (const listener of listeners) listener(latest);
  };
  source.onerror = () => {
    show(pulse, "lost");
    // the browser goes on by itself unless it was refused
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => void again(pulse), 3000);
  };
}

async function again(pulse: HTMLElement): Promise<void> {
  try {
    const { status } = await fetch("/api/v1/now");
    if (status === 401) return signInAgain();
  } catch {
    // it does not answer yet
  }
  connect(pulse);
}

function show(pulse: HTMLElement, state: keyof typeof WORDS): void {
  if (pulse.dataset["state"] === state) return;
  pulse.dataset["state"] = state;
  const words = pulse.querySelector(".words");
  if (words !== null) words.textContent = WORDS[state];
}
