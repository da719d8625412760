/**
 * Interfaces with several addresses: a candidate for each, in both families and both directions.
 *
 * @module
 */

import { A6, B6, type Dialogue, dialogue, type Extra, query, session } from "../../dialogue.ts";
import {
  answers,
  answersBack,
  AVP,
  candidates,
  credentials,
  crypto,
  DTLS_A,
  DTLS_B,
  ICE_A,
  ICE_B,
  offers,
  offersAgain,
  offersBack,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  TLSF,
} from "./words.ts";

const ICE_A6 = [...credentials("aaaa"), ...candidates(A6, 2000)];
const ICE_B6 = [...credentials("bbbb"), ...candidates(B6, 4000)];

/** A description over IPv6. */
function six(address: string, port: number, profile: string, ...lines: string[]): string {
  return session(address, `m=audio ${port} ${profile} 8`, ...lines);
}

const [iceA, iceB] = [phoneA(AVP, ...ICE_A), phoneB(AVP, ...ICE_B)];
const [iceA6, iceB6] = [six(A6, 2000, AVP, ...ICE_A6), six(B6, 4000, AVP, ...ICE_B6)];
const [restartedA, restartedB] = [
  phoneA(AVP, ...credentials("cccc")),
  phoneB(AVP, ...credentials("dddd")),
];

/** From one interface to another. */
function between(from: string, to: string): Extra {
  return { direction: [from, to] };
}

/** What is offered and answered over these interfaces, in each pair of families. */
function families(name: string, way: Extra): Dialogue[] {
  return [
    dialogue(`addresses ${name}: IPv4`, offers(iceA, way), answers(iceB, way), query()),
    dialogue(`addresses ${name}: IPv6`, offers(iceA6, way), answers(iceB6, way), query()),
    dialogue(
      `addresses ${name}: IPv4 to IPv6`,
      offers(iceA, { ...way, "address family": "IP6" }),
      answers(iceB6, { ...way, "address family": "IP4" }),
      query(),
    ),
    dialogue(
      `addresses ${name}: IPv6 to IPv4`,
      offers(iceA6, { ...way, "address family": "IP4" }),
      answers(iceB, { ...way, "address family": "IP6" }),
      query(),
    ),
    dialogue(
      `addresses ${name}: ICE towards the called side only`,
      offers(PLAIN_A, { ...way, ICE: "force" }),
      answers(iceB, way),
    ),
    dialogue(
      `addresses ${name}: rtcp-mux required`,
      offers(iceA, { ...way, "rtcp-mux": ["require"] }),
      answers(phoneB(AVP, "a=rtcp-mux", ...ICE_B), way),
    ),
  ];
}

const SEVERAL = between("several", "several");
const WAYS: readonly (readonly [string, Extra])[] = [
  ["of the default interface", { direction: null }],
  ["of one interface", SEVERAL],
  ["from inside to several", between("inside", "several")],
  ["from several to inside", between("several", "inside")],
];

/** All about several candidates of ours. */
export const ADDRESSES: readonly Dialogue[] = [
  ...WAYS.flatMap(([name, way]) => families(name, way)),
  // with one address of ours: ports of several, all shown under one, could not be told apart
  dialogue("addresses: media address", offers(iceA, { "media address": "203.0.113.99" })),
  dialogue(
    "addresses: media address of the other family",
    offers(iceA, { "media address": "2001:db8::99" }),
  ),
  dialogue("addresses: ICE-lite", offers(iceA, { ...SEVERAL, "ICE-lite": "both" }), answers(iceB)),
  dialogue(
    "addresses: trickle",
    offers(phoneA(AVP, ...ICE_A, "a=ice-options:trickle"), SEVERAL),
    answers(phoneB(AVP, ...ICE_B, "a=ice-options:trickle"), SEVERAL),
  ),
  dialogue(
    "addresses: a bundle",
    offers(phoneA(AVP) + "m=video 2002 RTP/AVP 34\r\n", {
      ...SEVERAL,
      bundle: ["require"],
      "rtcp-mux": ["require"],
      ICE: "force",
    }),
  ),
  dialogue(
    "addresses: two sections",
    offers(
      session(
        "198.51.100.1",
        `m=audio 2000 ${AVP} 8`,
        ...ICE_A,
        `m=video 2002 ${AVP} 34`,
        ...credentials("aaaa"),
        ...candidates("198.51.100.1", 2002),
      ),
      SEVERAL,
    ),
  ),
  dialogue(
    "addresses: the same re-offers",
    offers(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersAgain(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersBack(iceB, SEVERAL),
    answersBack(iceA, SEVERAL),
  ),
  dialogue(
    "addresses: both restart",
    offers(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersAgain(restartedA, SEVERAL),
    answers(restartedB, SEVERAL),
    query(),
  ),
  dialogue(
    "addresses: a re-offer from the other family",
    offers(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersAgain(iceA6, SEVERAL),
    answers(iceB6, SEVERAL),
  ),
  dialogue(
    "addresses: a re-offer to the other family",
    offers(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersAgain(iceA, { ...SEVERAL, "address family": "IP6" }),
    answers(iceB, { ...SEVERAL, "address family": "IP6" }),
    query(),
  ),
  dialogue(
    "addresses: ICE taken up",
    offers(PLAIN_A, SEVERAL),
    answers(PLAIN_B, SEVERAL),
    offersAgain(PLAIN_A, { ...SEVERAL, ICE: "force" }),
    answers(iceB, SEVERAL),
    query(),
  ),
  dialogue(
    "addresses: ICE given up",
    offers(iceA, SEVERAL),
    answers(iceB, SEVERAL),
    offersAgain(PLAIN_A, { ...SEVERAL, ICE: "remove" }),
    answers(PLAIN_B, SEVERAL),
  ),
  dialogue(
    "addresses: no ICE, no candidates",
    offers(PLAIN_A, SEVERAL),
    answers(PLAIN_B, SEVERAL),
    query(),
  ),
  dialogue(
    "addresses: SDES",
    offers(phoneA(SAVP, ...ICE_A, crypto(1, "a")), { ...SEVERAL, DTLS: "off" }),
    answers(phoneB(SAVP, ...ICE_B, crypto(1, "b")), SEVERAL),
  ),
  dialogue(
    "addresses: DTLS",
    offers(phoneA(TLSF, ...ICE_A, ...DTLS_A), { ...SEVERAL, SDES: "off" }),
    answers(phoneB(TLSF, ...ICE_B, ...DTLS_B), SEVERAL),
  ),
  dialogue(
    "addresses: WebRTC",
    offers(PLAIN_A, { ...SEVERAL, flags: ["WebRTC"] }),
    answers(phoneB(TLSF, ...DTLS_B, "a=rtcp-mux", "a=mid:1", ...credentials("bbbb")), SEVERAL),
  ),
];
