/**
 * Operations about the log: the last entries, a live tail, a file.
 *
 * @module
 */

import {
  type KeptEntry,
  LEVEL_NAMES,
  type LogFilter,
  matcher,
  printable,
  SUBSYSTEMS,
} from "../../log/mod.ts";
import { type Operation, operation } from "./operation.ts";
import { Problem } from "./problem.ts";
import { Download, integer, object, oneOf, optional, string } from "./schema.ts";
import { LOG_PAGE } from "./upkeep_reports.ts";

/** Tails open at a time. */
const MAX_TAILS = 32;
/** Entries are sent together this often, in ms. */
const BATCH_MS = 250;
/** Entries that wait for a client that does not read; beyond, they are left out and counted. */
const MAX_WAITING = 2000;
/** Whether the client may still look is asked this often, in ms. */
const CHECK_MS = 5000;
/** Something is sent at least this often, in ms. */
const KEEPALIVE_MS = 15_000;

const FILTER = {
  level: optional(oneOf(LEVEL_NAMES, "only entries at least this bad")),
  subsystem: optional(oneOf(SUBSYSTEMS)),
  callId: optional(string({ max: 4096 })),
  text: optional(string({ max: 256, about: "part of the entry; case does not count" })),
};

let tails = 0;

/** The operations. */
export const LOG_OPERATIONS: readonly Operation[] = [
  operation({
    id: "readLog",
    method: "get",
    path: "/logs",
    summary: "The newest log entries that match, oldest first",
    needs: "read",
    query: object({
      ...FILTER,
      after: optional(integer(0, Number.MAX_SAFE_INTEGER, "only entries after this number")),
      limit: optional(integer(1, 1000)),
    }),
    response: LOG_PAGE,
    run({ services }, { query: { after = 0, limit = 200, ...filter } }) {
      const { logs } = services.upkeep;
      return { last: logs.last, entries: logs.read(filter, { after, limit }) };
    },
  }),
  operation({
    id: "tailLog",
    method: "get",
    path: "/logs/stream",
    summary: "Log entries that match as they come: server-sent events `entries`, JSON lists",
    needs: "read",
    query: object({
      ...FILTER,
      after: optional(integer(0, Number.MAX_SAFE_INTEGER, "begin with those after this number")),
    }),
    response: new Download("text/event-stream", "goes on until the client leaves", true),
    run({ services, known }, { query: { after, ...filter } }) {
      if (tails >= MAX_TAILS) {
        throw new Problem(503, "busy", `${MAX_TAILS} tails are open`, "close one of them");
      }
      const { logs } = services.upkeep;
      const first = after === undefined ? [] : logs.read(filter, { after, limit: 1000 });
      return { name: "log", body: tail(first, filter, (listener) => logs.listen(listener), known) };
    },
  }),
  operation({
    id: "downloadLog",
    method: "get",
    path: "/logs/file",
    summary: "The log entries that match, as a text file",
    needs: "read",
    query: object(FILTER),
    response: new Download("text/plain; charset=utf-8", "one line for each entry"),
    run({ services }, { query }) {
      const entries = services.upkeep.logs.read(query, { limit: Infinity });
      const text = entries.map((entry) => `${lineOf(entry)}\n`).join("");
      return { name: "rtpedge-log.txt", body: new TextEncoder().encode(text) };
    },
  }),
];

/** An entry as a line of text. */
export function lineOf({ time, level, subsystem, callId, message, fields }: KeptEntry): string {
  const details = Object.entries(fields).map(([name, value]) =>
    ` ${name}=${JSON.stringify(value)}`
  );
  const call = callId === undefined ? "" : `[${callId}] `;
  const line = `${new Date(time).toISOString()} ${level.toUpperCase()} ${subsystem}: ${call}` +
    message + details.join("");
  // one entry is one line, whatever is in it
  return printable(line);
}

/** A tail, until the client leaves or may not look any more. */
function tail(
  first: readonly KeptEntry[],
  filter: LogFilter,
  listen: (listener: (entry: KeptEntry) => void) => () => void,
  known: () => boolean,
): ReadableStream<Uint8Array> {
  const matches = matcher(filter);
  const encoder = new TextEncoder();
  let waiting: KeptEntry[] = [...first];
  let left = 0;
  let quiet = 0;
  let unchecked = 0;
  let end = (): void => {};
  return new ReadableStream({
    start(controller) {
      tails++;
      const leave = listen((entry) => {
        if (!matches(entry)) return;
        if (waiting.length >= MAX_WAITING) left++;
        else waiting.push(entry);
      });
      const timer = setInterval(() => {
        unchecked += BATCH_MS;
        if (unchecked >= CHECK_MS) {
          unchecked = 0;
          if (!known()) {
            end();
            controller.close();
            return;
          }
        }
        // a client that does not read is not written to
        if ((controller.desiredSize ?? 0) <= 0) return;
        quiet += BATCH_MS;
        if (waiting.length === 0 && left === 0 && quiet < KEEPALIVE_MS) return;
        quiet = 0;
        const batch = waiting;
        waiting = [];
        const more = left > 0 ? `event: left\ndata: ${left}\n\n` : "";
        left = 0;
        const text = batch.length === 0
          ? ": still here\n\n"
          : `event: entries\ndata: ${JSON.stringify(batch)}\n\n`;
        controller.enqueue(encoder.encode(text + more));
      }, BATCH_MS);
      end = () => {
        clearInterval(timer);
        leave();
        tails--;
        end = () => {};
      };
      // headers leave with the first bytes
      controller.enqueue(encoder.encode(": hello\n\n"));
    },
    cancel: () => end(),
  }, { highWaterMark: 4 });
}
