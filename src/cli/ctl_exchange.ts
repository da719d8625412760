/**
 * The network side of `rtpedge ctl`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { type ByteString, fromBytes, toBytes } from "../core/bytes.ts";

/** Milliseconds without a byte after which the client gives up. */
export const CTL_TIMEOUT_MS = 3000;

/**
 * Sends one command line and reads the answer until the daemon closes the connection.
 *
 * @param timeoutMs longest silence
 * @throws Error with the reason when there is no connection, or no answer in time
 */
export function exchangeLine(
  host: string,
  port: number,
  line: ByteString,
  timeoutMs = CTL_TIMEOUT_MS,
): Promise<ByteString> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const socket = connect({ host, port }, () => socket.write(toBytes(`${line}\n`)));
    socket.setTimeout(
      timeoutMs,
      () => socket.destroy(new Error(`timed out after ${timeoutMs} ms`)),
    );
    socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    socket.on("error", reject);
    // A daemon that closes has said everything; after an error this changes nothing.
    socket.on("close", () => resolve(fromBytes(Buffer.concat(chunks))));
  });
}
