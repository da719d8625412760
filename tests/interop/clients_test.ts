/**
 * The same call made by ng clients that are not ours, over every transport they speak, with RTP both
 * ways that must arrive byte for byte.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ensureOracle } from "../oracle/mod.ts";
import {
  type Address,
  type AgentSocket,
  buildRtp,
  fromBytes,
  must,
  type NgMessage,
  parseRtp,
  run,
  say,
  sleep,
  toBytes,
} from "../support/mod.ts";
import { callIds, interopUnavailable, mediaPorts, nothingLeft } from "./checks.ts";
import { type Client, curlBencode, curlJson, npmClient } from "./clients.ts";
import { CONTROL, type Relay, startRelay, UNDER_TEST } from "./media_daemon.ts";
import { ADDRESS, Rig } from "./rig.ts";
import { oracleFolder } from "../oracle/mod.ts";

/** Packets sent each way. */
const PACKETS = 25;
const CALL = "interop-call";

const reason = await interopUnavailable();
if (reason !== undefined) say(`interop tests are ignored: ${reason}`);

function sdp(address: string, port: number): string {
  return [
    "v=0",
    `o=- 1 1 IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 8`,
    "a=sendrecv",
    "",
  ].join("\r\n");
}

/** Where a session description wants RTP to be sent. */
function target(reply: NgMessage | undefined): Address {
  const body = String(reply?.["sdp"]);
  const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1];
  const port = /^m=audio (\d+) /m.exec(body)?.[1];
  assert.ok(host && port, `no address in ${JSON.stringify(reply)}`);
  return { host, port: Number(port) };
}

function packets(ssrc: number): string[] {
  return Array.from({ length: PACKETS }, (_, i) =>
    fromBytes(buildRtp({
      payloadType: 8,
      sequence: 1000 + i,
      timestamp: 160 * i,
      ssrc,
      payload: Uint8Array.from({ length: 160 }, (_, j) => (i * 7 + j * 13 + ssrc) & 0xff),
    })));
}

/** Asserts that a socket got exactly these packets, in order, from one address. */
async function assertArrived(at: AgentSocket, sent: string[], from: Address): Promise<void> {
  const got = await at.take();
  assert.deepEqual(
    got.map(({ data }) => parseRtp(toBytes(data))?.sequence),
    sent.map((_, i) => 1000 + i),
  );
  assert.deepEqual(got.map(({ data }) => data), sent);
  for (const datagram of got) assert.deepEqual(datagram.from, from);
}

async function call(relay: Relay, client: Client): Promise<void> {
  await ensureOracle();
  await using rig = await Rig.open();
  const daemon = await startRelay(rig, relay);
  try {
    const a = await rig.a.agent.bind(ADDRESS.phoneA);
    const b = await rig.b.agent.bind(ADDRESS.phoneB);
    const [pong, offered, answered] = await client(rig, [
      { command: "ping" },
      {
        "command": "offer",
        "call-id": CALL,
        "from-tag": "a",
        "sdp": sdp(ADDRESS.phoneA, a.at.port),
        "direction": ["inside", "outside"],
        "replace": ["origin"],
      },
      {
        "command": "answer",
        "call-id": CALL,
        "from-tag": "a",
        "to-tag": "b",
        "sdp": sdp(ADDRESS.phoneB, b.at.port),
        "replace": ["origin"],
      },
    ]);
    assert.equal(pong?.["result"], "pong");
    assert.equal(offered?.["result"], "ok");
    assert.equal(answered?.["result"], "ok");
    const [fromB, fromA] = [target(offered), target(answered)];
    assert.equal(fromB.host, ADDRESS.coreB);
    assert.equal(fromA.host, ADDRESS.coreA);
    assert.deepEqual(await callIds(rig), [CALL]);
    const ports = await mediaPorts(rig, CALL);

    const [saidA, saidB] = [packets(0xaaaa0001), packets(0xbbbb0002)];
    for (let i = 0; i < PACKETS; i++) {
      await a.send(fromA, saidA[i] ?? "");
      await b.send(fromB, saidB[i] ?? "");
      await sleep(5);
    }
    await sleep(100);
    await assertArrived(b, saidA, fromB);
    await assertArrived(a, saidB, fromA);

    const [deleted, listed] = await client(rig, [
      { "command": "delete", "call-id": CALL, "from-tag": "a" },
      { command: "list" },
    ]);
    assert.equal(deleted?.["result"], "ok");
    const totals = deleted["totals"] as { RTP: { packets: number; bytes: number } } | undefined;
    assert.equal(totals?.RTP.packets, 2 * PACKETS);
    assert.deepEqual(listed?.["calls"], []);
    await nothingLeft(rig, ports);
  } catch (error) {
    say(daemon.tail());
    throw error;
  }
}

const CLIENTS: { readonly [name: string]: Client } = {
  "npm rtpengine-client over UDP": npmClient("udp"),
  "npm rtpengine-client over TCP": npmClient("tcp"),
  "npm rtpengine-client over WebSocket": npmClient("ws"),
  "curl with bencode over HTTP": curlBencode("http"),
  "curl with JSON over HTTP": curlJson("http"),
  "curl with bencode over HTTPS": curlBencode("https"),
  "curl with JSON over HTTPS": curlJson("https"),
};

for (const [name, client] of Object.entries(CLIENTS)) {
  Deno.test({
    name: `${name}: offer, answer, RTP both ways byte for byte, delete, nothing left`,
    ignore: reason !== undefined,
    fn: () => call(UNDER_TEST, client),
  });
}

Deno.test({
  name: "the same client call goes through rtpengine, so that a failure is not the test's",
  ignore: reason !== undefined,
  fn: () => call("rtpengine", npmClient("tcp")),
});

Deno.test({
  name:
    "rtpengine's own tools get their answers: rtpengine-ng-client ping, curl /ping and /metrics",
  ignore: reason !== undefined,
  async fn() {
    await ensureOracle();
    await using rig = await Rig.open();
    await startRelay(rig, UNDER_TEST);
    const ping = await run(
      rig.core.ns.argv(
        ["chroot", oracleFolder(), "rtpengine-ng-client", "ping", "--verbose"].concat(
          ["--proxy-address=127.0.0.1", `--proxy-port=${CONTROL.udp}`],
        ),
      ),
    );
    assert.match(ping.stdout, /result => 'pong'/);
    const curl = (path: string) =>
      must(rig.core.ns.argv(["curl", "-sS", "--fail", `http://127.0.0.1:${CONTROL.http}${path}`]));
    assert.equal(await curl("/ping"), "pong\n");
    assert.match(await curl("/metrics"), /^rtpengine_sessions\{.*\} \d+$/m);
  },
});
