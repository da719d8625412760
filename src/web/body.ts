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
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
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
