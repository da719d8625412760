import assert from "node:assert/strict";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { makeContext } from "./fixture.ts";
import { listenLines } from "./line_tcp.ts";

const ANY: Endpoint = { family: 4, address: "127.0.0.1", port: 0 };

async function ask(local: Endpoint, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: local.address, port: local.port });
  await connection.write(toBytes(text));
  let answer = "";
  const buffer = new Uint8Array(1024);
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return answer;
    answer += fromBytes(buffer.subarray(0, count));
  }
}

Deno.test("listenLines() answers the first line, tells who is connected, and hangs up", async () => {
  const seen: string[] = [];
  const listener = listenLines(ANY, makeContext(), {
    handle(line, { peer, transport }, open) {
      assert.equal(transport, "tcp");
      assert.ok(open.map(formatEndpoint).includes(formatEndpoint(peer)));
      seen.push(`${line} ${open.length}`);
      return line === "quiet" ? "" : `<${line}>\n`;
    },
  });
  const idle = await Deno.connect({ hostname: "127.0.0.1", port: listener.bound.port });
  try {
    await idle.write(toBytes("begun"));
    assert.equal(await ask(listener.bound, "\r\none\r\ntwo\n"), "<one>\n");
    assert.equal(await ask(listener.bound, "quiet\n"), "");
    assert.deepEqual(seen, ["one 2", "quiet 2"]);
  } finally {
    idle.close();
    await listener.close(0);
  }
});

Deno.test("listenLines() hangs up on a line that is too long", async () => {
  const context = makeContext();
  const listener = listenLines(ANY, context, { handle: () => "never" });
  try {
    const { maxCliLine } = context.limits;
    const long = ask(listener.bound, "x".repeat(2 * maxCliLine)).catch((error) => {
      assert.ok(error instanceof Deno.errors.ConnectionReset, String(error));
      return "";
    });
    assert.equal(await long, "");
  } finally {
    await listener.close(0);
  }
});
