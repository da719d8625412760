/**
 * Which section of a bundle every engine takes packets for.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Rule, RuleBundle, RuleOutput } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { type Bench, openPort, type Peer, type Port, rule } from "./harness.ts";
import { rtp } from "./packets.ts";

const MID = 3;
const AUDIO_SSRC = 0xa0a0a0a0;
const VIDEO_SSRC = 0xb0b0b0b0;

/** Audio has 8 and 101 to itself, video 96, and both have 127. */
const BUNDLE: RuleBundle = {
  midExtension: MID,
  sections: [
    { mid: "audio", payloadTypes: [8, 101, 127], ssrcs: [AUDIO_SSRC] },
    { mid: "v", payloadTypes: [96, 127], ssrcs: [VIDEO_SSRC] },
  ],
};

/** A peer that bundles, and the two ports of one that does not. */
interface Split {
  readonly peer: Peer;
  readonly port: Port;
  /** By section. */
  readonly far: readonly { readonly peer: Peer; readonly port: Port }[];
  install(bundle: RuleBundle, outputs?: readonly RuleOutput[], parts?: Partial<Rule>): void;
}

async function split(bench: Bench): Promise<Split> {
  const peer = await bench.peer();
  const port = openPort(bench);
  const far: { peer: Peer; port: Port }[] = [];
  for (let section = 0; section < 2; section++) {
    const end = { peer: await bench.peer(), port: openPort(bench) };
    const outputs = [{ slot: port.slot, match: ["rtp", "rtcp"] as const }];
    const parts = { remote: end.peer.endpoint, rtcpMux: true, outputs };
    bench.engine.setRule(end.port.slot, rule(parts));
    far.push(end);
  }
  const both = far.map(({ port: { slot } }, section) => ({
    slot,
    section,
    match: ["rtp", "rtcp"] as const,
  }));
  const install: Split["install"] = (bundle, outputs = both, parts = {}) =>
    bench.engine.setRule(
      port.slot,
      rule({ remote: peer.endpoint, rtcpMux: true, bundle, outputs, ...parts }),
    );
  install(BUNDLE);
  return { peer, port, far, install };
}

/** An RTP packet with a MID in the one-byte form. */
function withMid(mid: string, parts: { ssrc: number; payloadType?: number }): Uint8Array {
  const plain = rtp(1, parts);
  const body = [MID << 4 | mid.length - 1, ...[...mid].map((char) => char.charCodeAt(0))];
  while (body.length % 4 !== 0) body.push(0);
  const packet = Uint8Array.from([
    ...plain.subarray(0, 12),
    ...[0xbe, 0xde, 0, body.length / 4],
    ...body,
    ...plain.subarray(12),
  ]);
  packet[0]! |= 0x10;
  return packet;
}

/** Sends to the bundled port, expects it at the far peer of a section. */
async function arrives({ peer, port, far }: Split, packet: Uint8Array, section: number) {
  await peer.send(port.local, packet);
  assert.deepEqual((await far[section]!.peer.next()).payload, packet);
}

/** Sends packets that nobody gets. */
async function vanish(bench: Bench, { peer, port }: Split, ...packets: readonly Uint8Array[]) {
  const before = bench.engine.counters(port.slot);
  for (const packet of packets) await peer.send(port.local, packet);
  await bench.until("they are dropped", () => {
    const { dropNoRule, rxErrors } = bench.engine.counters(port.slot);
    return dropNoRule === before.dropNoRule + packets.length &&
      rxErrors === before.rxErrors + packets.length;
  });
}

/** An RTCP packet: type, count, and its words after the header. */
function rtcpOf(type: number, count: number, ...words: readonly number[]): number[] {
  const bytes = words.flatMap((word) => [24, 16, 8, 0].map((shift) => word >>> shift & 255));
  return [0x80 | count, type, 0, words.length, ...bytes];
}

function compound(...packets: readonly number[][]): Uint8Array {
  return Uint8Array.from(packets.flat());
}

function senderReport(ssrc: number): number[] {
  return rtcpOf(200, 0, ssrc, 0, 0, 0, 0, 0);
}

function receiverReport(ssrc: number, ...sources: readonly number[]): number[] {
  return rtcpOf(201, sources.length, ssrc, ...sources.flatMap((one) => [one, 0, 0, 0, 0, 0]));
}

