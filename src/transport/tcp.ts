/**
 * ng over TCP: messages follow one another without a delimiter; replies come in the order of the requests.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { DecodeError } from "../ng/errors.ts";
import { MessageScanner } from "../ng/scanner.ts";
import type { NgSource } from "../ng/types.ts";
import { readPreface } from "./preface.ts";
import { listenStream, type StreamConnection } from "./stream_server.ts";
import { type Listener, RATE_EXCEEDED, type TransportContext } from "./types.ts";

const READ_SIZE = 65_536;
const NOTHING = new Uint8Array();

/**
 * Opens an ng listener on TCP.
 *
 * @throws {Error} when the address cannot be bound
 */
export function listenTcp(local: Endpoint, context: TransportContext): Listener {
  return listenStream(local, context, (connection, stopping) => {
    return serve(connection, context, stopping);
  });
}

async function serve(
  connection: StreamConnection,
  context: TransportContext,
  stopping: () => boolean,
): Promise<void> {
  const preface = await readPreface(connection, context, "ng");
  if (!preface.allowed) return;
  const source: NgSource = {
    transport: "tcp",
    peer: connection.peer,
    local: connection.local,
    ...(preface.permissions.has("admin") ? {} : { callsOnly: true }),
  };
  const scanner = new MessageScanner(context.limits.maxMessage);
  const buffer = new Uint8Array(READ_SIZE);
  let unfinished = false;
  let received = preface.rest;
  while (!stopping()) {
    if (received.length === 0) {
      const count = await connection.read(buffer);
      if (count === null) return;
      received = buffer.subarray(0, count);
    }
    connection.busy = true;
    scanner.push(received);
    received = NOTHING;
    try {
      for (let message = scanner.next(); message !== undefined; message = scanner.next()) {
        unfinished = false;
        if (!preface.holds()) return;
        await answer(message, source, connection, context);
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      // The place in the stream is lost: say why, and end the connection.
      const reply = context.handlers.ng.refuse(scanner.rest, reasonOf(scanner.rest), source);
      if (reply !== undefined) await connection.write(reply);
      await connection.finish();
      return;
    }
    // The time runs from the first byte of a message, not from the latest.
    if (scanner.pending === 0) connection.expectWithin(Infinity);
    else if (!unfinished) connection.expectWithin(context.limits.receiveTimeout);
    unfinished = connection.busy = scanner.pending > 0;
  }
}

async function answer(
  message: Uint8Array,
  source: NgSource,
  connection: StreamConnection,
  { handlers, admission }: TransportContext,
): Promise<void> {
  const verdict = admission.admit(source.peer.address);
  if (verdict === "source") throw new Error(`${source.peer.address} may not ask any more`);
  const reply = verdict === "rate"
    ? handlers.ng.refuse(message, RATE_EXCEEDED, source)
    : await handlers.ng.handle(message, source);
  if (reply !== undefined) await connection.write(reply);
}

function reasonOf(rest: Uint8Array): string {
  const first = rest[rest.indexOf(0x20) + 1];
  if (first === 0x64) return "Could not decode bencode dictionary";
  return first === 0x7b ? "Failed to parse JSON document" : "Invalid NG data format";
}
