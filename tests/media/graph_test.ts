/**
 * Who hears whom: media that is blocked, listeners beside a dialogue, publishers, transfers. With packets.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtp } from "./packet.ts";
import { describe, type Keys, portOf, type Scene, type Told } from "./scene.ts";

const EVENTS = "a=rtpmap:101 telephone-event/8000";
const LISTENER = "X0";

function section(phone: string, version = 1, ...more: string[]): string {
  return describe(phone, version, `m=audio ${portOf(phone)} RTP/AVP 8 101`, EVENTS, ...more);
}

/** A call of two phones, named to each other; `X0` is there to listen. */
async function call(scene: Scene, keys: Keys = {}): Promise<{ a: Told; b: Told }> {
  await scene.listen("A0", "B0", LISTENER);
  const b = await scene.offer(section("A0"), { label: "caller", ...keys });
  const a = await scene.answer(section("B0"), { label: "callee" });
  return { a, b };
}

/** One packet and one event both ways. */
async function talk(scene: Scene, { a, b }: { a: Told; b: Told }, n: number): Promise<void> {
  await scene.send("A0", a.rtp[0], rtp(8, 0xa, n, "A"));
  await scene.send("A0", a.rtp[0], rtp(101, 0xa, n, "Aevt"));
  await scene.send("B0", b.rtp[0], rtp(8, 0xb, n, "B"));
  await scene.send("B0", b.rtp[0], rtp(101, 0xb, n, "Bevt"));
  await scene.hear(String(n));
}

/** `X0` listens under the tag `s`. @returns the port the offer to it names, and the result */
async function listen(scene: Scene, keys: Keys): Promise<number> {
  const request = await scene.command("subscribe request", { "to-tag": "s", ...keys });
  const port = Number(/^m=audio (\d+)/m.exec(String(request["sdp"]))?.[1]);
  scene.call(port, "@s");
  const sdp = section(LISTENER, 1, "a=recvonly");
  const answer = await scene.command("subscribe answer", { "to-tag": "s", sdp });
  scene.note(`${request["result"]}, ${answer["result"]}`);
  return port;
}

/** An event and media of one party, as one socket hears them. */
function heard(at: string, ssrc: string, n: number): [string, string] {
  const event = ssrc.toUpperCase() + "evt";
  return [
    `${at} rtp 101 ssrc=${ssrc} #${n} "${event}"`,
    `${at} rtp 8 ssrc=${ssrc} #${n} "${ssrc.toUpperCase()}"`,
  ];
}

function aHears(n: number): [string, string] {
  return heard("A0 < @a0", "b", n);
}

function bHears(n: number): [string, string] {
  return heard("B0 < @b0", "a", n);
}

function xHears(n: number): [string, string] {
  return heard("X0 < @s", "a", n);
}

const BLOCKED: Case = {
  name: "block media leaves events, block DTMF takes them; parties apart from the call",
  oracle: "same",
  expected: [
    ...["-- 1", aHears(1)[0], bHears(1)[0]],
    ...["-- 2", ...aHears(2), bHears(2)[0]],
    ...["-- 3", ...aHears(3)],
    ...["-- 4", ...aHears(4), bHears(4)[1]],
    ...["-- 5", ...aHears(5), ...bHears(5)],
  ],
  async act(scene) {
    const told = await call(scene);
    await scene.command("block media");
    await talk(scene, told, 1);
    await scene.command("block media", { label: "caller" });
    await scene.command("unblock media");
    await talk(scene, told, 2);
    await scene.command("block DTMF", { "from-tag": "a", flags: ["directional"] });
    await talk(scene, told, 3);
    await scene.command("unblock media", { address: "127.0.0.11" });
    await talk(scene, told, 4);
    await scene.command("unblock DTMF", { label: "caller" });
    await talk(scene, told, 5);
  },
};

const REFRESHED: Case = {
  name: "what is blocked stays blocked over a re-offer",
  oracle: "same",
  expected: ["-- 1", aHears(1)[1], bHears(1)[0]],
  async act(scene) {
    const told = await call(scene);
    await scene.command("block media", { label: "caller" });
    await scene.command("block DTMF", { label: "callee" });
    await scene.offer(section("A0", 2), { "to-tag": "b" });
    await scene.answer(section("B0", 2));
    await talk(scene, told, 1);
  },
};

