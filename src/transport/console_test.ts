import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { socketFetch } from "../terminal/mod.ts";
import type { WebApp } from "../web/mod.ts";
import { listenConsole } from "./console.ts";
import { DEFAULT_LIMITS } from "./types.ts";

const APP: WebApp = {
  fetch: async (request) =>
    Response.json({
      method: request.method,
      path: new URL(request.url).pathname,
      body: await request.text(),
    }),
};

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "rtpedge-console-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("listenConsole() answers by a socket that is its owner's alone, and takes it away", async () => {
  await inDirectory(async (home) => {
    const directory = `${home}/deep/console`;
    const open = await listenConsole(directory, APP, DEFAULT_LIMITS);
    assert.equal((await Deno.stat(directory)).mode! & 0o777, 0o700);
    assert.equal((await Deno.stat(open.path)).mode! & 0o777, 0o600);
    const ask = socketFetch(open.path);
    const response = await ask("http://localhost/a?b", { method: "POST", body: "c" });
    assert.deepEqual(await response.json(), { method: "POST", path: "/a", body: "c" });
    await open.close(1000);
    await assert.rejects(Deno.stat(open.path), Deno.errors.NotFound);
  });
});

Deno.test("listenConsole() replaces what a killed process has left, and leaves another's alone", async () => {
  await inDirectory(async (home) => {
    await Deno.writeTextFile(`${home}/socket`, "left");
    const first = await listenConsole(home, APP, DEFAULT_LIMITS);
    await assert.rejects(listenConsole(home, APP, DEFAULT_LIMITS), /is another process's/);
    const response = await socketFetch(first.path)("http://localhost/", {});
    assert.equal(response.status, 200);
    await response.body?.cancel();
    await first.close(1000);
  });
});

Deno.test("listenConsole() says when the path is too long for a socket", async () => {
  const directory = `/tmp/${"x".repeat(120)}`;
  await assert.rejects(listenConsole(directory, APP, DEFAULT_LIMITS), /longer than 107 bytes/);
});

Deno.test("socketFetch() fails when nobody listens, and when time is up", async () => {
  await inDirectory(async (home) => {
    await assert.rejects(
      socketFetch(`${home}/none`)("http://localhost/", {}),
      /ENOENT|No such file/,
    );
    const open: Socket[] = [];
    const silent = createServer((socket) => void open.push(socket));
    await new Promise<void>((resolve) => silent.listen(`${home}/silent`, resolve));
    const signal = AbortSignal.timeout(50);
    await assert.rejects(socketFetch(`${home}/silent`)("http://localhost/", { signal }));
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
