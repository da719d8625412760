/**
 * BUNDLE (RFC 9143) and the `bundle` key: groups accepted, offered, broken and changed.
 *
 * @module
 */

import {
  A,
  answer,
  answerFromA,
  B,
  crlf,
  type Dialogue,
  dialogue,
  type Extra,
  head,
  offer,
  offerFromB,
  query,
  type Step,
} from "../dialogue.ts";

const MID = "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid";
const ACCEPT: Extra = { bundle: ["accept"] };
const AGAIN: Extra = { "to-tag": "b" };

/** A section; without a name it has no `a=mid`. */
function section(type: "audio" | "video", port: number, mid = "", ...more: string[]): string {
  const codec = type === "audio" ? ["8"] : ["96", "a=rtpmap:96 VP8/90000"];
  const name = mid === "" ? [] : [`a=mid:${mid}`];
  const [format, ...map] = codec;
  return crlf(`m=${type} ${port} RTP/AVP ${format}`, ...map, ...name, ...more);
}

function description(address: string, groups: readonly string[], ...sections: string[]): string {
  return head(address) + groups.map((mids) => crlf(`a=group:BUNDLE ${mids}`)).join("") +
    sections.join("");
}

/** Phone A with audio and video in one group. */
function bundledA(...more: string[]): string {
  return description(
    A,
    ["a v"],
    section("audio", 2000, "a", ...more),
    section("video", 2000, "v", ...more),
  );
}

/** Phone A with audio and video of their own. */
function plainA(audio = 2000, video = 2002): string {
  return description(A, [], section("audio", audio), section("video", video));
}

/** Phone B with audio and video of their own. */
function plainB(audio = 4000, video = 4002): string {
  return description(B, [], section("audio", audio), section("video", video));
}

/** Phone B with audio and video in one group, under the names the relay gives. */
function bundledB(group = "1 2", audio = 4000, video = 4000): string {
  return description(B, [group], section("audio", audio, "1"), section("video", video, "2"));
}

/** One mode of the key, for a bundled offer and for a plain one, with both kinds of answers. */
function mode(words: string[]): Dialogue[] {
  const key: Extra = words.length === 0 ? {} : { bundle: words };
  const name = words.length === 0 ? "none" : words.join("+");
  const named = bundledB("a v").replaceAll("mid:1", "mid:a").replaceAll("mid:2", "mid:v");
  const play = (what: string, ...steps: Step[]) =>
    dialogue(`bundle ${name}: ${what}`, ...steps, query());
  return [
    play("bundled offer, plain answer", offer(bundledA(), key), answer(plainB())),
    play("bundled offer, bundled answer", offer(bundledA(), key), answer(named)),
    play("plain offer, plain answer", offer(plainA(), key), answer(plainB())),
    play("plain offer, bundled answer", offer(plainA(), key), answer(bundledB())),
    play(
      "a re-offer",
      offer(plainA(), key),
      answer(bundledB()),
      offer(plainA(), { ...key, ...AGAIN }),
      answer(bundledB()),
    ),
  ];
}

