import assert from "node:assert/strict";
import { Agent, Netns, netnsUnavailable, say } from "../support/mod.ts";
import { ensureOracle, oracleUnavailable } from "./install.ts";
import { startRtpengine } from "./rtpengine.ts";

const reason = oracleUnavailable() ?? await netnsUnavailable();
if (reason !== undefined) say(`oracle tests are ignored: ${reason}`);

Deno.test({
  name: "startRtpengine() answers ping in both encodings and keeps its log; stop() ends it",
  ignore: reason !== undefined,
  async fn() {
    await ensureOracle();
    await using ns = await Netns.create("oracle");
    await using agent = await Agent.start(ns);
    const options = { ns, agent, host: "127.0.0.1", port: 2223, interfaces: ["127.0.0.1"] };
    const daemon = await startRtpengine({ ...options, portMin: 30_000, portMax: 30_100 });
    const to = { host: options.host, port: options.port };
    assert.deepEqual(await agent.ng(to, { command: "ping" }), { result: "pong" });
    assert.deepEqual(await agent.ng(to, { command: "ping" }, "json"), { result: "pong" });
    await daemon.line(/Startup complete/);
    await daemon.stop();
    await assert.rejects(agent.ng(to, { command: "ping" }, "bencode", 300), /No answer|refused/i);
  },
});

Deno.test({
  name: "startRtpengine() tells what the program said when it does not start",
  ignore: reason !== undefined,
  async fn() {
    await ensureOracle();
    await using ns = await Netns.create("oracle");
    await using agent = await Agent.start(ns);
    const options = { ns, agent, host: "127.0.0.1", port: 2223, interfaces: ["not an address"] };
    await assert.rejects(
      startRtpengine({ ...options, portMin: 30_000, portMax: 30_100 }),
      /has ended[^]*rtpengine: /,
    );
  },
});
