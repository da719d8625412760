/**
 * Damaged messages of the old protocols against the daemon: no crash, no hang, every answer in the words of
 * the protocol, and nothing left behind.
 *
 * `FUZZ_SEED` sets the seed; the same seed gives the same messages.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fromBytes, toBytes } from "../../src/core/bytes.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { encodeBencode } from "../../src/ng/bencode.ts";
import type { NgDict, ReplyDict } from "../../src/ng/types.ts";
import { readReply } from "../fuzz/check.ts";
import { damageBytes } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";
import { post, UdpClient } from "../ng/clients.ts";
import { type RunningDaemon, startDaemon } from "../ng/daemon.ts";
import { DIALOGUES } from "./dialogues.ts";

const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 20_261_121);
const DATAGRAMS = 5000;
const LINES = 400;
/** Names of the calls that are made; few, so that messages meet. */
const CALLS = 8;

/** A daemon with the listeners of both protocols. */
async function start(): Promise<{ daemon: RunningDaemon; udp: Endpoint; tcp: Endpoint }> {
  let ports: readonly [Endpoint, Endpoint] | undefined;
  const daemon = await startDaemon((spare) => {
    ports = spare;
    const [udp, tcp] = spare;
    return [`--listen-udp=127.0.0.1:${udp.port}`, `--listen-tcp=127.0.0.1:${tcp.port}`];
  });
  const [udp, tcp] = ports!;
  return { daemon, udp, tcp };
}

/** Messages that are whole, with addresses media can be sent to from loopback. */
function seeds(over: "udp" | "tcp"): string[] {
  return DIALOGUES.flatMap(({ messages }) => messages)
    .filter((message) => message.over === over)
    .map(({ text }) => text);
}

function makeMessage(random: Random, texts: readonly string[]): string {
  const whole = random.pick(texts).replaceAll("{call}", `call${random.below(CALLS)}`);
  return random.oneIn(3) ? whole : damageBytes(whole, random);
}

async function ask(daemon: RunningDaemon, request: ReplyDict): Promise<NgDict> {
  return readReply((await post(daemon.http, "/ng-plain", encodeBencode(request))).text);
}

async function assertNothingLeft(daemon: RunningDaemon): Promise<void> {
  assert.ok(!daemon.process.ended, daemon.process.tail());
  const list = await ask(daemon, { command: "list", limit: 100_000 });
  const calls = list.get("calls") as string[];
  assert.ok(calls.length > 0, "no message made a call");
  for (const callId of calls) {
    const reply = await ask(daemon, {
      "command": "delete",
      "call-id": callId,
      "delete-delay": 0,
    });
    assert.equal(reply.get("result"), "ok", JSON.stringify(callId));
  }
  const metrics = await (await fetch(`http://127.0.0.1:${daemon.http.port}/metrics`)).text();
  const used = [...metrics.matchAll(/^rtpengine_ports_used\{[^}]*\} (\d+)$/gm)].map(([, n]) => n);
  assert.ok(used.length > 0, "the metrics do not tell ports_used");
  assert.deepEqual(used.filter((count) => count !== "0"), []);
  const bugs = daemon.process.lines.filter((line) => /failed unexpectedly|uncaught/i.test(line));
  assert.deepEqual(bugs, []);
}

async function exchangeLine(to: Endpoint, line: string): Promise<string> {
  using connection = await Deno.connect({ hostname: to.address, port: to.port });
  await connection.write(toBytes(line));
  await connection.closeWrite();
  let answer = "";
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer).catch((error) => {
      if (error instanceof Deno.errors.ConnectionReset) return null;
      throw error;
    });
    if (count === null) return answer;
    answer += fromBytes(buffer.subarray(0, count));
  }
}

Deno.test(`${DATAGRAMS} damaged rtpproxy messages leave the daemon whole`, async () => {
  const { daemon, udp } = await start();
  await using _ = daemon;
  await using client = await UdpClient.connect(udp);
  const random = new Random(SEED);
  const texts = seeds("udp");
  const kinds = new Set<string>();
  for (let i = 0; i < DATAGRAMS; i++) {
    const message = makeMessage(random, texts);
    const reply = await client.ask(`c${i} ${message}`);
    assert.match(
      reply,
      new RegExp(`^c${i} (E8|[01]|20040107|\\d+( \\d+){4}|[!-~]+ [!-~]+( [46])?)\\n$`),
      JSON.stringify(message),
    );
    kinds.add(reply.slice(reply.indexOf(" ")).replaceAll(/\d+/g, "N"));
  }
  assert.ok(kinds.size > 5, [...kinds].join(""));
  await assertNothingLeft(daemon);
});

Deno.test(`${LINES} damaged mediaproxy lines leave the daemon whole`, async () => {
  const { daemon, tcp } = await start();
  await using _ = daemon;
  const random = new Random(SEED);
  const texts = seeds("tcp");
  let answered = 0;
  for (let i = 0; i < LINES; i++) {
    const line = makeMessage(random, texts);
    const reply = await exchangeLine(tcp, `${line}\n`);
    assert.match(
      reply,
      /^(|[\d.]+( \d+)+\n|Version: \S+\n|(\S+:\d+\n)+End\.\n|proxy \d+ \d+\/0\/0\n(session [^\n]*\n)*)$/,
      JSON.stringify(line),
    );
    if (reply !== "") answered++;
  }
  assert.ok(answered > LINES / 20, `only ${answered} of ${LINES} were answered`);
  await assertNothingLeft(daemon);
});