const FLOW: Case = {
  name: "block media of one flow leaves the others",
  oracle: { not: "answers ok and blocks nothing" },
  expected: [
    "ok, ok",
    ...["-- 1", ...aHears(1), ...bHears(1)],
    ...["-- 2", ...aHears(2), ...xHears(2)],
  ],
  async act(scene) {
    const told = await call(scene);
    await listen(scene, { "from-tag": "a" });
    await scene.command("block media", { label: "caller", "to-tag": "s" });
    await talk(scene, told, 1);
    await scene.command("unblock media", { label: "caller", "to-tag": "s" });
    await scene.command("block media", { label: "caller", "to-label": "callee" });
    await talk(scene, told, 2);
  },
};

const LISTENING: Case = {
  name: "a listener hears one party, over a re-offer, until it unsubscribes, and is not heard",
  oracle: "same",
  expected: [
    "ok, ok",
    ...["-- 1", ...aHears(1), ...bHears(1), ...xHears(1)],
    ...["-- 2", ...aHears(2), ...bHears(2), ...xHears(2)],
    "-- from X",
    "ok",
    ...["-- 3", ...aHears(3), ...bHears(3)],
  ],
  async act(scene) {
    const told = await call(scene);
    const port = await listen(scene, { "from-tag": "a" });
    await talk(scene, told, 1);
    await scene.offer(section("A0", 2), { "to-tag": "b" });
    await scene.answer(section("B0", 2));
    await talk(scene, told, 2);
    await scene.send(LISTENER, port, rtp(8, 0xc, 1, "X"));
    await scene.hear("from X");
    const reply = await scene.command("unsubscribe", { "to-tag": "s" });
    scene.note(String(reply["result"]));
    await talk(scene, told, 3);
  },
};

const PUBLISHED: Case = {
  name: "a publisher is heard by its subscribers, and goes on when it publishes again",
  oracle: "same",
  expected: [
    "ok, ok",
    "-- published",
    'X0 < @s rtp 8 ssrc=a #1 "A"',
    "-- published again",
    'X0 < @s rtp 8 ssrc=a #2 "A"',
  ],
  async act(scene) {
    await scene.listen("A0", LISTENER);
    const sdp = (version: number) =>
      describe("A", version, `m=audio ${portOf("A0")} RTP/AVP 8`, "a=sendonly");
    const reply = await scene.command("publish", { "from-tag": "pub", sdp: sdp(1) });
    const port = Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))?.[1]);
    const request = await scene.command("subscribe request", { "from-tag": "pub", "to-tag": "s" });
    scene.call(Number(/^m=audio (\d+)/m.exec(String(request["sdp"]))?.[1]), "@s");
    const listener = describe("X", 1, `m=audio ${portOf(LISTENER)} RTP/AVP 8`, "a=recvonly");
    const answer = await scene.command("subscribe answer", { "to-tag": "s", sdp: listener });
    scene.note(`${request["result"]}, ${answer["result"]}`);
    await scene.send("A0", port, rtp(8, 0xa, 1, "A"));
    await scene.hear("published");
    await scene.command("publish", { "from-tag": "pub", sdp: sdp(2) });
    await scene.send("A0", port, rtp(8, 0xa, 2, "A"));
    await scene.hear("published again");
  },
};

const TRANSFERRED: Case = {
  name: "parties that are connected hear each other, and whom they spoke with before no more",
  oracle: "same",
  expected: [
    "ok",
    "-- connected",
    'B0 < @y rtp 8 ssrc=a #1 "A"',
  ],
  async act(scene) {
    await scene.listen("A0", "B0");
    const made: number[] = [];
    for (const [tag, phone] of [["x", "A"], ["y", "B"]] as const) {
      const reply = await scene.command("create", { "from-tag": tag });
      const port = Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))?.[1]);
      scene.call(port, `@${tag}`);
      made.push(port);
      const sdp = describe(phone, 1, `m=audio ${portOf(`${phone}0`)} RTP/AVP 8`);
      await scene.command("create answer", { "from-tag": tag, sdp });
    }
    const reply = await scene.command("connect", { "from-tag": "x", "to-tag": "y" });
    scene.note(String(reply["result"]));
    await scene.send("A0", made[0], rtp(8, 0xa, 1, "A"));
    await scene.hear("connected");
  },
};

media("who hears whom", [BLOCKED, REFRESHED, FLOW, LISTENING, PUBLISHED, TRANSFERRED]);
