/**
 * Floods at one media port: forged SRTP, and STUN with and without a signature. Other calls do not notice,
 * nothing grows, nothing comes back.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { buildBinding, type NgData, parseRtp, say, sleep, toBytes } from "../support/mod.ts";
import { attributes, sectionsOf } from "../webrtc/sdp_text.ts";
import { Stage } from "../webrtc/stage.ts";
import { forged } from "./datagrams.ts";
import { type Flood, flood, type FloodResult, probe, type ProbeResult } from "./flood.ts";
import {
  addAttacker,
  ATTACKER,
  openCall,
  phoneCertificate,
  type SecureCall,
} from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`floods are ignored: ${reason}`);

/** Packets a second. */
const RATE = 50_000;
/** Length of each flood; 20 s are a million packets. */
const SECONDS = Number(Deno.env.get("RTPEDGE_FLOOD_SECONDS") ?? 2);
/**
 * How much longer another call's packets may take while a flood lasts, at the median: the 99th percentile is
 * measured by `tests/bench --only=flood`, which has the processors to itself.
 */
const SLOWER = 2;
/** Below this many microseconds nobody can tell the relay from whatever else this machine does. */
const NOISE = 60;
/** How often latency is measured, with and without the flood in turn; the quietest time counts. */
const TURNS = 2;
/** Packets a second whose latency is measured, and for how long. */
const PROBE = { rate: 400, seconds: 1 } as const;
/** Megabytes that a relay may grow during a flood. */
const GROWTH = 24;
/** Share of an other call's packets that has to arrive while a flood lasts. */
const DELIVERED = 0.98;

