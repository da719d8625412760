import assert from "node:assert/strict";
import { httpPost } from "./post.ts";

/** Serves `handler` on a port of its own while `use` runs. */
async function serving(
  handler: (request: Request) => Response | Promise<Response>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: ending.signal, onListen() {} };
  const server = Deno.serve(options, handler);
  try {
    await use(`http://127.0.0.1:${server.addr.port}/RPC2`);
  } finally {
    ending.abort();
    await server.finished;
  }
}

Deno.test("httpPost() sends the bytes as they are and reads the answer", async () => {
  const seen: unknown[] = [];
  const answer = async (request: Request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    seen.push(request.method, request.headers.get("content-type"), [...body]);
    return new Response("x".repeat(100_000), { status: 202 });
  };
  await serving(answer, async (url) => {
    const { status, body } = await httpPost(url, "<a>\xe4</a>", 5000);
    assert.equal(status, 202);
    assert.equal(body.length, 65_536, "its beginning");
  });
  assert.deepEqual(seen, ["POST", "text/xml", [60, 97, 62, 0xe4, 60, 47, 97, 62]]);
});

Deno.test("httpPost() follows no redirect and does not wait for ever", async () => {
  const redirect = () => new Response(null, { status: 302, headers: { location: "/other" } });
  await serving(redirect, (url) => assert.rejects(httpPost(url, "x", 5000)));
  const { promise, resolve } = Promise.withResolvers<Response>();
  await serving(() => promise, async (url) => {
    await assert.rejects(httpPost(url, "x", 50), /TimeoutError/);
    resolve(new Response());
  });
});