/** The cases. */
export const bundlingCases: readonly Case[] = [
  {
    name: "takes a packet for the section its MID names, and remembers its SSRC",
    async run(bench) {
      const ends = await split(bench);
      await arrives(ends, withMid("v", { ssrc: 1, payloadType: 127 }), 1);
      await arrives(ends, rtp(2, { ssrc: 1, payloadType: 127 }), 1);
      // the name counts for more than the payload type, and may change
      await arrives(ends, withMid("audio", { ssrc: 1, payloadType: 96 }), 0);
      await arrives(ends, rtp(3, { ssrc: 1, payloadType: 127 }), 0);
    },
  },
  {
    name: "takes a packet without a MID for the section of its SSRC, then of its payload type",
    async run(bench) {
      const ends = await split(bench);
      await arrives(ends, rtp(1, { ssrc: VIDEO_SSRC, payloadType: 8 }), 1);
      await arrives(ends, rtp(2, { ssrc: AUDIO_SSRC, payloadType: 96 }), 0);
      await arrives(ends, rtp(3, { ssrc: 7, payloadType: 96 }), 1);
      // known now
      await arrives(ends, rtp(4, { ssrc: 7, payloadType: 127 }), 1);
      await arrives(ends, rtp(5, { ssrc: 8, payloadType: 101 }), 0);
    },
  },
  {
    name: "drops packets of no section, but for outputs that take those of any",
    async run(bench) {
      const ends = await split(bench);
      await vanish(
        bench,
        ends,
        rtp(1, { ssrc: 7, payloadType: 127 }), // of two sections
        rtp(2, { ssrc: 7, payloadType: 50 }), // of none
        withMid("video", { ssrc: 7, payloadType: 96 }),
        withMid("a", { ssrc: AUDIO_SSRC, payloadType: 8 }),
      );
      const [{ slot }] = [ends.far[1]!.port];
      ends.install(BUNDLE, [{ slot, match: ["rtp"] }]);
      await arrives(ends, rtp(3, { ssrc: 7, payloadType: 50 }), 1);
      await arrives(ends, rtp(4, { ssrc: AUDIO_SSRC }), 1);
    },
  },
  {
    name: "keeps what it learned about SSRCs while the sections stay the same",
    async run(bench) {
      const ends = await split(bench);
      const unnamed = rtp(2, { ssrc: 1, payloadType: 127 });
      await arrives(ends, withMid("v", { ssrc: 1, payloadType: 127 }), 1);
      const [audio, video] = BUNDLE.sections;
      ends.install({ ...BUNDLE, sections: [audio!, { ...video!, ssrcs: [] }] });
      await arrives(ends, unnamed, 1);
      ends.install({ ...BUNDLE, sections: [audio!, { ...video!, mid: "other" }] });
      await vanish(bench, ends, unnamed);
      ends.install(BUNDLE);
      await vanish(bench, ends, unnamed);
    },
  },
  {
    name: "learns no MID where the party has none, and reads it only under its identifier",
    async run(bench) {
      const ends = await split(bench);
      ends.install({ sections: BUNDLE.sections });
      await arrives(ends, withMid("v", { ssrc: AUDIO_SSRC }), 0);
      ends.install({ ...BUNDLE, midExtension: MID + 1 });
      await arrives(ends, withMid("v", { ssrc: AUDIO_SSRC }), 0);
    },
  },
  {
    name: "is not made to forget SSRCs by a flood of others",
    async run(bench) {
      const ends = await split(bench);
      await arrives(ends, withMid("v", { ssrc: 1, payloadType: 127 }), 1);
      for (let ssrc = 100; ssrc < 200; ssrc++) {
        await arrives(ends, withMid("audio", { ssrc, payloadType: 127 }), 0);
      }
      await arrives(ends, rtp(2, { ssrc: 1, payloadType: 127 }), 1);
      await arrives(ends, rtp(3, { ssrc: VIDEO_SSRC, payloadType: 127 }), 1);
      // there was room for fifteen more
      await arrives(ends, rtp(4, { ssrc: 114, payloadType: 127 }), 0);
      await vanish(bench, ends, rtp(4, { ssrc: 115, payloadType: 127 }));
    },
  },
  {
    name: "learns SSRCs from the accepted source only",
    async run(bench) {
      const ends = await split(bench);
      ends.install(BUNDLE, undefined, { sourceAction: "drop" });
      const stranger = await bench.peer();
      for (const ssrc of [1, 2]) {
        await stranger.send(ends.port.local, withMid("v", { ssrc, payloadType: 127 }));
      }
      await bench.until(
        "the stranger is dropped",
        () => bench.engine.counters(ends.port.slot).dropSource === 2,
      );
      await arrives(ends, rtp(3, { ssrc: AUDIO_SSRC }), 0);
      await vanish(bench, ends, rtp(4, { ssrc: 1, payloadType: 127 }));
    },
  },
  {
    name: "sends RTCP to the sections of the streams its sender sends",
    async run(bench) {
      const ends = await split(bench);
      await arrives(ends, withMid("v", { ssrc: 1, payloadType: 96 }), 1);
      await arrives(ends, compound(senderReport(1), rtcpOf(202, 1, 1, 0)), 1);
      await arrives(ends, compound(senderReport(AUDIO_SSRC)), 0);
      await arrives(ends, compound(rtcpOf(207, 0, VIDEO_SSRC)), 1);
      await arrives(ends, compound(rtcpOf(203, 1, 1)), 1);
      const two = compound(rtcpOf(203, 2, 1, AUDIO_SSRC));
      await arrives(ends, two, 0);
      assert.deepEqual((await ends.far[1]!.peer.next()).payload, two);
    },
  },
  {
    name: "sends reports and feedback to the section whose stream they are about",
    async run(bench) {
      const ends = await split(bench);
      const [audio, video] = ends.far;
      for (const [end, ssrc] of [[audio!, 0xaa], [video!, 0xbb]] as const) {
        await end.peer.send(end.port.local, rtp(1, { ssrc }));
        await ends.peer.next();
      }
      // RFC 4585: a picture is lost; its sender's SSRC is that of the other stream, as browsers do
      const feedback = rtcpOf(206, 1, 0x99, 0xbb);
      await arrives(ends, compound(feedback), 1);
      await arrives(ends, compound(receiverReport(0x99, 0xaa)), 0);
      const about = compound(receiverReport(0x99, 0xaa, 0xbb), feedback);
      await arrives(ends, about, 0);
      assert.deepEqual((await video!.peer.next()).payload, about);
    },
  },
  {
    name: "sends RTCP that names nobody known to all, but to each place once",
    async run(bench) {
      const ends = await split(bench);
      const unknown = compound(receiverReport(0x99, 0x98), rtcpOf(205, 1, 0x99, 0));
      await arrives(ends, unknown, 0);
      assert.deepEqual((await ends.far[1]!.peer.next()).payload, unknown);
      // the far end bundles, too
      const { slot } = ends.far[0]!.port;
      const match = ["rtp", "rtcp"] as const;
      const elsewhere = await bench.peer();
      ends.install(BUNDLE, [
        { slot, section: 0, match },
        { slot, section: 1, match },
        { slot, section: 1, match, dst: elsewhere.endpoint },
      ]);
      await arrives(ends, unknown, 0);
      assert.deepEqual((await elsewhere.next()).payload, unknown);
      await arrives(ends, rtp(1, { ssrc: AUDIO_SSRC }), 0);
      await arrives(ends, rtp(2, { ssrc: VIDEO_SSRC }), 0);
      assert.deepEqual((await elsewhere.next()).payload, rtp(2, { ssrc: VIDEO_SSRC }));
    },
  },
  {
    name: "writes its own MID in place of the sender's, whatever the identifiers",
    async run(bench) {
      const ends = await split(bench);
      const [, video] = ends.far;
      const to = { slot: video!.port.slot, section: 1, match: ["rtp"] as const };
      ends.install(BUNDLE, [{ ...to, mid: { id: 7, value: "0" } }]);
      await ends.peer.send(ends.port.local, withMid("v", { ssrc: 1, payloadType: 96 }));
      const { payload } = await video!.peer.next();
      assert.deepEqual([...payload.subarray(12, 20)], [0xbe, 0xde, 0, 1, 0x70, 0x30, 0, 0]);
      // where none is written, the sender's stays
      ends.install(BUNDLE, [to]);
      await arrives(ends, withMid("v", { ssrc: 1, payloadType: 96 }), 1);
    },
  },
  {
    name: "refuses bundles that contradict themselves, and keeps the old rule",
    async run(bench) {
      const ends = await split(bench);
      const [audio, video] = BUNDLE.sections as [
        RuleBundle["sections"][number],
        RuleBundle["sections"][number],
      ];
      const nine = Array.from({ length: 9 }, (_, i) => i);
      const wrong: readonly RuleBundle[] = [
        { sections: [] },
        { sections: nine.map((mid) => ({ mid: `${mid}`, payloadTypes: [], ssrcs: [] })) },
        { ...BUNDLE, midExtension: 256 },
        { sections: [audio, { ...video, mid: "audio" }] },
        { sections: [audio, { ...video, mid: "" }] },
        { sections: [audio, { ...video, mid: "v".repeat(33) }] },
        { sections: [audio, { ...video, payloadTypes: [128] }] },
        { sections: [audio, { ...video, ssrcs: [AUDIO_SSRC] }] },
        { sections: [audio, { ...video, ssrcs: nine }] },
        { sections: [audio, { ...video, ssrcs: [2 ** 32] }] },
        { sections: [audio] }, // an output is for the second
      ];
      for (const bundle of wrong) assert.throws(() => ends.install(bundle), Error);
      const parts = { opaque: true, rtcpMux: false };
      assert.throws(() => ends.install(BUNDLE, [], parts), Error);
      await arrives(ends, rtp(1, { ssrc: VIDEO_SSRC }), 1);
    },
  },
];
