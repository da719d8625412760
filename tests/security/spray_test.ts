/**
 * Attackers at calls without encryption: the spray of advisory ES2025-01 over all ports while a call is set up,
 * targets nobody may send to, and peers of a call that has ended.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { UNDER_TEST } from "../interop/media_daemon.ts";
import { ADDRESS } from "../interop/rig.ts";
import {
  type AgentSocket,
  fromBytes,
  must,
  parseRtp,
  say,
  sleep,
  toBytes,
} from "../support/mod.ts";
import { sectionsOf } from "../webrtc/sdp_text.ts";
import { type Call, type Keys, PORTS, Stage } from "../webrtc/stage.ts";
import { speech } from "./datagrams.ts";
import { flood, type FloodResult } from "./flood.ts";
import { addAttacker, ATTACKER, openCall, type SecureCall } from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`attacks on plain RTP are ignored: ${reason}`);
const OURS_ONLY = UNDER_TEST === "rtpengine";
if (OURS_ONLY) say("targets and ports that are used again are tested with the product only");

/** Forged packets a second over all ports. */
const RATE = 10_000;
const SECONDS = 4;
/** Packet time and length of the conversation, milliseconds and packets. */
const PTIME = 20;
const PACKETS = 60;
/** B talks that many packets before A does. */
const HEAD_START = 2;
/** Advisory ES2025-01: what may reach an attacker in a whole call. */
const BLEED = 5;
const FORGER = 0x666;

/** A call that is set up and talks while somebody sprays its ports. */
async function underSpray(stage: Stage, keys: Keys): Promise<{
  readonly call: SecureCall;
  readonly result: FloodResult;
  readonly ofA: number;
  readonly ofForger: number;
  readonly ofB: number;
}> {
  const spraying = flood(stage.place("a").ns, {
    from: ATTACKER,
    to: ADDRESS.coreA,
    ports: [PORTS.min, PORTS.max],
    rate: RATE,
    seconds: SECONDS,
    datagram: speech(FORGER, 1, 6),
    random: [[2, 2]],
  });
  await sleep(300);
  const call = await openCall(stage, "none", { keys });
  for (let i = 0; i < PACKETS; i++) {
    await call.speakBack(1);
    if (i >= HEAD_START) await call.speak(1);
    await sleep(PTIME);
  }
  const result = await spraying;
  const of = async (socket: AgentSocket, ssrc: number) =>
    (await socket.take()).filter(({ data }) => parseRtp(toBytes(data))?.ssrc === ssrc).length;
  const atB = (await call.b.take()).map(({ data }) => parseRtp(toBytes(data))?.ssrc);
  return {
    call,
    result,
    ofA: atB.filter((ssrc) => ssrc === 0xaaaa).length,
    ofForger: atB.filter((ssrc) => ssrc === FORGER).length,
    ofB: await of(call.a, 0xbbbb),
  };
}

const SPRAYS: readonly {
  readonly name: string;
  readonly keys: Keys;
  judge(seen: Awaited<ReturnType<typeof underSpray>>): void;
}[] = [{
  name: "the spray does take media away where the first packet decides",
  keys: { "endpoint learning": "immediate" },
  judge({ result, ofForger }) {
    assert.ok(result.received >= PACKETS / 2, `${result.received} packets got to the attacker`);
    assert.ok(ofForger > 0, "nothing was injected");
  },
}, {
  name: "D2-1 spray while a call is set up, heuristic and strict: fewer than five packets bleed",
  keys: { "endpoint learning": "heuristic", flags: ["strict source"] },
  judge({ result, ofA, ofB }) {
    assert.ok(result.received < BLEED, `${result.received} packets got to the attacker`);
    assert.equal(ofA, PACKETS - HEAD_START, "packets of A at B");
    assert.ok(ofB >= PACKETS - BLEED, `${ofB} packets of B at A`);
  },
}, {
  name: "D2-2 the same spray, learning off and strict: nothing bleeds, nothing is injected",
  keys: { "endpoint learning": "off", flags: ["strict source"] },
  judge({ result, ofA, ofB, ofForger }) {
    assert.equal(result.received, 0, "packets that got to the attacker");
    assert.equal(ofForger, 0, "packets of the attacker at B");
    assert.equal(ofA, PACKETS - HEAD_START, "packets of A at B");
    assert.equal(ofB, PACKETS, "packets of B at A");
  },
}];

