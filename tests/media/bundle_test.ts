/**
 * BUNDLE (RFC 9143) with packets: groups are broken, kept and made anew, and every packet finds its section.
 *
 * @module
 */

import { type Case, media } from "./case.ts";
import { rtcp, rtp } from "./packet.ts";
import { describe, portOf, type Scene, type Told } from "./scene.ts";

const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const [AUDIO, VIDEO] = [8, 96];

/** Sections of a phone that bundles them: both at its port 0. */
function bundled(phone: string, names: readonly [string, string], ...more: string[]): string {
  const port = portOf(`${phone}0`);
  return describe(
    phone,
    1,
    `a=group:BUNDLE ${names.join(" ")}`,
    `m=audio ${port} RTP/AVP ${AUDIO}`,
    `a=mid:${names[0]}`,
    "a=rtcp-mux",
    ...more,
    `m=video ${port} RTP/AVP ${VIDEO}`,
    "a=rtpmap:96 VP8/90000",
    `a=mid:${names[1]}`,
    "a=rtcp-mux",
    ...more,
  );
}

/** Sections of a phone that knows nothing of bundles: ports 0 and 2, RTCP above. */
function plain(phone: string, ...more: string[]): string {
  return describe(
    phone,
    1,
    `m=audio ${portOf(`${phone}0`)} RTP/AVP ${AUDIO}`,
    ...more,
    `m=video ${portOf(`${phone}2`)} RTP/AVP ${VIDEO}`,
    "a=rtpmap:96 VP8/90000",
    ...more,
  );
}

const A_PORTS = ["A0", "A1", "A2", "A3"];
const B_PORTS = ["B0", "B1", "B2", "B3"];

/** What the phones send. */
interface Talk {
  readonly a: Told;
  readonly b: Told;
  /** Ports A sends audio and video from. */
  readonly from: readonly [string, string];
  /** Ports B sends them from. */
  readonly back: readonly [string, string];
  /** Identifier and names under which A names its sections. */
  readonly mids?: readonly [number, string, string];
  /** The same of B. */
  readonly midsBack?: readonly [number, string, string];
}

/** One packet of each kind both ways, RTP first so that RTCP can be told by its sources. */
async function talk(scene: Scene, talk: Talk, sequence = 1): Promise<void> {
  const [id, audio, video] = talk.mids ?? [];
  const named = (value?: string, under = id) =>
    value === undefined || under === undefined ? [] : [{ id: under, value }];
  const [idBack, audioBack, videoBack] = talk.midsBack ?? [];
  await scene.send(talk.from[0], talk.a.rtp[0], rtp(AUDIO, 0xa1, sequence, "A", ...named(audio)));
  await scene.send(talk.from[1], talk.a.rtp[1], rtp(VIDEO, 0xa2, sequence, "A", ...named(video)));
  const back = [named(audioBack, idBack), named(videoBack, idBack)] as const;
  await scene.send(talk.back[0], talk.b.rtp[0], rtp(AUDIO, 0xb1, sequence, "B", ...back[0]));
  await scene.send(talk.back[1], talk.b.rtp[1], rtp(VIDEO, 0xb2, sequence, "B", ...back[1]));
}

const BREAKING: Case = {
  name: "a bundle is broken: two ports towards each side, the MID nobody reads is gone",
  oracle: { not: "lets the MID pass to a phone that has not negotiated it" },
  expected: [
    "-- media",
    'A0 < @a0 rtp 8 ssrc=b1 #1 "B"',
    'A2 < @a2 rtp 96 ssrc=b2 #1 "B"',
    'B0 < @b0 rtp 8 ssrc=a1 #1 "A"',
    'B2 < @b2 rtp 96 ssrc=a2 #1 "A" [5=x]',
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const b = await scene.offer(bundled("A", ["a", "v"], `a=extmap:1 ${MID}`, "a=extmap:5 urn:x"));
    const a = await scene.answer(plain("B"));
    const both = [{ id: 1, value: "v" }, { id: 5, value: "x" }];
    await scene.send("A0", a.rtp[0], rtp(AUDIO, 0xa1, 1, "A", { id: 1, value: "a" }));
    await scene.send("A2", a.rtp[1], rtp(VIDEO, 0xa2, 1, "A", ...both));
    await scene.send("B0", b.rtp[0], rtp(AUDIO, 0xb1, 1, "B"));
    await scene.send("B2", b.rtp[1], rtp(VIDEO, 0xb2, 1, "B"));
    await scene.hear("media");
  },
};

