/**
 * Flags and keys that change what becomes of packets.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtcp, rtp } from "./packet.ts";
import { describe, type Keys, portOf, type Scene, type Told } from "./scene.ts";

/** What `pierce NAT` sends. */
const PROBE = "0x807fffff0000000000000000";
const PHONES = ["A0", "A1", "B0", "B1"];

function section(phone: string, version = 1, direction = "sendrecv"): string {
  const audio = `m=audio ${portOf(phone)} RTP/AVP 8`;
  return describe(phone, version, audio, `a=${direction}`);
}

/** A call of two phones. @returns what each was told */
async function call(
  scene: Scene,
  offered: Keys = {},
  answered: Keys = {},
): Promise<{ a: Told; b: Told }> {
  await scene.listen(...PHONES);
  const b = await scene.offer(section("A0"), offered);
  const a = await scene.answer(section("B0"), answered);
  return { a, b };
}

/** RTP and RTCP both ways. */
async function talk(scene: Scene, { a, b }: { a: Told; b: Told }, sequence = 1): Promise<void> {
  await scene.send("A0", a.rtp[0], rtp(8, 0xa, sequence, "A"));
  await scene.send("A1", a.rtcp[0], rtcp(0xa));
  await scene.send("B0", b.rtp[0], rtp(8, 0xb, sequence, "B"));
  await scene.send("B1", b.rtcp[0], rtcp(0xb));
}

const A_HEARS_ITSELF = ['A0 < @a0 rtp 8 ssrc=a #1 "A"', "A1 < @a1 rtcp ssrc=a"];
const B_HEARS_ITSELF = ['B0 < @b0 rtp 8 ssrc=b #1 "B"', "B1 < @b1 rtcp ssrc=b"];
const A_HEARS_B = ['A0 < @a0 rtp 8 ssrc=b #1 "B"', "A1 < @a1 rtcp ssrc=b"];
const B_HEARS_A = ['B0 < @b0 rtp 8 ssrc=a #1 "A"', "B1 < @b1 rtcp ssrc=a"];

function echo(mode: string, where: "offer" | "answer", expected: readonly string[]): Case {
  return {
    name: `media echo=${mode} in the ${where}`,
    oracle: "same",
    expected: ["-- call", ...expected],
    async act(scene) {
      const keys = { "media echo": mode };
      const told = await call(scene, ...(where === "offer" ? [keys] : [{}, keys]));
      await talk(scene, told);
      await scene.hear("call");
    },
  };
}

media("media echo: sent back as it came, sources and numbers included", [
  echo("blackhole", "offer", []),
  echo("sinkhole", "answer", []),
  echo("forward", "offer", B_HEARS_ITSELF),
  echo("forward", "answer", A_HEARS_ITSELF),
  echo("backwards", "offer", A_HEARS_ITSELF),
  echo("backwards", "answer", B_HEARS_ITSELF),
  echo("both", "offer", [...A_HEARS_ITSELF, ...B_HEARS_ITSELF]),
  echo("both", "answer", [...A_HEARS_ITSELF, ...B_HEARS_ITSELF]),
]);

const NAT_WAIT: Case = {
  name: "NAT-wait: each port of who asked for it stays silent until it is heard",
  oracle: "same",
  expected: [
    "-- nothing to A yet",
    "-- A has sent RTP",
    'A0 < @a0 rtp 8 ssrc=b #2 "B"',
    'B0 < @b0 rtp 8 ssrc=a #1 "A"',
    "-- and RTCP",
    "A1 < @a1 rtcp ssrc=b",
    "B1 < @b1 rtcp ssrc=a",
  ],
  async act(scene) {
    const { a, b } = await call(scene, { flags: ["NAT-wait"] });
    await scene.send("B0", b.rtp[0], rtp(8, 0xb, 1, "B"));
    await scene.send("B1", b.rtcp[0], rtcp(0xb));
    await scene.hear("nothing to A yet");
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 1, "A"));
    await scene.pause(50);
    await scene.send("B0", b.rtp[0], rtp(8, 0xb, 2, "B"));
    await scene.send("B1", b.rtcp[0], rtcp(0xb));
    await scene.hear("A has sent RTP");
    await scene.send("A1", a.rtcp[0], rtcp(0xa));
    await scene.pause(50);
    await scene.send("B1", b.rtcp[0], rtcp(0xb));
    await scene.hear("and RTCP");
  },
};

const NAT_WAIT_ANSWER: Case = {
  name: "NAT-wait in an answer is about the one who answers",
  oracle: "same",
  expected: ["-- to A at once", ...A_HEARS_B, "-- to B from now on", ...B_HEARS_A],
  async act(scene) {
    const { a, b } = await call(scene, {}, { flags: ["NAT-wait"] });
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 0, "A"));
    await scene.send("B0", b.rtp[0], rtp(8, 0xb, 1, "B"));
    await scene.send("B1", b.rtcp[0], rtcp(0xb));
    await scene.hear("to A at once");
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 1, "A"));
    await scene.send("A1", a.rtcp[0], rtcp(0xa));
    await scene.hear("to B from now on");
  },
};