for (const { name, keys, judge } of SPRAYS) {
  Deno.test({
    name,
    // what a first packet decides is settled there before anybody may send
    ignore: reason !== undefined || (OURS_ONLY && !name.startsWith("D2-")),
    async fn() {
      await using stage = await Stage.open();
      await addAttacker(stage);
      await stage.scenario(async (stage) => {
        const seen = await underSpray(stage, keys);
        await using _ = seen.call;
        const { result, ofA, ofB, ofForger } = seen;
        say(
          `${result.sent} forged packets: ${result.received} bled, ${ofForger} injected; A ${ofA}, B ${ofB}`,
        );
        assert.ok(result.sent >= RATE * SECONDS / 4, `only ${result.sent} packets could be sent`);
        judge(seen);
      });
    },
  });
}

/** Datagrams the core has sent on any link, loopback included. */
async function sent(stage: Stage): Promise<number> {
  const text = await must(stage.rig.core.ns.argv(["cat", "/proc/net/dev"]));
  return text.split("\n").slice(2).filter((line) => line.includes(":"))
    .reduce((sum, line) => sum + Number(line.split(":")[1]!.trim().split(/\s+/)[9]), 0);
}

function description(host: string, port: number): string {
  const family = host.includes(":") ? "IP6" : "IP4";
  return [
    "v=0",
    `o=- 1 1 IN ${family} ${host}`,
    "s=-",
    `c=IN ${family} ${host}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 8`,
    "",
  ].join("\r\n");
}

/** Where B's media goes when A describes itself like this: how many datagrams leave for 40 that come. */
async function leaves(stage: Stage, socket: AgentSocket, host: string, port: number) {
  await using call = stage.call();
  // the interface that has both families
  const keys = { direction: ["outside", "outside"] };
  const offered = await call.offer(description(host, port), { ...keys, "address family": "IP4" });
  await call.answer(description(ADDRESS.phoneB, socket.at.port));
  const [section] = sectionsOf(offered);
  assert.ok(section !== undefined);
  const before = await sent(stage);
  for (let i = 0; i < 40; i++) await socket.send(section.at, fromBytes(speech(0xbbbb, 100 + i, 2)));
  await sleep(150);
  return await sent(stage) - before;
}

/** Who may be asked for as a target, and must never get anything. */
const TARGETS: readonly (readonly [string, number])[] = [
  ["127.0.0.1", 20_000],
  ["0.0.0.0", 20_000],
  ["::", 20_000],
  ["::1", 20_000],
  ["::ffff:127.0.0.1", 20_000],
  ["64:ff9b::7f00:1", 20_000],
  ["224.0.0.1", 20_000],
  ["ff02::1", 20_000],
  ["169.254.1.1", 20_000],
  ["fe80::1", 20_000],
  ["255.255.255.255", 20_000],
  [ADDRESS.coreA, 2299],
];

Deno.test({
  name: "D2-15 nothing is ever sent to loopback, nowhere, many at once, or our own control port",
  ignore: reason !== undefined || OURS_ONLY,
  async fn(t) {
    await using stage = await Stage.open(UNDER_TEST, [`--listen-ng=${ADDRESS.coreA}:2299`]);
    const socket = await stage.place("b").agent.bind(ADDRESS.phoneB, 20_000);
    await stage.scenario(async (stage) => {
      for (const host of [ADDRESS.phoneA, ADDRESS.phoneB6]) {
        const count = await leaves(stage, socket, host, 20_000);
        assert.ok(count >= 40, `${count} datagrams to ${host} are counted`);
      }
      for (const [host, port] of TARGETS) {
        await t.step(`${host} port ${port}`, async () => {
          const count = await leaves(stage, socket, host, port);
          // neighbour discovery may be at work
          assert.ok(count < 10, `${count} datagrams left`);
        });
      }
    });
    await socket.close();
  },
});

