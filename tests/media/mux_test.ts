/**
 * rtcp-mux (RFC 5761) with packets: each side muxes or does not, and changes its mind.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtcp, rtp } from "./packet.ts";
import { describe, portOf, type Scene, type Told } from "./scene.ts";

/** Which of the two sides muxes. */
interface Combination {
  readonly a: boolean;
  readonly b: boolean;
}

const COMBINATIONS: readonly Combination[] = [
  { a: false, b: false },
  { a: true, b: false },
  { a: false, b: true },
  { a: true, b: true },
];

/** The `rtcp-mux` key that brings a combination about, whatever was in force before. */
function modes({ a, b }: Combination): string[] {
  if (a && !b) return ["demux"];
  if (a) return ["accept", "require"];
  return b ? ["require"] : [];
}

function sdp(phone: string, muxed: boolean, version: number): string {
  const mux = muxed ? ["a=rtcp-mux"] : [];
  return describe(phone, version, `m=audio ${portOf(phone)} RTP/AVP 8`, ...mux);
}

function text({ a, b }: Combination): string {
  return `${a ? "muxed" : "apart"}/${b ? "muxed" : "apart"}`;
}

/** Both sides negotiate a combination. @returns what `a` and `b` were told */
async function negotiate(
  scene: Scene,
  combination: Combination,
  version: number,
  between?: () => Promise<void>,
): Promise<{ a: Told; b: Told }> {
  const keys = { "rtcp-mux": modes(combination), ...(version > 1 ? { "to-tag": "b" } : {}) };
  const b = await scene.offer(sdp("A0", combination.a, version), keys);
  await between?.();
  const a = await scene.answer(sdp("B0", combination.b, version));
  return { a, b };
}

/** RTP and RTCP both ways, RTCP as the combination says. */
async function talk(
  scene: Scene,
  told: { a: Told; b: Told },
  { a, b }: Combination,
  sequence: number,
): Promise<void> {
  const [toA, toB] = [told.a.rtp[0]!, told.b.rtp[0]!];
  await scene.send("A0", toA, rtp(8, 0xa, sequence, "from A"));
  await scene.send("B0", toB, rtp(8, 0xb, sequence, "from B"));
  await scene.send(a ? "A0" : "A1", a ? toA : toA + 1, rtcp(0xa));
  await scene.send(b ? "B0" : "B1", b ? toB : toB + 1, rtcp(0xb));
}

/** What both phones hear then: RTP on RTP ports, RTCP where each wants it. */
function heard({ a, b }: Combination, sequence: number): string[] {
  return [
    `A0 < @a0 rtp 8 ssrc=b #${sequence} "from B"`,
    a ? "A0 < @a0 rtcp ssrc=b" : "A1 < @a1 rtcp ssrc=b",
    `B0 < @b0 rtp 8 ssrc=a #${sequence} "from A"`,
    b ? "B0 < @b0 rtcp ssrc=a" : "B1 < @b1 rtcp ssrc=a",
  ].sort();
}

const PHONES = ["A0", "A1", "B0", "B1"];

const STEADY = COMBINATIONS.map((combination): Case => ({
  name: `${text(combination)}: RTP and RTCP arrive where they belong`,
  oracle: "same",
  expected: ["-- call", ...heard(combination, 1)],
  async act(scene) {
    await scene.listen(...PHONES);
    const told = await negotiate(scene, combination, 1);
    await talk(scene, told, combination, 1);
    await scene.hear("call");
  },
}));

const SWITCHES = COMBINATIONS.flatMap((before) =>
  COMBINATIONS.filter((after) => after !== before).map((after): Case => ({
    name: `${text(before)} to ${text(after)}: nothing is lost on the way`,
    oracle: { not: "loses reports on the way, and the RTCP port with rtcp-mux for good" },
    expected: [
      "-- before",
      ...heard(before, 1),
      "-- between offer and answer",
      ...heard(before, 2),
      "-- stragglers",
      ...heard(after, 3),
      "-- after",
      ...heard(after, 4),
    ],
    async act(scene) {
      await scene.listen(...PHONES);
      const first = await negotiate(scene, before, 1);
      await talk(scene, first, before, 1);
      await scene.hear("before");
      const second = await negotiate(scene, after, 2, async () => {
        await talk(scene, first, before, 2);
        await scene.hear("between offer and answer");
      });
      await talk(scene, first, before, 3);
      await scene.hear("stragglers");
      await talk(scene, second, after, 4);
      await scene.hear("after");
    },
  }))
);

media("rtcp-mux: both sides as they like", STEADY);
media("rtcp-mux: a re-offer changes it", SWITCHES);
