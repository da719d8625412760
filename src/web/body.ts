/**
 * Request bodies, bounded while they arrive.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";

/** @returns the whole body, or undefined when it is longer than `max` bytes */
export async function readBody(
  request: IncomingMessage,
  max: number,
): Promise<Uint8Array | undefined> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > max) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // `for await` would destroy the request at an early end, and the answer with it
  const incoming = (request as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  for (;;) {
    const { value: chunk, done } = await incoming.next();
    if (done) break;
    length += chunk.length;
    if (length > max) return undefined;
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0];
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
