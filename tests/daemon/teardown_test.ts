/**
 * `b2b-url`: what is posted when calls time out, by the product and by rtpengine.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  commonArguments,
  oracleUnavailable,
  type RtpengineOptions,
  startRtpengine,
  waitForPong,
} from "../oracle/mod.ts";
import { Agent, Daemon, Netns, netnsUnavailable, say, until } from "../support/mod.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const HOST = "127.0.0.1";
const PORT = 8088;
/** An HTTP server that prints `PATH BODY` of each request on one line. */
const SERVER = `Deno.serve({ hostname: "0.0.0.0", port: ${PORT} }, async (request) => {
  console.log("posted " + new URL(request.url).host + " " + await request.text());
  return new Response("<methodResponse/>");
});`;

const unavailable = await netnsUnavailable();
const noOracle = oracleUnavailable();
for (const reason of [unavailable, noOracle]) {
  if (reason !== undefined) say(`teardown is compared in part only: ${reason}`);
}

type Player = "rtpedge" | "oracle";

function sdp(port: number): string {
  const lines = [
    "v=0",
    `o=- 1 1 IN IP4 ${HOST}`,
    "s=-",
    `c=IN IP4 ${HOST}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 8`,
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Lets two calls time out. @returns what was posted, sorted */
async function posted(player: Player, format: number): Promise<string[]> {
  await using ns = await Netns.create("b2b");
  await ns.addresses("lo", "10.20.0.1/32");
  await using agent = await Agent.start(ns);
  const server = ns.argv([Deno.execPath(), "eval", SERVER]);
  await using http = new Daemon("http", server);
  const options: RtpengineOptions = {
    ns,
    agent,
    host: HOST,
    port: 2001,
    interfaces: [HOST],
    portMin: 30_000,
    portMax: 30_099,
    extra: [
      "--timeout=1",
      "--offer-timeout=1",
      `--b2b-url=http://%%:${PORT}/RPC2`,
      `--xmlrpc-format=${format}`,
    ],
  };
  await using daemon = player === "oracle" ? await startRtpengine(options) : new Daemon(
    "rtpedge",
    ns.argv([
      ...[Deno.execPath(), "run", "-A", "--no-check", MAIN],
      ...commonArguments(options),
    ]),
  );
  if (player === "rtpedge") await waitForPong(daemon, options, 30_000);
  await http.line(/Listening/, 10_000);
  const ask = (command: string, keys: Record<string, string>) =>
    agent.ng({ host: HOST, port: 2001 }, { command, "from-tag": "a", ...keys });
  await ask("offer", { "call-id": "answered", sdp: sdp(4000) });
  await ask("answer", { "call-id": "answered", "to-tag": "b", sdp: sdp(5000) });
  await ask("offer", {
    "call-id": "offered",
    "sdp": sdp(4002),
    "xmlrpc-callback": "10.20.0.1",
  });
  const expected = [3, 2, 1][format]!;
  const lines = () => http.lines.filter((line) => line.startsWith("posted ")).sort();
  await until("teardowns", () => lines().length >= expected ? true : undefined, 10_000);
  return lines();
}

for (const format of [0, 1, 2]) {
  Deno.test({
    name: `b2b-url posts the bytes rtpengine posts, in form ${format}`,
    ignore: unavailable !== undefined,
    async fn() {
      const ours = await posted("rtpedge", format);
      assert.equal(ours.length, [3, 2, 1][format]);
      assert.ok(ours.every((line) => line.includes("<methodCall>")), ours.join("\n"));
      if (noOracle === undefined) assert.deepEqual(ours, await posted("oracle", format));
    },
  });
}
