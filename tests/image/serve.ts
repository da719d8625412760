/**
 * A web server for update bundles, run in the network of a machine: files with ranges, nothing else.
 *
 * Usage: serve.ts ADDRESS PORT FOLDER
 *
 * @module
 */

import { open } from "node:fs/promises";

const [hostname = "", port = "", folder = ""] = Deno.args;

Deno.serve({ hostname, port: Number(port), onListen() {} }, async (request) => {
  const name = new URL(request.url).pathname.replace(/^.*\//, "");
  const stat = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
  if (stat?.isFile !== true) return new Response("no such file", { status: 404 });
  const { size } = stat;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  const from = range === null ? 0 : Number(range[1]);
  const to = range === null || range[2] === "" ? size - 1 : Math.min(Number(range[2]), size - 1);
  const headers = {
    "Accept-Ranges": "bytes",
    "Content-Length": String(to - from + 1),
    ...(range === null ? {} : { "Content-Range": `bytes ${from}-${to}/${size}` }),
  };
  if (request.method === "HEAD") return new Response(null, { headers });
  async function* chunks() {
    await using file = await open(`${folder}/${name}`);
    const chunk = new Uint8Array(1 << 18);
    for (let at = from; at <= to;) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, to - at + 1), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield chunk.slice(0, bytesRead);
    }
  }
  return new Response(ReadableStream.from(chunks()), {
    status: range === null ? 200 : 206,
    headers,
  });
});
