/**
 * Phones that answer with the suite of one offered key and the tag of another, or of none.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import {
  type AgentSocket,
  fromBytes,
  inlineOf,
  masterOf,
  newMasterKey,
  parseRtp,
  say,
  sleep,
  SrtpStream,
  toBytes,
} from "../support/mod.ts";
import { sectionsOf } from "../webrtc/sdp_text.ts";
import { type Keys, Stage } from "../webrtc/stage.ts";
import { speech } from "./datagrams.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`answers with other tags are not tested: ${reason}`);

const SUITE = "AES_CM_128_HMAC_SHA1_80";
const PORT = 21_000;
const PACKETS = 20;

function describe(host: string, protocol: string, ...lines: readonly string[]): string {
  const head = ["v=0", `o=- 1 1 IN IP4 ${host}`, "s=-", `c=IN IP4 ${host}`, "t=0 0"];
  return [...head, `m=audio ${PORT} ${protocol} 8`, ...lines, ""].join("\r\n");
}

/** What is special about an answer. */
interface Case {
  readonly name: string;
  /** In place of the tag of the suite. */
  readonly tag?: number;
  /** Behind the key. */
  readonly suffix?: string;
  readonly keys?: Keys;
  /** Packets at the phone without keys and at the one with them: ours, and rtpengine's. */
  readonly rtpengine: readonly [number, number];
}

const BOTH = [PACKETS, PACKETS] as const;
const ONE_WAY = [PACKETS, 0] as const;
const CASES: readonly Case[] = [
  { name: "the tag of the suite", rtpengine: BOTH },
  { name: "the tag of another suite", tag: 1, rtpengine: ONE_WAY },
  { name: "a tag nobody offered", tag: 99, rtpengine: ONE_WAY },
  { name: "our keys have a lifetime of 2^31", keys: { SDES: ["lifetime"] }, rtpengine: BOTH },
];

/** Media in both directions of one call. */
async function play(
  stage: Stage,
  { tag, suffix = "", keys = {} }: Case,
  { a, b }: { readonly a: AgentSocket; readonly b: AgentSocket },
): Promise<readonly [number, number]> {
  await using call = stage.call();
  const outward = { "transport protocol": "RTP/SAVP", "DTLS": "off", ...keys };
  const offered = await call.offer(describe(ADDRESS.phoneA, "RTP/AVP"), outward);
  const line = new RegExp(`^a=crypto:(\\d+) ${SUITE} inline:([^|\\r\\n]+)`, "m").exec(offered);
  assert.ok(line !== null, `no key in ${offered}`);
  const own = newMasterKey();
  const answer = `a=crypto:${tag ?? line[1]} ${SUITE} inline:${inlineOf(own)}${suffix}`;
  const answered = await call.answer(describe(ADDRESS.phoneB, "RTP/SAVP", answer));
  const [[towardsB], [towardsA]] = [sectionsOf(offered), sectionsOf(answered)];
  assert.ok(towardsA !== undefined && towardsB !== undefined);
  const [out, back] = [new SrtpStream(own), new SrtpStream(masterOf(line[2]!))];
  for (let i = 0; i < PACKETS; i++) {
    await b.send(towardsB.at, fromBytes(out.protect(speech(0xbbbb, 100 + i, 2))));
    await a.send(towardsA.at, fromBytes(speech(0xaaaa, 200 + i, 1)));
  }
  await sleep(200);
  const marked = (bytes: Uint8Array | undefined, mark: number) =>
    bytes !== undefined && parseRtp(bytes)?.payload[9] === mark;
  const atA = (await a.take()).filter(({ data }) => marked(toBytes(data), 2));
  const atB = (await b.take()).filter(({ data }) => marked(back.unprotect(toBytes(data)), 1));
  return [atA.length, atB.length];
}

Deno.test({
  name: "an answer whose tag is another's has media both ways by its suite",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    const a = await stage.place("a").agent.bind(ADDRESS.phoneA, PORT);
    const b = await stage.place("b").agent.bind(ADDRESS.phoneB, PORT);
    for (const one of CASES) {
      await t.step(one.name, () =>
        stage.scenario(async (stage) => {
          const expected = stage.isOracle ? one.rtpengine : BOTH;
          assert.deepEqual(await play(stage, one, { a, b }), expected);
        }));
    }
  },
});
