/**
 * The live tail of the log.
 *
 * @module
 */

import { localTime } from "../format.ts";
import { byId, element } from "./dom.ts";
import { onContent } from "./refresh.ts";

/** Entries that stay on the page. */
const MAX_SHOWN = 2000;

interface Entry {
  readonly number: number;
  readonly time: number;
  readonly level: string;
  readonly subsystem: string;
  readonly callId?: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Follows the log while its page is shown. */
export function start(): void {
  onContent(() => {
    const list = byId("log", HTMLOListElement);
    if (list !== undefined && list.dataset["live"] === undefined) follow(list);
  });
}

function follow(list: HTMLOListElement): void {
  list.dataset["live"] = "true";
  const pause = byId("log-pause", HTMLButtonElement);
  const state = document.getElementById("log-state");
  let after = Number(list.dataset["after"] ?? 0);
  let held: Entry[] = [];
  let paused = false;
  const tell = (text: string) => {
    if (state !== null) state.textContent = text;
  };
  const add = (entries: readonly Entry[]) => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    document.getElementById("log-empty")?.remove();
    list.append(...entries.map(line));
    while (list.childElementCount > MAX_SHOWN) list.firstElementChild?.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
  list.scrollTop = list.scrollHeight;
  const query = new URLSearchParams(list.dataset["filter"] ?? "");
  query.set("after", String(after));
  const stream = new EventSource(`/api/v1/logs/stream?${query}`);
  stream.addEventListener("entries", (event) => {
    // after a break the stream begins where this page was opened
    const fresh = (JSON.parse(event.data) as Entry[]).filter(({ number }) => number > after);
    after = fresh.at(-1)?.number ?? after;
    if (paused) {
      held = [...held, ...fresh].slice(-MAX_SHOWN);
      tell(`Paused; ${held.length} new entries wait`);
    } else {
      add(fresh);
    }
  });
  stream.addEventListener("left", (event) => tell(`${event.data} entries were left out`));
  stream.addEventListener("open", () => tell(paused ? "Paused" : "Live"));
  stream.addEventListener("error", () => tell("Not connected; trying again"));
  pause?.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) {
      add(held);
      held = [];
    }
    tell(paused ? "Paused" : "Live");
  });
  addEventListener("pagehide", () => stream.close());
}

function line({ time, level, subsystem, callId, message, fields }: Entry): HTMLElement {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${value}`).join(" ");
  const when = element("time", "", localTime(time, false));
  when.setAttribute("datetime", new Date(time).toISOString());
  when.title = localTime(time, true);
  const what = element("span", "what");
  if (callId !== undefined) {
    const link = document.createElement("a");
    link.href = `/ui/calls/${encodeURIComponent(callId)}`;
    link.textContent = callId;
    what.append(link, " ");
  }
  what.append(message);
  if (details !== "") what.append(" ", element("span", "details", details));
  return element(
    "li",
    `entry ${level}`,
    element("span", "when", when),
    element("span", "level", level),
    element("span", "part", subsystem),
    what,
  );
}
