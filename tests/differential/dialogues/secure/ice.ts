/**
 * ICE: keys and flags, answers, re-offers, restarts, trickle. Calls that had ICE and have it no more are not
 * asked for their state, since checks that were sent are counted.
 *
 * @module
 */

import { A, B, command, crlf, type Dialogue, dialogue, query, session } from "../../dialogue.ts";
import {
  answers,
  answersBack,
  AVP,
  candidates,
  credentials,
  ICE_A,
  ICE_B,
  offers,
  offersAgain,
  offersBack,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
} from "./words.ts";

const [iceA, iceB] = [phoneA(AVP, ...ICE_A), phoneB(AVP, ...ICE_B)];
const [restartedA, restartedB] = [
  phoneA(AVP, ...credentials("cccc"), ...candidates(A, 2000)),
  phoneB(AVP, ...credentials("dddd"), ...candidates(B, 4000)),
];
const VALUES = ["remove", "force", "default"];

function video(port: number, ...lines: string[]): string {
  return crlf(`m=video ${port} RTP/AVP 34`, ...lines);
}
const trickling = "a=ice-options:trickle";

/** Who asks for what, and who has ICE. */
const KEYS: readonly Dialogue[] = VALUES.flatMap((value) => [
  dialogue(`ICE ${value}: offered and answered`, offers(iceA, { ICE: value }), answers(iceB)),
  dialogue(
    `ICE ${value}: offered, not answered`,
    offers(iceA, { ICE: value }),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(`ICE ${value}: not offered`, offers(PLAIN_A, { ICE: value }), answers(PLAIN_B), query()),
  dialogue(`ICE ${value}: in the answer`, offers(iceA), answers(iceB, { ICE: value }), query()),
  dialogue(
    `ICE ${value}: in the answer that has none`,
    offers(iceA),
    answers(PLAIN_B, { ICE: value }),
    query(),
  ),
  dialogue(
    `ICE ${value}: with the ICE reject flag`,
    offers(iceA, { ICE: value, flags: ["reject ICE"] }),
    answers(value === "remove" ? PLAIN_B : iceB),
    query(),
  ),
  dialogue(
    `ICE ${value}: in a re-offer`,
    offers(iceA),
    answers(iceB),
    offersAgain(iceA, { ICE: value }),
    answers(value === "remove" ? PLAIN_B : iceB),
  ),
  dialogue(
    `ICE ${value}: in a re-offer of a call without`,
    offers(PLAIN_A),
    answers(PLAIN_B),
    offersAgain(PLAIN_A, { ICE: value }),
    answers(value === "force" ? iceB : PLAIN_B),
    query(),
  ),
]);

const LITE: readonly Dialogue[] = ["forward", "backward", "both", "off"].flatMap((value) => [
  dialogue(`ICE-lite ${value}`, offers(iceA, { "ICE-lite": value }), answers(iceB), query()),
  dialogue(
    `ICE-lite ${value}: stays in re-offers`,
    offers(iceA, { "ICE-lite": value }),
    answers(iceB),
    offersAgain(iceA),
    answers(iceB),
  ),
  dialogue(
    `ICE-lite ${value}: a re-offer from the other side`,
    offers(iceA, { "ICE-lite": value }),
    answers(iceB),
    offersBack(iceB),
    answersBack(iceA),
  ),
  dialogue(
    `ICE-lite ${value}: two sections`,
    offers(iceA + video(2002, ...ICE_A), { "ICE-lite": value }),
    answers(iceB + video(4002, ...ICE_B)),
  ),
  dialogue(
    `ICE-lite ${value}: towards a lite peer`,
    offers(session(A, "a=ice-lite", `m=audio 2000 ${AVP} 8`, ...ICE_A), { "ICE-lite": value }),
    answers(iceB),
  ),
]);

/** All about ICE. */
export const ICE: readonly Dialogue[] = [
  ...KEYS,
  ...LITE,
  dialogue(
    "ICE: lite given up",
    offers(iceA, { "ICE-lite": "both" }),
    answers(iceB),
    offersAgain(iceA, { "ICE-lite": "off" }),
    answers(iceB),
  ),
  dialogue(
    "ICE: the same re-offer",
    offers(iceA),
    answers(iceB),
    offersAgain(iceA),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: a re-offer from the other side",
    offers(iceA),
    answers(iceB),
    offersBack(iceB),
    answersBack(iceA),
    query(),
  ),
  dialogue(
    "ICE: both restart",
    offers(iceA),
    answers(iceB),
    offersAgain(restartedA),
    answers(restartedB),
    query(),
  ),
  dialogue(
    "ICE: the caller restarts",
    offers(iceA),
    answers(iceB),
    offersAgain(restartedA),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: the called side restarts",
    offers(iceA),
    answers(iceB),
    offersBack(restartedB),
    answersBack(iceA),
    query(),
  ),
  dialogue(
    "ICE: reset",
    offers(iceA),
    answers(iceB),
    offersAgain(iceA, { flags: ["reset"] }),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: given up by the caller",
    offers(iceA),
    answers(iceB),
    offersAgain(PLAIN_A),
    answers(PLAIN_B),
  ),
  dialogue(
    "ICE: given up by the called side",
    offers(iceA),
    answers(iceB),
    offersAgain(iceA),
    answers(PLAIN_B),
  ),
  dialogue(
    "ICE: taken up",
    offers(PLAIN_A),
    answers(PLAIN_B),
    offersAgain(iceA),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "ICE: forced once, and then a re-offer without a key",
    offers(PLAIN_A, { ICE: "force" }),
    answers(iceB),
    offersAgain(PLAIN_A),
    answers(iceB),
    offersBack(iceB),
    answersBack(PLAIN_A),
    query(),
  ),
  dialogue(
    "ICE: two offers before the answer",
    offers(iceA),
    offers(iceA),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: rtcp-mux required",
    offers(PLAIN_A, { ICE: "force", "rtcp-mux": ["require"] }),
    answers(phoneB(AVP, "a=rtcp-mux", ...credentials("bbbb"), ...candidates(B, 4000, 1))),
    query(),
  ),
  dialogue(
    "ICE: rtcp-mux agreed",
    offers(phoneA(AVP, "a=rtcp-mux", ...ICE_A)),
    answers(phoneB(AVP, "a=rtcp-mux", ...credentials("bbbb"), ...candidates(B, 4000, 1))),
    query(),
  ),
  dialogue(
    "ICE: rtcp-mux refused",
    offers(phoneA(AVP, "a=rtcp-mux", ...ICE_A)),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: no rtcp attribute",
    offers(iceA, { flags: ["no rtcp attribute"] }),
    answers(iceB, { flags: ["no rtcp attribute"] }),
  ),
  dialogue(
    "ICE: order among other attributes",
    offers(phoneA(AVP, ...ICE_A, "a=ptime:20", "a=maxptime:40", "a=x-unknown", "a=rtcp-mux")),
    answers(iceB),
  ),
  dialogue(
    "ICE: candidates nobody can use",
    offers(phoneA(
      AVP,
      ...credentials("aaaa"),
      `a=candidate:1 1 TCP 2130706431 ${A} 9 typ host tcptype active`,
      "a=candidate:2 1 UDP 2130706431 0f3a1b2c-0000-4000-8000-000000000000.local 2000 typ host",
      "a=candidate:x",
    )),
    answers(phoneB(AVP, ...credentials("bbbb"))),
    query(),
  ),
  dialogue(
    "ICE: remote candidates are not passed on",
    offers(iceA),
    answers(iceB),
    offersAgain(phoneA(AVP, ...ICE_A, `a=remote-candidates:1 ${B} 4000 2 ${B} 4001`)),
    query(),
  ),
  dialogue(
    "ICE: candidates without credentials",
    offers(phoneA(AVP, ...candidates(A, 2000))),
    answers(PLAIN_B),
  ),
  dialogue(
    "ICE: credentials without candidates",
    offers(phoneA(AVP, ...credentials("aaaa"))),
    answers(iceB),
  ),
  dialogue("ICE: a ufrag alone", offers(phoneA(AVP, "a=ice-ufrag:aaaa")), answers(PLAIN_B)),
  dialogue(
    "ICE: credentials that are too short",
    offers(phoneA(AVP, "a=ice-ufrag:a", "a=ice-pwd:b", ...candidates(A, 2000))),
    answers(PLAIN_B),
  ),
  dialogue(
    "ICE: the zero address is no hold",
    offers(phoneA(AVP, "c=IN IP4 0.0.0.0", ...ICE_A)),
    answers(iceB),
  ),
  dialogue(
    "ICE: the zero address and sendonly",
    offers(phoneA(AVP, "c=IN IP4 0.0.0.0", "a=sendonly", ...ICE_A)),
    answers(iceB),
  ),
  dialogue(
    "ICE: a rejected section",
    offers(iceA + video(0, ...ICE_A)),
    answers(iceB + video(0)),
  ),
  dialogue(
    "ICE: a section of two without it",
    offers(iceA + video(2002)),
    answers(iceB + video(4002)),
    query(),
  ),
  dialogue(
    "ICE: session level",
    offers(
      session(
        A,
        ...credentials("ssss"),
        trickling,
        `m=audio 2000 ${AVP} 8`,
        ...candidates(A, 2000),
      ),
    ),
    answers(session(B, "a=ice-lite", `m=audio 4000 ${AVP} 8`, ...ICE_B)),
    query(),
  ),
  dialogue(
    "ICE: lite peers on both sides",
    offers(session(A, "a=ice-lite", `m=audio 2000 ${AVP} 8`, ...ICE_A)),
    answers(session(B, "a=ice-lite", `m=audio 4000 ${AVP} 8`, ...ICE_B)),
    query(),
  ),
  dialogue(
    "ICE: trickle by flag",
    offers(iceA, { flags: ["trickle ICE"] }),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE: trickle on both sides",
    offers(phoneA(AVP, ...ICE_A, trickling), { flags: ["trickle ICE"] }),
    answers(phoneB(AVP, ...ICE_B, trickling)),
    query(),
  ),
  dialogue(
    "ICE: trickle of the parties",
    offers(phoneA(AVP, ...ICE_A, "a=ice-options:trickle ice2", "a=end-of-candidates")),
    answers(phoneB(AVP, ...ICE_B, "a=ice-options:ice2")),
    query(),
  ),
  dialogue(
    "ICE: fragments",
    offers(phoneA(AVP, ...ICE_A, trickling, "a=mid:0"), { flags: ["trickle ICE"] }),
    offers(crlf(...credentials("aaaa"), "m=audio 9 RTP/AVP 0", "a=mid:0", ...candidates(A, 2100)), {
      flags: ["fragment"],
    }),
    answers(iceB),
    offersBack(crlf(...credentials("bbbb"), "m=audio 9 RTP/AVP 0", ...candidates(B, 4100)), {
      flags: ["fragment"],
    }),
  ),
  dialogue(
    "ICE: a fragment nobody can read",
    offers(iceA),
    offers("nothing", { flags: ["fragment"] }),
  ),
  dialogue(
    "ICE: a fragment without the flag",
    offers(iceA),
    offers(crlf(...credentials("aaaa"), "m=audio 9 RTP/AVP 0", ...candidates(A, 2100))),
  ),
  dialogue(
    "ICE: a fragment before the offer",
    command("offer", {
      "from-tag": "a",
      sdp: crlf(...credentials("aaaa"), "m=audio 9 RTP/AVP 0", ...candidates(A, 2100)),
      flags: ["fragment"],
    }),
  ),
  dialogue(
    "ICE: a bundle accepted",
    offers(
      session(
        A,
        "a=group:BUNDLE 1 2",
        `m=audio 2000 ${AVP} 8`,
        "a=mid:1",
        "a=rtcp-mux",
        ...ICE_A,
        `m=video 2000 ${AVP} 34`,
        "a=mid:2",
        "a=rtcp-mux",
        ...ICE_A,
      ),
      { bundle: ["accept"], "rtcp-mux": ["accept"] },
    ),
    answers(iceB + video(4002, ...ICE_B)),
  ),
  dialogue(
    "ICE: a bundle required",
    offers(phoneA(AVP) + video(2002), {
      bundle: ["require"],
      "rtcp-mux": ["require"],
      ICE: "force",
    }),
    answers(session(
      B,
      "a=group:BUNDLE 1 2",
      `m=audio 4000 ${AVP} 8`,
      "a=mid:1",
      "a=rtcp-mux",
      ...credentials("bbbb"),
      `m=video 4000 ${AVP} 34`,
      "a=mid:2",
      "a=rtcp-mux",
      ...credentials("bbbb"),
    )),
  ),
];