/** Resident memory in megabytes. */
async function memory(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

/** CPU time of all threads in seconds. */
async function cpu(pid: number): Promise<number> {
  let sum = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const times = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`).catch(() => "0");
    sum += Number(times.split(" ")[0]) / 1e9;
  }
  return sum;
}

/** Sources the relay keeps account of. */
function sources(value: NgData): number {
  if (typeof value !== "object" || Array.isArray(value)) return 0;
  return Object.entries(value).reduce((sum, [key, item]) => {
    const counts = /^(SSRC|(in|e)gress SSRCs)$/.test(key) && typeof item === "object";
    return sum + (counts ? Object.keys(item).length : sources(item));
  }, 0);
}

/** Speaks for as long as a flood lasts. @returns the share that arrived */
async function talkDuring(call: SecureCall, flooding: Promise<FloodResult>): Promise<number> {
  let over = false;
  flooding.finally(() => over = true);
  let sent = 0;
  while (!over) {
    sent += (await call.speak(1)).length;
    await sleep(20);
  }
  const got = (await call.b.take()).filter(({ data }) => parseRtp(toBytes(data))?.ssrc === 0xaaaa);
  return got.length / sent;
}

/** Floods while another call talks, and judges what every flood is judged by. */
async function floodBeside(
  stage: Stage,
  what: { port: number; datagram: Uint8Array; random: readonly (readonly [number, number])[] },
): Promise<FloodResult> {
  await using other = await openCall(stage, "SDES");
  await other.assertAtB(await other.speak(5));
  const { pid } = stage.relay;
  const [memoryBefore, cpuBefore] = [await memory(pid), await cpu(pid)];
  const attack: Flood = {
    from: ATTACKER,
    to: ADDRESS.coreA,
    ports: [what.port, what.port],
    rate: RATE,
    seconds: SECONDS,
    datagram: what.datagram,
    random: what.random,
  };
  const flooding = flood(stage.place("a").ns, attack);
  const delivered = await talkDuring(other, flooding);
  const result = await flooding;
  const used = (await cpu(pid) - cpuBefore) / SECONDS;
  const grown = await memory(pid) - memoryBefore;
  say(
    `${result.sent} sent, ${result.received} answers, ${
      (100 * delivered).toFixed(1)
    } % of another ` +
      `call delivered, ${used.toFixed(2)} processors, ${grown.toFixed(1)} MB grown`,
  );
  assert.ok(result.sent >= RATE * SECONDS / 4, `only ${result.sent} packets could be sent`);
  assert.ok(delivered >= DELIVERED, `${delivered} of another call's packets arrived`);
  assert.ok(used <= 1.2, `${used} processors were busy`);
  // rtpengine keeps what it has once used for queues: up to 40 MB, however long the flood
  if (!stage.isOracle) assert.ok(grown <= GROWTH, `memory has grown by ${grown} MB`);
  await other.assertAtB(await other.speak(10));
  await other.assertAtA(await other.speakBack(10));
  await assertNotHeldUp(stage, attack);
  return result;
}

/** A plain call nobody attacks, for measuring how long its packets take. */
async function openMeasured(stage: Stage) {
  const call = stage.call();
  const ports = { a: 24_000, b: 24_004 };
  const describe = (host: string, port: number) =>
    [
      "v=0",
      `o=- 1 1 IN IP4 ${host}`,
      "s=-",
      `c=IN IP4 ${host}`,
      "t=0 0",
      `m=audio ${port} RTP/AVP 8`,
      "",
    ]
      .join("\r\n");
  await call.offer(describe(ADDRESS.phoneA, ports.a));
  const answer = await call.answer(describe(ADDRESS.phoneB, ports.b));
  const [section] = sectionsOf(answer);
  assert.ok(section !== undefined);
  const from = { ns: stage.place("a").ns, host: ADDRESS.phoneA, port: ports.a };
  const to = { ns: stage.place("b").ns, host: ADDRESS.phoneB, port: ports.b };
  return { call, measure: () => probe(from, section.at, to, PROBE) };
}

/** Asserts that a flood does not hold up the packets of another call. */
async function assertNotHeldUp(stage: Stage, what: Flood): Promise<void> {
  const { call, measure } = await openMeasured(stage);
  await using _ = call;
  await measure();
  const quiet: ProbeResult[] = [];
  const flooded: ProbeResult[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    quiet.push(await measure());
    const flooding = flood(stage.place("a").ns, { ...what, seconds: PROBE.seconds + 1 });
    await sleep(500);
    flooded.push(await measure());
    await flooding;
  }
  const best = (results: readonly ProbeResult[]) => Math.min(...results.map(({ p50 }) => p50));
  const [without, during] = [best(quiet), best(flooded)];
  const arrived = flooded.reduce((sum, { sent, received }) => sum + received / sent, 0) / TURNS;
  say(`another call's packets take ${without} µs, and ${during} µs during the flood`);
  if (stage.isOracle) return;
  assert.ok(arrived >= DELIVERED, `${arrived} of another call's packets arrived`);
  assert.ok(during <= SLOWER * Math.max(without, NOISE), `${during} µs instead of ${without} µs`);
}

/** Asserts that the call that was attacked goes on. */
async function assertStillTalks(stage: Stage, call: SecureCall): Promise<void> {
  if (stage.isOracle) {
    say("rtpengine gives up a port that gets too many packets: the call is not judged");
    return;
  }
  await call.assertAtB(await call.speak(10));
  await call.assertAtA(await call.speakBack(10));
}

/** A description of a browser that never comes. */
async function absentBrowser(stage: Stage): Promise<string> {
  const { fingerprint } = await phoneCertificate(stage);
  return [
    "v=0",
    `o=- 1 1 IN IP4 ${ADDRESS.phoneA}`,
    "s=-",
    `c=IN IP4 ${ADDRESS.phoneA}`,
    "t=0 0",
    "m=audio 23000 UDP/TLS/RTP/SAVPF 8",
    "a=rtpmap:8 PCMA/8000",
    "a=ice-ufrag:absent",
    "a=ice-pwd:aaaabbbbccccddddeeeeffff",
    `a=candidate:1 1 UDP 2130706431 ${ADDRESS.phoneA} 23000 typ host`,
    `a=fingerprint:${fingerprint}`,
    "a=setup:actpass",
    "a=rtcp-mux",
    "a=mid:0",
    "",
  ].join("\r\n");
}

/** A call with ICE whose browser never comes: the relay's port and credentials. */
async function openIce(stage: Stage) {
  const call = stage.call();
  const keys = { "ICE": "remove", "transport protocol": "RTP/AVP", "rtcp-mux": ["demux"] };
  await call.offer(await absentBrowser(stage), keys);
  const phone = await stage.phone();
  const answer = await call.answer(phone.describe(), { "ICE": "force" });
  const [section] = sectionsOf(answer);
  assert.ok(section !== undefined);
  const ufrag = attributes(answer, "ice-ufrag")[0] ?? "";
  return { call, port: section.at.port, ufrag, password: attributes(answer, "ice-pwd")[0] ?? "" };
}

/** Sources accounted for by the relay after the flood, whatever the attacker says they are. */
const MAX_SOURCES = 40;

const SCENARIOS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "forged SRTP of ever new sources"(stage) {
    await using call = await openCall(stage, "SDES");
    await call.assertAtB(await call.speak(5));
    const result = await floodBeside(stage, {
      port: call.relay.a.port,
      datagram: forged(1, 1),
      random: [[2, 2], [8, 4], [-10, 10]],
    });
    assert.equal(result.received, 0, "the attacker gets something");
    assert.ok(sources(await call.call.command("query")) <= MAX_SOURCES, "sources pile up");
    await assertStillTalks(stage, call);
  },

  async "forged SRTP of the right source"(stage) {
    await using call = await openCall(stage, "DTLS");
    await call.assertAtB(await call.speak(5));
    const result = await floodBeside(stage, {
      port: call.relay.a.port,
      datagram: forged(0xaaaa, 1),
      random: [[2, 2], [-10, 10]],
    });
    assert.equal(result.received, 0, "the attacker gets something");
    await assertStillTalks(stage, call);
  },

  async "STUN without a signature"(stage) {
    const { call, port } = await openIce(stage);
    await using _ = call;
    const datagram = buildBinding({ withoutFingerprint: true });
    const result = await floodBeside(stage, { port, datagram, random: [[8, 12]] });
    assertNoReflection(result);
  },

  async "STUN with the right name and a wrong signature"(stage) {
    const { call, port, ufrag } = await openIce(stage);
    await using _ = call;
    const password = "not the password of anybody";
    const datagram = buildBinding({
      username: `${ufrag}:absent`,
      password,
      nominate: true,
      controlling: true,
      withoutFingerprint: true,
    });
    const result = await floodBeside(stage, { port, datagram, random: [[8, 12], [-20, 20]] });
    assertNoReflection(result);
  },
};

/** Answers to what nobody has signed are few and no longer than what was sent. */
function assertNoReflection({ sent, sentBytes, received, receivedBytes }: FloodResult): void {
  assert.ok(received <= sent / 10, `${received} answers to ${sent} requests`);
  assert.ok(receivedBytes <= sentBytes, `${receivedBytes} octets for ${sentBytes}`);
}

Deno.test({
  name: "D2-10 D2-14 floods at one port: others do not notice, nothing grows, nothing comes back",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    await addAttacker(stage);
    for (const [name, play] of Object.entries(SCENARIOS)) {
      await t.step(name, () => stage.scenario(play));
    }
  },
});
