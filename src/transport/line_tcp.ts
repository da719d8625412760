/**
 * Protocols of lines over TCP, the control tree and mediaproxy: one line in, its text out, and the
 * connection ends.
 *
 * @module
 */

import type { Permission } from "../access/mod.ts";
import { fromBytes, toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { readPreface } from "./preface.ts";
import { listenStream, type StreamConnection } from "./stream_server.ts";
import type { LineHandler, Listener, TransportContext } from "./types.ts";

const LINE_FEED = 0x0a;

/**
 * Opens a listener for the control tree.
 *
 * @throws {Error} when the address cannot be bound
 */
export function listenCli(local: Endpoint, context: TransportContext): Listener {
  return listenLines(local, context, { handle: (line) => context.handlers.cli(line) }, "admin");
}

/**
 * Opens a listener for lines.
 *
 * @param needed what clients must be allowed to, where credentials are demanded; absent = nothing
 * @throws {Error} when the address cannot be bound
 */
export function listenLines(
  local: Endpoint,
  context: TransportContext,
  handler: LineHandler,
  needed?: Permission,
): Listener {
  const open = new Set<Endpoint>();
  return listenStream(local, context, async (connection) => {
    const { peer } = connection;
    open.add(peer);
    try {
      await serve(connection, context, needed, (line) => {
        const source = { transport: "tcp", peer, local: connection.local } as const;
        return handler.handle(line, source, [...open]);
      });
    } finally {
      open.delete(peer);
    }
  });
}

async function serve(
  connection: StreamConnection,
  context: TransportContext,
  needed: Permission | undefined,
  answer: (line: string) => string | Promise<string>,
): Promise<void> {
  const { limits, admission } = context;
  let received = new Uint8Array();
  if (needed !== undefined) {
    const preface = await readPreface(connection, context, needed);
    if (!preface.allowed) {
      await connection.write(toBytes(`${preface.message}; the first line must be: Bearer TOKEN\n`));
      await connection.finish();
      return;
    }
    received = preface.rest;
  }
  connection.expectWithin(limits.idleTimeout);
  const line = await readLine(connection, limits.maxCliLine, received);
  if (line === undefined || admission.admit(connection.peer.address) !== "ok") return;
  connection.busy = true;
  connection.expectWithin(Infinity);
  await connection.write(toBytes(await answer(line)));
  await connection.finish();
}

/** The first line that is not empty; undefined when it is too long or never ends. */
async function readLine(
  connection: StreamConnection,
  max: number,
  received: Uint8Array,
): Promise<string | undefined> {
  if (received.length > max) return undefined;
  let buffer = new Uint8Array(max + 1);
  buffer.set(received);
  let filled = received.length;
  for (let first = filled > 0;; first = false) {
    // what came with the first line is looked at before anything is waited for
    const count = first ? 0 : await connection.read(buffer.subarray(filled));
    if (count === null) return undefined;
    filled += count;
    for (;;) {
      const end = buffer.subarray(0, filled).indexOf(LINE_FEED);
      if (end < 0) break;
      const line = fromBytes(buffer.subarray(0, end)).replace(/\r$/, "");
      if (line !== "") return line;
      const rest = buffer.slice(end + 1, filled);
      buffer = new Uint8Array(max + 1);
      buffer.set(rest);
      filled = rest.length;
    }
    if (filled > max) return undefined;
  }
}
