/**
 * Protocols of lines over TCP, the control tree and mediaproxy: one line in, its text out, and the
 * connection ends.
 *
 * @module
 */

import { fromBytes, toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { listenStream, type StreamConnection } from "./stream_server.ts";
import type { LineHandler, Listener, TransportContext } from "./types.ts";

const LINE_FEED = 0x0a;

/**
 * Opens a listener for the control tree.
 *
 * @throws {Error} when the address cannot be bound
 */
export function listenCli(local: Endpoint, context: TransportContext): Listener {
  return listenLines(local, context, { handle: (line) => context.handlers.cli(line) });
}

/**
 * Opens a listener for lines.
 *
 * @throws {Error} when the address cannot be bound
 */
export function listenLines(
  local: Endpoint,
  context: TransportContext,
  handler: LineHandler,
): Listener {
  const open = new Set<Endpoint>();
  return listenStream(local, context, async (connection) => {
    const { peer } = connection;
    open.add(peer);
    try {
      await serve(connection, context, (line) => {
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
  { limits, admission }: TransportContext,
  answer: (line: string) => string | Promise<string>,
): Promise<void> {
  connection.expectWithin(limits.idleTimeout);
  const line = await readLine(connection, limits.maxCliLine);
  if (line === undefined || admission.admit(connection.peer.address) !== "ok") return;
  connection.busy = true;
  connection.expectWithin(Infinity);
  await connection.write(toBytes(await answer(line)));
  await connection.finish();
}

/** The first line that is not empty; undefined when it is too long or never ends. */
async function readLine(connection: StreamConnection, max: number): Promise<string | undefined> {
  let buffer = new Uint8Array(max + 1);
  let filled = 0;
  for (;;) {
    const count = await connection.read(buffer.subarray(filled));
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
