/**
 * The control port under attack, and on a host whose addresses change.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { UNDER_TEST } from "../interop/media_daemon.ts";
import { ADDRESS } from "../interop/rig.ts";
import { type NgMessage, say, sleep, until } from "../support/mod.ts";
import { type Call, type Keys, PORTS, Stage } from "../webrtc/stage.ts";
import { flood } from "./flood.ts";
import { addAttacker, ATTACKER, openCall, type SecureCall } from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`attacks on the control port are ignored: ${reason}`);
const OURS_ONLY = UNDER_TEST === "rtpengine";
if (OURS_ONLY) say("floods of offers and changes of address are tested with the product only");
const ignore = reason !== undefined || OURS_ONLY;

/** The control port where others reach it. */
const NG_PORT = 2299;
const LISTEN = [`--listen-ng=0.0.0.0:${NG_PORT}`];
/** An address that comes while the daemon runs. */
const LATE = "10.77.1.88";

Deno.test({
  name: "D2-21 replies leave from the address that was asked, also from one that has come later",
  ignore,
  async fn() {
    await using stage = await Stage.open(UNDER_TEST, LISTEN);
    const { core } = stage.rig;
    const ask = async (host: string): Promise<string> => {
      const socket = await stage.place("a").agent.bind(ADDRESS.phoneA);
      await socket.send({ host, port: NG_PORT }, "1 d7:command4:pinge");
      const [reply] = await until(`a reply of ${host}`, async () => {
        const got = await socket.take();
        return got.length > 0 ? got : undefined;
      }, 3000);
      await socket.close();
      assert.equal(reply?.data, "1 d6:result4:ponge");
      return `${reply.from.host}:${reply.from.port}`;
    };
    // the way to the other network leads through the core, too
    await stage.place("a").ns.ip("route", "add", "default", "via", ADDRESS.coreA);
    for (const host of [ADDRESS.coreA, ADDRESS.coreB]) {
      assert.equal(await ask(host), `${host}:${NG_PORT}`);
    }
    await core.ns.addresses("to-a", `${LATE}/24`);
    assert.equal(await ask(LATE), `${LATE}:${NG_PORT}`, "an address that came later");
    await core.ns.ip("address", "del", `${ADDRESS.coreB}/24`, "dev", "to-b");
    await core.ns.addresses("to-b", "10.77.2.99/24");
    assert.equal(await ask("10.77.2.99"), `10.77.2.99:${NG_PORT}`, "one in place of another");
    assert.equal(await ask(ADDRESS.coreA), `${ADDRESS.coreA}:${NG_PORT}`);
  },
});

/** Offers a second, and for how long. */
const RATE = 5_000;
const SECONDS = 2;
/** Calls that may be at a time, the one beside the flood included: their ports suffice for two floods. */
const MAX_SESSIONS = 20;
/** Megabytes the second flood may leave behind: the first has filled what is kept for reuse. */
const GROWTH = 48;
/** Share of the other call's packets that have to arrive. */
const DELIVERED = 0.98;

const SDP = [
  "v=0",
  `o=- 1 1 IN IP4 ${ATTACKER}`,
  "s=-",
  `c=IN IP4 ${ATTACKER}`,
  "t=0 0",
  "m=audio 4000 RTP/AVP 8",
  "",
].join("\r\n");

/** An offer as bytes, and where its cookie and its call are random. */
function offerOfMany() {
  const cookie = "c0000000";
  const head = `${cookie} d7:call-id16:`;
  const text = `${head}################7:command5:offer8:from-tag1:f3:sdp${SDP.length}:${SDP}e`;
  return {
    datagram: new TextEncoder().encode(text),
    random: [[1, cookie.length - 1], [head.length, 16]] as const,
  };
}