const ACCEPTED: Case = {
  name: "bundle=accept: one port towards the offerer, sections told apart and named",
  oracle: "same",
  expected: [
    "-- media",
    'A0 < @a0 rtp 8 ssrc=b1 #1 "B" [1=a]',
    'A0 < @a0 rtp 96 ssrc=b2 #1 "B" [1=v]',
    'B0 < @b0 rtp 8 ssrc=a1 #1 "A"',
    'B2 < @b2 rtp 96 ssrc=a2 #1 "A"',
    "-- reports to A",
    "A0 < @a0 rtcp ssrc=b1",
    "A0 < @a0 rtcp ssrc=b2",
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const b = await scene.offer(bundled("A", ["a", "v"], `a=extmap:1 ${MID}`), {
      "bundle": ["accept"],
      "rtcp-mux": ["demux"],
    });
    const a = await scene.answer(plain("B"));
    await talk(scene, {
      a,
      b,
      from: ["A0", "A0"],
      back: ["B0", "B2"],
      mids: [1, "a", "v"],
    });
    await scene.hear("media");
    await scene.send("B1", b.rtp[0]! + 1, rtcp(0xb1));
    await scene.send("B3", b.rtp[1]! + 1, rtcp(0xb2));
    await scene.hear("reports to A");
  },
};

const REPORTS: Case = {
  name: "RTCP of a bundle goes where the section it is about goes",
  oracle: { not: "sends some of it to RTP ports" },
  expected: ["-- reports", "B1 < @b1 rtcp ssrc=a1", "B3 < @b3 rtcp ssrc=a2"],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const keys = { "bundle": ["accept"], "rtcp-mux": ["demux"] };
    const b = await scene.offer(bundled("A", ["a", "v"]), keys);
    const a = await scene.answer(plain("B"));
    await talk(scene, { a, b, from: ["A0", "A0"], back: ["B0", "B2"] });
    await scene.hear("media");
    scene.notes.length = 0;
    await scene.send("A0", a.rtp[0], rtcp(0xa1));
    await scene.send("A0", a.rtp[0], rtcp(0xa2));
    await scene.hear("reports");
  },
};

const BY_TYPE: Case = {
  name: "without a MID the payload type tells the section",
  oracle: "same",
  expected: [
    "-- media",
    'A0 < @a0 rtp 8 ssrc=b1 #1 "B"',
    'A0 < @a0 rtp 96 ssrc=b2 #1 "B"',
    'B0 < @b0 rtp 8 ssrc=a1 #1 "A"',
    'B2 < @b2 rtp 96 ssrc=a2 #1 "A"',
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const b = await scene.offer(bundled("A", ["a", "v"]), { bundle: ["accept"] });
    const a = await scene.answer(plain("B"));
    await talk(scene, { a, b, from: ["A0", "A0"], back: ["B0", "B2"] });
    await scene.hear("media");
  },
};

/** Two audio sections with the same payload type: only names and sources tell them apart. */
const BY_SOURCE: Case = {
  name: "sources are remembered: named once, or by a=ssrc, they need no MID any more",
  oracle: { not: "not the reference for what comes without a name" },
  expected: [
    "-- named, then not",
    'B0 < @b0 rtp 8 ssrc=a1 #1 "one"',
    'B0 < @b0 rtp 8 ssrc=a1 #2 "one"',
    'B2 < @b2 rtp 8 ssrc=a2 #1 "two"',
    'B2 < @b2 rtp 8 ssrc=a2 #2 "two"',
    "-- signalled",
    'B2 < @b2 rtp 8 ssrc=a3 #1 "two"',
    "-- nobody's",
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const port = portOf("A0");
    const section = (mid: string, ...more: string[]) => [
      `m=audio ${port} RTP/AVP 8`,
      `a=mid:${mid}`,
      `a=extmap:1 ${MID}`,
      ...more,
    ];
    const sdp = describe(
      "A",
      1,
      "a=group:BUNDLE one two",
      ...section("one"),
      ...section("two", "a=ssrc:163 cname:x"),
    );
    await scene.offer(sdp, { bundle: ["accept"] });
    const b = ["m=audio 12000 RTP/AVP 8", "m=audio 12002 RTP/AVP 8"];
    const a = await scene.answer(describe("B", 1, ...b));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa1, 1, "one", { id: 1, value: "one" }));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa2, 1, "two", { id: 1, value: "two" }));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa1, 2, "one"));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa2, 2, "two"));
    await scene.hear("named, then not");
    await scene.send("A0", a.rtp[0], rtp(8, 0xa3, 1, "two"));
    await scene.hear("signalled");
    await scene.send("A0", a.rtp[0], rtp(8, 0xa4, 1, "whose"));
    await scene.send("A0", a.rtp[0], rtp(8, 0xa5, 1, "whose", { id: 1, value: "three" }));
    await scene.hear("nobody's");
  },
};

