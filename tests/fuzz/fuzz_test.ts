/**
 * Random mutations of ng messages and their SDPs against the daemon, over each transport: no crash, no hang,
 * every answer an error or a valid reply, and nothing left behind.
 *
 * `FUZZ_MUTATIONS` sets how many messages per transport (10,000), `FUZZ_SEED` the seed; the seed of a run is
 * printed, and the same seed gives the same messages.
 *
 * @module
 */

import assert from "node:assert/strict";
import { encodeBencode } from "../../src/ng/bencode.ts";
import type { NgDict, ReplyDict } from "../../src/ng/types.ts";
import { post } from "../ng/clients.ts";
import { type RunningDaemon, startDaemon } from "../ng/daemon.ts";
import { say } from "../support/process.ts";
import { type Outcome, readReply } from "./check.ts";
import { makePayload } from "./mutate.ts";
import { Random } from "./random.ts";
import { fuzzHttp, fuzzTcp, fuzzUdp, fuzzWebSocket, type Source } from "./transports.ts";

const MUTATIONS = Number(Deno.env.get("FUZZ_MUTATIONS") ?? 10_000);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20_261_121);

type Fuzzer = (daemon: RunningDaemon, source: Source) => Promise<Outcome>;

const FUZZERS: Readonly<Record<string, Fuzzer>> = {
  UDP: ({ ng }, source) => fuzzUdp(ng, source),
  TCP: ({ tcp }, source) => fuzzTcp(tcp, source),
  HTTP: ({ http }, source) => fuzzHttp(`http://127.0.0.1:${http.port}`, source),
  HTTPS: ({ https, cert }, source) => {
    return fuzzHttp(`https://127.0.0.1:${https.port}`, source, cert);
  },
  WS: ({ http }, source) => fuzzWebSocket(`ws://127.0.0.1:${http.port}/`, source),
  WSS: ({ https, cert }, source) => {
    return fuzzWebSocket(`wss://127.0.0.1:${https.port}/`, source, cert);
  },
};

for (const [index, [name, fuzz]] of Object.entries(FUZZERS).entries()) {
  Deno.test(`${MUTATIONS} mutations over ${name} leave the daemon whole`, async () => {
    await using daemon = await startDaemon(["--port-min=10000", "--port-max=29999"]);
    const random = new Random(SEED + index);
    let left = MUTATIONS;
    const source: Source = () => left-- > 0 ? makePayload(random) : undefined;
    const started = performance.now();
    try {
      const outcome = await fuzz(daemon, source);
      // Over TCP a damaged message can fall into two.
      const answered = outcome.ok + outcome.error + outcome.silent;
      assert.ok(answered >= MUTATIONS, `${answered} of ${MUTATIONS} accounted for`);
      // Were most answers errors of the codec, little else would have been tested.
      assert.ok(outcome.ok > MUTATIONS / 20, `only ${outcome.ok} of ${MUTATIONS} succeeded`);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      say(`${name}, seed ${SEED + index}: ${JSON.stringify(outcome)} in ${seconds} s`);
      await assertNothingLeft(daemon);
    } catch (error) {
      say(`${name}, seed ${SEED + index}\n${daemon.process.tail()}`);
      throw error;
    }
    assert.ok(!daemon.process.ended, daemon.process.tail());
    const bugs = daemon.process.lines.filter((line) => /failed unexpectedly|uncaught/i.test(line));
    assert.deepEqual(bugs, []);
  });
}

/** Deletes all calls; then there must be none, and no port in use. */
async function assertNothingLeft(daemon: RunningDaemon): Promise<void> {
  const ask = async (request: ReplyDict): Promise<NgDict> => {
    const { text } = await post(daemon.http, "/ng-plain", encodeBencode(request));
    return readReply(text);
  };
  const list = async (): Promise<string[]> => {
    return (await ask({ command: "list", limit: 100_000 })).get("calls") as string[];
  };
  for (const callId of await list()) {
    const reply = await ask({ "command": "delete", "call-id": callId, "delete-delay": 0 });
    assert.equal(reply.get("result"), "ok", JSON.stringify(callId));
  }
  assert.deepEqual(await list(), []);
  const metrics = await (await fetch(`http://127.0.0.1:${daemon.http.port}/metrics`)).text();
  const used = [...metrics.matchAll(/^rtpengine_ports_used\{[^}]*\} (\d+)$/gm)].map(([, n]) => n);
  assert.ok(used.length > 0, "the metrics do not tell ports_used");
  assert.deepEqual(used.filter((count) => count !== "0"), []);
}