async function memory(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

function isMessage(value: unknown): value is NgMessage {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What `statistics` says of the present. */
async function sessions(call: Call): Promise<number> {
  const { statistics } = await call.command("statistics");
  assert.ok(isMessage(statistics));
  const current = statistics["currentstatistics"];
  assert.ok(isMessage(current));
  return Number(current["sessionstotal"]);
}

/** A flood of offers while a call talks: what the asker who waits for an answer is told. */
async function offersBeside(stage: Stage, other: SecureCall): Promise<void> {
  const flooding = flood(stage.place("a").ns, {
    from: ATTACKER,
    to: ADDRESS.coreA,
    ports: [NG_PORT, NG_PORT],
    rate: RATE,
    seconds: SECONDS,
    ...offerOfMany(),
  });
  let over = false;
  flooding.finally(() => over = true);
  let spoken = 0;
  while (!over) {
    spoken += (await other.speak(1)).length;
    await sleep(20);
  }
  const result = await flooding;
  const arrived = (await other.b.take()).length / spoken;
  say(
    `${result.sent} offers, ${result.received} replies, ${100 * arrived} % of the call delivered`,
  );
  assert.ok(result.sent >= RATE * SECONDS / 4, `only ${result.sent} offers could be sent`);
  assert.ok(result.received > 0, "nobody was answered");
  assert.ok(arrived >= DELIVERED, `${arrived} of the call's packets arrived`);
}

/** Ends all calls but one. */
async function endOthers(stage: Stage, kept: Call): Promise<number> {
  const { calls } = await kept.command("list", { limit: "1000" });
  assert.ok(Array.isArray(calls));
  const others = calls.filter((id) => id !== kept.id);
  for (const id of others) {
    await stage.call().command("delete", { "call-id": id, "delete delay": 0 });
  }
  return others.length;
}

Deno.test({
  name: "D2-23 thousands of offers a second: calls and memory are bounded, media goes on",
  ignore,
  async fn() {
    await using stage = await Stage.open(UNDER_TEST, [
      ...LISTEN,
      `--max-sessions=${MAX_SESSIONS}`,
    ]);
    await addAttacker(stage);
    await stage.scenario(async (stage) => {
      await using other = await openCall(stage, "SDES");
      await other.assertAtB(await other.speak(5));
      const { pid } = stage.relay;
      const sizes: number[] = [];
      for (let round = 0; round < 2; round++) {
        await offersBeside(stage, other);
        assert.equal(await sessions(other.call), MAX_SESSIONS, "sessions");
        const ask = async (keys: Keys) =>
          await stage.call().command("offer", { "from-tag": "f", sdp: SDP, ...keys });
        const refused = await ask({});
        assert.equal(refused["result"], "error");
        assert.equal(refused["error-reason"], "Parallel session limit reached");
        assert.equal((await ask({ supports: ["load limit"] }))["result"], "load limit");
        assert.equal(await endOthers(stage, other.call), MAX_SESSIONS - 1, "calls of the flood");
        sizes.push(await memory(pid));
      }
      say(`memory after the first flood and the second: ${sizes.map(Math.round)} MB`);
      assert.ok(sizes[1]! - sizes[0]! <= GROWTH, `memory has grown: ${sizes} MB`);
      // every port of the flood has been given back
      assert.equal(await sessions(other.call), 1);
      await other.assertAtB(await other.speak(10));
      await other.assertAtA(await other.speakBack(10));
    });
  },
});

Deno.test({
  name: "D2-23 the same where ports are what there is too little of",
  ignore,
  async fn() {
    const range = [`--port-min=${PORTS.min}`, `--port-max=${PORTS.min + 39}`];
    await using stage = await Stage.open(UNDER_TEST, [...LISTEN, ...range]);
    await addAttacker(stage);
    await stage.scenario(async (stage) => {
      await using other = await openCall(stage, "SDES");
      await other.assertAtB(await other.speak(5));
      await offersBeside(stage, other);
      const refused = await stage.call().command("offer", { "from-tag": "f", sdp: SDP });
      assert.equal(refused["error-reason"], "Ran out of ports");
      const ended = await endOthers(stage, other.call);
      assert.ok(ended > 0 && ended <= 40, `${ended} calls`);
      await other.assertAtB(await other.speak(10));
      await other.assertAtA(await other.speakBack(10));
    });
  },
});