/** All of BUNDLE. */
export const BUNDLE: readonly Dialogue[] = [
  ...mode([]),
  ...mode(["accept"]),
  ...mode(["offer"]),
  ...mode(["require"]),
  ...mode(["strict"]),
  ...mode(["reject"]),
  ...mode(["accept", "require"]),
  dialogue(
    "bundle accept: before the answer there is no port for the second section",
    offer(bundledA(), ACCEPT),
    query(),
  ),
  dialogue(
    "bundle accept: different ports in the offer",
    offer(bundledA().replace("video 2000", "video 2002"), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle accept: a section outside of the group",
    offer(bundledA() + section("video", 2004, "w"), ACCEPT),
    answer(plainB() + section("video", 4004)),
    query(),
  ),
  dialogue(
    "bundle accept: a group in another order than the sections",
    offer(bundledA().replace("BUNDLE a v", "BUNDLE v a"), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle accept: names of no section in the group",
    offer(bundledA().replace("BUNDLE a v", "BUNDLE a v nobody"), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle accept: a group of one",
    offer(bundledA().replace("BUNDLE a v", "BUNDLE a"), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle accept: an empty group",
    offer(bundledA().replace("BUNDLE a v", "BUNDLE"), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle accept: the second section is rejected by the answer",
    offer(bundledA(), ACCEPT),
    answer(plainB(4000, 0)),
    query(),
  ),
  dialogue(
    "bundle accept: the first section is rejected by the answer",
    offer(bundledA(), ACCEPT),
    answer(plainB(0, 4002)),
  ),
  dialogue(
    "bundle accept: a re-offer without the key, one from the other side",
    offer(bundledA(), ACCEPT),
    answer(plainB()),
    offer(bundledA(), AGAIN),
    answer(plainB()),
    offerFromB(plainB()),
    answerFromA(bundledA()),
    query(),
  ),
  dialogue(
    "bundle accept: a section joins",
    offer(bundledA(), ACCEPT),
    answer(plainB()),
    offer(
      bundledA().replace("BUNDLE a v", "BUNDLE a v w") + section("video", 2000, "w"),
      { ...ACCEPT, ...AGAIN },
    ),
    answer(plainB() + section("video", 4004)),
  ),
  dialogue(
    "bundle accept: the first section is given up",
    offer(bundledA(), ACCEPT),
    answer(plainB()),
    offer(
      bundledA().replace("BUNDLE a v", "BUNDLE v").replace("audio 2000", "audio 0"),
      { ...ACCEPT, ...AGAIN },
    ),
    answer(plainB(0, 4002)),
  ),
  dialogue(
    "bundle accept: a=bundle-only with port 0",
    offer(bundledA().replace("video 2000", "video 0") + crlf("a=bundle-only"), ACCEPT),
    answer(plainB()),
  ),
  dialogue(
    "bundle: a=bundle-only with port 0 where the bundle is broken",
    offer(bundledA().replace("video 2000", "video 0") + crlf("a=bundle-only")),
    answer(plainB(4000, 0)),
  ),
  dialogue(
    "bundle accept: only in the answer",
    offer(bundledA()),
    answer(plainB(), ACCEPT),
    query(),
  ),
  dialogue(
    "bundle accept: reject in the answer changes nothing",
    offer(bundledA(), ACCEPT),
    answer(plainB(), { bundle: ["reject"] }),
    query(),
  ),
  dialogue(
    "bundle offer: reject in the answer refuses the other side's group",
    offer(plainA(), { bundle: ["offer"] }),
    answer(bundledB(), { bundle: ["reject"] }),
    query(),
  ),
  dialogue(
    "bundle offer: some sections are bundled by the answer",
    offer(plainA() + section("video", 2004), { bundle: ["offer"] }),
    answer(bundledB() + section("video", 4004, "3")),
    query(),
  ),
  dialogue(
    "bundle offer: the first section is rejected by the answer",
    offer(plainA(), { bundle: ["offer"] }),
    answer(bundledB("2", 0, 4000)),
  ),
  dialogue(
    "bundle offer: names of the offer are kept, others are made",
    offer(plainA().replace("m=video", "a=mid:2\r\nm=video"), { bundle: ["offer"] }),
    answer(description(B, ["2 4"], section("audio", 4000, "2"), section("video", 4000, "4"))),
    query(),
  ),
  dialogue(
    "bundle require: a re-offer without the key",
    offer(plainA(), { bundle: ["require"] }),
    answer(bundledB()),
    offer(plainA(), AGAIN),
    answer(bundledB()),
    query(),
  ),
  dialogue(
    "bundle require: one section",
    offer(description(A, [], section("audio", 2000)), { bundle: ["require"] }),
    answer(description(B, ["1"], section("audio", 4000, "1"))),
    query(),
  ),
  dialogue(
    "bundle require: the other side offers its bundle anew",
    offer(plainA(), { bundle: ["require"] }),
    answer(bundledB()),
    offerFromB(bundledB()),
    answerFromA(plainA()),
    query(),
  ),
  dialogue(
    "bundle accept: the MID extension is answered although the other side has none",
    offer(bundledA(MID), ACCEPT),
    answer(plainB()),
    query(),
  ),
  dialogue(
    "bundle require: the MID extension takes a free identifier",
    offer(
      description(A, [], section("audio", 2000, "", "a=extmap:1 urn:x"), section("video", 2002)),
      { bundle: ["require"] },
    ),
    answer(bundledB()),
  ),
];