function offered(mode: string): Case {
  return {
    name: `bundle=${mode}: one port towards the one who answers, sections named for it`,
    oracle: "same",
    expected: [
      "-- media",
      'A0 < @a0 rtp 8 ssrc=b1 #1 "B"',
      'A2 < @a2 rtp 96 ssrc=b2 #1 "B"',
      'B0 < @b0 rtp 8 ssrc=a1 #1 "A" [1=1]',
      'B0 < @b0 rtp 96 ssrc=a2 #1 "A" [1=2]',
    ],
    async act(scene) {
      await scene.listen(...A_PORTS, ...B_PORTS);
      const b = await scene.offer(plain("A"), { bundle: [mode] });
      const a = await scene.answer(bundled("B", ["1", "2"], `a=extmap:1 ${MID}`));
      const together = { ...b, rtp: [b.rtp[0]!, b.rtp[0]!] };
      await talk(scene, {
        a,
        b: together,
        from: ["A0", "A2"],
        back: ["B0", "B0"],
        midsBack: [1, "1", "2"],
      });
      await scene.hear("media");
    },
  };
}

const REMADE: Case = {
  name: "both sides bundle, each with its own names and identifiers",
  oracle: { not: "keeps the names of the offer" },
  expected: [
    "-- media",
    'A0 < @a0 rtp 8 ssrc=b1 #1 "B" [3=a]',
    'A0 < @a0 rtp 96 ssrc=b2 #1 "B" [3=v]',
    'B0 < @b0 rtp 8 ssrc=a1 #1 "A" [3=a]',
    'B0 < @b0 rtp 96 ssrc=a2 #1 "A" [3=v]',
    "-- reports",
    "A0 < @a0 rtcp ssrc=b1",
    "B0 < @b0 rtcp ssrc=a2",
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const keys = { bundle: ["accept", "require"] };
    const b = await scene.offer(bundled("A", ["a", "v"], `a=extmap:3 ${MID}`), keys);
    const a = await scene.answer(bundled("B", ["a", "v"], `a=extmap:3 ${MID}`));
    await talk(scene, { a, b, from: ["A0", "A0"], back: ["B0", "B0"] });
    await scene.hear("media");
    await scene.send("A0", a.rtp[0], rtcp(0xa2));
    await scene.send("B0", b.rtp[0], rtcp(0xb1));
    await scene.hear("reports");
  },
};

const MOVED: Case = {
  name: "the port outlives the section it began with",
  oracle: { not: "opens another port" },
  expected: [
    "-- before",
    'B0 < @b0 rtp 8 ssrc=a1 #1 "A"',
    'B2 < @b2 rtp 96 ssrc=a2 #1 "A"',
    "-- audio rejected, the port of the answer before",
    'A0 < @a0 rtp 96 ssrc=b2 #2 "B"',
    'B2 < @b2 rtp 96 ssrc=a2 #2 "A"',
  ],
  async act(scene) {
    await scene.listen(...A_PORTS, ...B_PORTS);
    const b = await scene.offer(bundled("A", ["a", "v"]), { bundle: ["accept"] });
    const a = await scene.answer(plain("B"));
    await scene.send("A0", a.rtp[0], rtp(AUDIO, 0xa1, 1, "A"));
    await scene.send("A0", a.rtp[0], rtp(VIDEO, 0xa2, 1, "A"));
    await scene.hear("before");
    const less = bundled("A", ["a", "v"]).replace("m=audio 12000", "m=audio 0")
      .replace("BUNDLE a v", "BUNDLE v").replace("o=- 1 1", "o=- 1 2");
    await scene.offer(less, { "to-tag": "b" });
    await scene.answer(plain("B").replace("m=audio 12000", "m=audio 0"));
    await scene.send("A0", a.rtp[0], rtp(VIDEO, 0xa2, 2, "A"));
    await scene.send("B2", b.rtp[1], rtp(VIDEO, 0xb2, 2, "B"));
    await scene.hear("audio rejected, the port of the answer before");
  },
};

media("BUNDLE: broken, kept, made anew", [
  BREAKING,
  ACCEPTED,
  REPORTS,
  BY_TYPE,
  BY_SOURCE,
  offered("offer"),
  offered("require"),
  offered("strict"),
  REMADE,
  MOVED,
]);