const PIERCE: Case = {
  name: "pierce NAT: both ports of who asked for it are sent to until they are heard",
  oracle: "same",
  expected: [
    "-- before the answer",
    `A0 < ? ${PROBE}`,
    `A1 < ? ${PROBE}`,
    "-- every second",
    `A0 < @a0 ${PROBE}`,
    `A1 < @a1 ${PROBE}`,
    "-- A has sent RTP",
    `A1 < @a1 ${PROBE}`,
    'B0 < @b0 rtp 8 ssrc=a #1 "A"',
    "-- and RTCP",
    "B1 < @b1 rtcp ssrc=a",
  ],
  async act(scene) {
    await scene.listen(...PHONES);
    await scene.offer(section("A0"), { flags: ["pierce NAT"] });
    await scene.overhear("before the answer", 1300);
    const a = await scene.answer(section("B0"));
    await scene.overhear("every second", 2300);
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 1, "A"));
    await scene.overhear("A has sent RTP", 1500);
    await scene.send("A1", a.rtcp[0], rtcp(0xa));
    await scene.overhear("and RTCP", 1500);
  },
};

const PIERCE_FAX: Case = {
  name: "pierce NAT: media that is not RTP gets empty datagrams",
  oracle: { not: "sends an RTP header there too" },
  expected: ["-- to the fax", "A0 < ? 0x"],
  async act(scene) {
    await scene.listen(...PHONES);
    const fax = describe("A", 1, `m=image ${portOf("A0")} udptl t38`);
    await scene.offer(fax, { flags: ["pierce NAT"] });
    await scene.overhear("to the fax", 300);
  },
};

const DROP: Case = {
  name: "drop-traffic: nothing passes until it is stopped",
  oracle: "same",
  expected: ["-- started", "-- stopped", ...A_HEARS_B, ...B_HEARS_A],
  async act(scene) {
    const told = await call(scene, { "drop-traffic": "start" });
    await talk(scene, told);
    await scene.hear("started");
    const again = { "to-tag": "b", "drop-traffic": "stop" };
    const b = await scene.offer(section("A0", 2), again);
    const a = await scene.answer(section("B0", 2));
    await talk(scene, { a, b });
    await scene.hear("stopped");
  },
};

const ONE_WAY: Case = {
  name: "unidirectional: media of one side arrives although the other says nothing",
  oracle: "same",
  expected: ["-- A speaks", 'B0 < @b0 rtp 8 ssrc=a #1 "A"', 'B0 < @b0 rtp 8 ssrc=a #2 "A"'],
  async act(scene) {
    await scene.listen(...PHONES);
    const flags = { flags: ["unidirectional"] };
    await scene.offer(section("A0", 1, "sendonly"), flags);
    const a = await scene.answer(section("B0", 1, "recvonly"), flags);
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 1, "A"));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 2, "A"));
    await scene.hear("A speaks");
  },
};

function latching(name: string, keys: Keys, kept: string): Case {
  return {
    name: `${name}: B ${kept} when A moves`,
    oracle: "same",
    expected: [
      "-- before",
      ...A_HEARS_B,
      ...B_HEARS_A,
      `B ${kept}`,
      "-- after",
      'A4 < @a0 rtp 8 ssrc=b #2 "B"',
      `B0 < ${kept === "keeps its port" ? "@b0" : "@b4"} rtp 8 ssrc=a #2 "A"`,
    ],
    async act(scene) {
      await scene.listen(...PHONES, "A4");
      const first = await call(scene);
      await talk(scene, first);
      await scene.hear("before");
      const again = { "to-tag": "b", ...keys };
      const audio = `m=audio ${portOf("A4")} RTP/AVP 8`;
      const b = await scene.offer(describe("A", 2, audio), again);
      const a = await scene.answer(section("B0", 2));
      const same = first.b.rtp[0] === b.rtp[0];
      if (!same) scene.call(b.rtp[0]!, "@b4");
      scene.note(`B ${same ? "keeps its port" : "gets another port"}`);
      await scene.send("A4", a.rtp[0], rtp(8, 0xa, 2, "A"));
      await scene.send("B0", b.rtp[0], rtp(8, 0xb, 2, "B"));
      await scene.hear("after");
    },
  };
}

/** A port that has learned its peer is refreshed, and then somebody else of the same host speaks. */
function refreshed(name: string, keys: Keys, version: number, heard: boolean): Case {
  return {
    name,
    oracle: heard ? "same" : { not: "learns anew after every offer and answer" },
    expected: [
      "-- learned",
      'B0 < @b0 rtp 8 ssrc=a #1 "A"',
      "-- a stranger",
      "-- after the refresh",
      ...(heard ? ['B0 < @b0 rtp 8 ssrc=a #3 "A"'] : []),
    ],
    async act(scene) {
      const strict = { flags: ["strict source"] };
      const { a } = await call(scene, strict);
      await scene.listen("A2");
      await scene.send("A0", a.rtp[0], rtp(8, 0xa, 1, "A"));
      await scene.hear("learned");
      await scene.send("A2", a.rtp[0], rtp(8, 0xa, 2, "A"));
      await scene.hear("a stranger");
      await scene.offer(section("A0", version), { ...strict, ...keys, "to-tag": "b" });
      await scene.answer(section("B0"));
      await scene.send("A2", a.rtp[0], rtp(8, 0xa, 3, "A"));
      await scene.hear("after the refresh");
    },
  };
}

media("waiting, piercing, dropping", [
  NAT_WAIT,
  NAT_WAIT_ANSWER,
  PIERCE,
  PIERCE_FAX,
  DROP,
  ONE_WAY,
]);
media("ports that move, endpoints learned anew", [
  latching("by default", {}, "gets another port"),
  latching("port latching", { flags: ["port latching"] }, "keeps its port"),
  latching("no port latching", { flags: ["no port latching"] }, "gets another port"),
  latching("both", { flags: ["port latching", "no port latching"] }, "keeps its port"),
  refreshed("a mere refresh does not open the door again", {}, 1, false),
  refreshed("a changed description does", {}, 2, true),
  refreshed("reset does", { flags: ["strict source", "reset"] }, 1, true),
]);
