/**
 * Requests through the daemon's own socket on this host. The part of this folder that touches the network.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { request } from "node:http";

/** A `fetch` that goes through a socket in the file system. */
export function socketFetch(
  socketPath: string,
): (url: string, init: RequestInit) => Promise<Response> {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url);
      const outgoing = request({
        socketPath,
        path: pathname + search,
        method: init.method ?? "GET",
        headers: { Host: "localhost", ...init.headers as Record<string, string> },
      }, (incoming) => {
        const chunks: Uint8Array[] = [];
        incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const status = incoming.statusCode ?? 500;
          const body = status === 204 ? null : Buffer.concat(chunks);
          resolve(new Response(body, { status }));
        });
      });
      outgoing.on("error", reject);
      init.signal?.addEventListener("abort", () => outgoing.destroy(new Error("timed out")));
      outgoing.end(init.body as string | undefined);
    });
}

/** Whether there is a socket that this user may use. */
export function isSocket(path: string): boolean {
  try {
    return Deno.statSync(path).isSocket === true;
  } catch {
    return false;
  }
}
