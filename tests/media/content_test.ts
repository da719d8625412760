/**
 * What is in packets: silence in place of media, and packets that are too short.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtp } from "./packet.ts";
import { describe, type Keys, portOf, type Scene, type Told } from "./scene.ts";

/** PCMA, PCMU, G.722, events and noise, opus. */
const CODECS = [
  "a=rtpmap:101 telephone-event/8000",
  "a=rtpmap:96 opus/48000/2",
];
const PCMA_SILENCE = "\xd5\xd5\xd5";
const PCMU_SILENCE = "\xff\xff\xff";
const G722_SILENCE = "\xfa\xfa\xfa";

/** A call of two phones. @returns what each was told */
async function call(
  scene: Scene,
  offered: Keys = {},
  answered: Keys = {},
): Promise<{ a: Told; b: Told }> {
  await scene.listen("A0", "A1", "B0", "B1");
  const section = (phone: string) =>
    describe(phone, 1, `m=audio ${portOf(phone)} RTP/AVP 8 0 9 13 101 96`, ...CODECS);
  const b = await scene.offer(section("A0"), offered);
  const a = await scene.answer(section("B0"), answered);
  return { a, b };
}

const SILENCE: Case = {
  name: "PCMA, PCMU and G.722 become silence; events and noise are heard",
  oracle: "same",
  expected: [
    "-- silenced",
    ...[
      `B0 < @b0 rtp 0 ssrc=a #2 "${PCMU_SILENCE}"`,
      'B0 < @b0 rtp 101 ssrc=a #4 "abcd"',
      'B0 < @b0 rtp 13 ssrc=a #5 "abc"',
      `B0 < @b0 rtp 8 ssrc=a #1 "${PCMA_SILENCE}"`,
      `B0 < @b0 rtp 9 ssrc=a #3 "${G722_SILENCE}" [1=x]`,
    ],
    "-- heard again",
    'B0 < @b0 rtp 8 ssrc=a #6 "abc"',
  ],
  async act(scene) {
    const { a } = await call(scene);
    await scene.command("silence media");
    for (const [i, type] of [8, 0, 9, 101, 13].entries()) {
      const elements = type === 9 ? [{ id: 1, value: "x" }] : [];
      // an event is four bytes (RFC 4733 section 2.3)
      const text = type === 101 ? "abcd" : "abc";
      await scene.send("A0", a.rtp[0], rtp(type, 0xa, i + 1, text, ...elements));
    }
    await scene.hear("silenced");
    await scene.command("unsilence media");
    await scene.send("A0", a.rtp[0], rtp(8, 0xa, 6, "abc"));
    await scene.hear("heard again");
  },
};

const NO_PATTERN: Case = {
  name: "opus, of which nobody knows the silence, is not heard",
  oracle: { not: "passes it on as it is" },
  expected: ["-- silenced"],
  async act(scene) {
    const { a } = await call(scene);
    await scene.command("silence media");
    await scene.send("A0", a.rtp[0], rtp(96, 0xa, 1, "abc"));
    await scene.hear("silenced");
  },
};

media("silence media", [SILENCE, NO_PATTERN]);

/** Sends payloads one after the other and notes which arrive. */
async function lengths(scene: Scene, to: number | undefined, texts: readonly string[], type = 8) {
  for (const [i, text] of texts.entries()) {
    await scene.send("A0", to, rtp(type, 0xa, i, text));
  }
  await scene.hear("sent");
}

const SHORT: Case = {
  name: "what has less payload than the first packet of its type is dropped",
  oracle: "same",
  expected: [
    "-- sent",
    'B0 < @b0 rtp 0 ssrc=a #5 "x"',
    'B0 < @b0 rtp 8 ssrc=a #0 "abcd"',
    'B0 < @b0 rtp 8 ssrc=a #3 "abcde"',
    'B0 < @b0 rtp 8 ssrc=a #4 "abcd"',
  ],
  async act(scene) {
    const { a } = await call(scene, { flags: ["block short"] });
    for (const [i, text] of ["abcd", "abc", "a", "abcde", "abcd"].entries()) {
      await scene.send("A0", a.rtp[0], rtp(8, 0xa, i, text));
    }
    await scene.send("A0", a.rtp[0], rtp(0, 0xa, 5, "x"));
    await scene.hear("sent");
  },
};

const SHORT_OPUS: Case = {
  name: "frames of codecs that have no fixed size may get shorter",
  oracle: "same",
  expected: ["-- sent", 'B0 < @b0 rtp 96 ssrc=a #0 "abcd"', 'B0 < @b0 rtp 96 ssrc=a #1 "a"'],
  async act(scene) {
    const { a } = await call(scene, { flags: ["block short"] });
    await lengths(scene, a.rtp[0], ["abcd", "a"], 96);
  },
};

const SHORT_OTHER: Case = {
  name: "it is about the party the message comes from",
  oracle: "same",
  expected: ["-- sent", 'B0 < @b0 rtp 8 ssrc=a #0 "abcd"', 'B0 < @b0 rtp 8 ssrc=a #1 "a"'],
  async act(scene) {
    const { a } = await call(scene, {}, { flags: ["block short"] });
    await lengths(scene, a.rtp[0], ["abcd", "a"]);
  },
};

media("block short", [SHORT, SHORT_OPUS, SHORT_OTHER]);