/** Sets a call up. @returns relay ports towards A and B */
async function setUp(call: Call, a: AgentSocket, b: AgentSocket) {
  const offered = await call.offer(description(a.at.host, a.at.port));
  const answered = await call.answer(description(b.at.host, b.at.port));
  const [[towardsB], [towardsA]] = [sectionsOf(offered), sectionsOf(answered)];
  assert.ok(towardsA !== undefined && towardsB !== undefined);
  return { a: towardsA.at, b: towardsB.at };
}

Deno.test({
  name: "D2-24 whoever goes on talking to a port of a call that has ended is not heard in the next",
  ignore: reason !== undefined || OURS_ONLY,
  async fn() {
    // two pairs for each address: the second call after the first has its port again
    const range = [`--port-min=${PORTS.min}`, `--port-max=${PORTS.min + 3}`];
    await using stage = await Stage.open(UNDER_TEST, range);
    const [placeA, placeB] = [stage.place("a"), stage.place("b")];
    await addAttacker(stage);
    const old = await placeA.agent.bind(ATTACKER);
    const a = await placeA.agent.bind(ADDRESS.phoneA);
    const b = await placeB.agent.bind(ADDRESS.phoneB);
    await stage.scenario(async (stage) => {
      let port = 0;
      {
        await using call = stage.call();
        const relay = await setUp(call, old, b);
        port = relay.a.port;
        await old.send(relay.a, fromBytes(speech(FORGER, 1, 6)));
        await sleep(100);
        assert.equal((await b.take()).length, 1, "the first call does not talk");
      }
      let stop = false;
      const to = { host: ADDRESS.coreA, port };
      const talking = (async () => {
        for (let i = 2; !stop; i++) {
          await old.send(to, fromBytes(speech(FORGER, i, 6)));
          await sleep(PTIME);
        }
      })();
      try {
        await assertNewCalls(stage, { port, old, a, b });
      } finally {
        stop = true;
        await talking;
      }
    });
  },
});

/** No port is given to another call sooner, ms, however few there are. */
const REST = 5000;

/**
 * Calls from the end of the first on, until one has its port: none hears whoever talks on to it. Where sources are
 * learned, whoever talks on is as good as any other attacker: number 1 says what that may come to.
 */
async function assertNewCalls(
  stage: Stage,
  { port, old, a, b }: {
    readonly port: number;
    readonly old: AgentSocket;
    readonly a: AgentSocket;
    readonly b: AgentSocket;
  },
): Promise<void> {
  const ended = Date.now();
  const deadline = ended + 15_000;
  for (let calls = 0;; calls++) {
    assert.ok(Date.now() < deadline, `port ${port} has not come back in ${calls} calls`);
    await using call = stage.call();
    const keys = { "endpoint learning": "off", flags: ["strict source"] };
    const offered = await call.command("offer", {
      "from-tag": "a",
      direction: ["inside", "outside"],
      sdp: description(a.at.host, a.at.port),
      ...keys,
    });
    if (offered["result"] === "error") {
      assert.equal(offered["error-reason"], "Ran out of ports");
      await sleep(250);
      continue;
    }
    const answered = await call.answer(description(b.at.host, b.at.port), keys);
    const [towardsA] = sectionsOf(answered);
    const [towardsB] = sectionsOf(String(offered["sdp"]));
    assert.ok(towardsA !== undefined && towardsB !== undefined);
    const sequences = [];
    for (let i = 0; i < 10; i++) {
      await a.send(towardsA.at, fromBytes(speech(0xaaaa, i, 1)));
      await b.send(towardsB.at, fromBytes(speech(0xbbbb, i, 2)));
      sequences.push(i);
      await sleep(PTIME);
    }
    await sleep(100);
    const heard = async (socket: AgentSocket) =>
      (await socket.take()).map(({ data }) => parseRtp(toBytes(data)))
        .map((packet) => [packet?.ssrc, packet?.sequence]);
    assert.deepEqual(await heard(b), sequences.map((i) => [0xaaaa, i]), "at B");
    assert.deepEqual(await heard(a), sequences.map((i) => [0xbbbb, i]), "at A");
    assert.deepEqual(await old.take(), [], "at the peer of the call before");
    if (towardsA.at.port !== port) continue;
    assert.ok(Date.now() - ended >= REST, `port ${port} is back after ${Date.now() - ended} ms`);
    return;
  }
}
