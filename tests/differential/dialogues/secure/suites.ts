/**
 * Each suite under each word of `SDES`, also in the form of flags, and fragments of trickle ICE.
 *
 * @module
 */

import { A, B, crlf, type Dialogue, dialogue, type Extra, session } from "../../dialogue.ts";
import {
  answers,
  AVP,
  candidates,
  COMMON,
  credentials,
  crypto,
  ICE_A,
  ICE_B,
  offers,
  offersAgain,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  SUITES,
} from "./words.ts";

const NO_DTLS = { DTLS: "off" };
const outward = { ...NO_DTLS, "transport protocol": SAVP };
/** What a phone offers that has seen much of the world. */
const everything = phoneA(SAVP, ...SUITES.map((suite, i) => crypto(i + 1, "a", suite)));

const OF_MANY: readonly Dialogue[] = SUITES.flatMap((suite, i) => [
  dialogue(
    `SDES of many: no-${suite}`,
    offers(everything, { ...NO_DTLS, SDES: [`no-${suite}`] }),
    ...(i === 0 ? [] : [answers(phoneB(SAVP, crypto(1, "b", SUITES[0])))]),
  ),
  dialogue(
    `SDES of many: only-${suite}`,
    offers(everything, { ...NO_DTLS, SDES: [`only-${suite}`] }),
    answers(phoneB(SAVP, crypto(i + 1, "b", suite))),
  ),
  dialogue(
    `SDES of many: ${suite} first`,
    offers(everything, { ...NO_DTLS, SDES: [`order:${suite};`] }),
    answers(phoneB(SAVP, crypto(i + 1, "b", suite))),
  ),
  dialogue(
    `SDES of many: ${suite} to RTP`,
    offers(phoneA(SAVP, crypto(9, "a", suite), crypto(10, "c", COMMON)), {
      ...NO_DTLS,
      "transport protocol": AVP,
    }),
    answers(PLAIN_B),
  ),
  dialogue(
    `SDES of many: ${suite} and nonew`,
    offers(phoneA(SAVP, crypto(2, "a", suite)), { ...NO_DTLS, SDES: ["nonew", "pad"] }),
    answers(phoneB(SAVP, crypto(2, "b", suite)), { SDES: ["pad", "lifetime"] }),
  ),
]);

const AS_FLAGS = [
  "SDES-off",
  "SDES-no",
  "SDES-disable",
  "SDES-pad",
  "SDES-lifetime",
  "SDES-nonew",
  "SDES-prefer",
  "SDES-static",
  `SDES-no-${COMMON}`,
  `SDES-only-${COMMON}`,
  "SDES-unencrypted_srtcp",
  "SDES-encrypted_srtp",
  "SDES-authenticated_srtp",
  "SDES-order:AEAD_AES_128_GCM;",
];

function fragment(name: string, body: string, extra: Extra = {}): Dialogue {
  const sdp = phoneA(AVP, ...ICE_A, "a=ice-options:trickle", "a=mid:0");
  return dialogue(
    `fragment: ${name}`,
    offers(sdp, { flags: ["trickle ICE"] }),
    offersAgain(body, { flags: ["fragment"], "to-tag": null, ...extra }),
    answers(phoneB(AVP, ...ICE_B)),
  );
}

const AAAA = credentials("aaaa");
const MORE = candidates(A, 2100);

const FRAGMENTS: readonly Dialogue[] = [
  fragment("one candidate", crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=mid:0", MORE[0]!)),
  fragment("both components", crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=mid:0", ...MORE)),
  fragment("the end", crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=mid:0", "a=end-of-candidates")),
  fragment("credentials in the section", crlf("m=audio 9 RTP/AVP 0", "a=mid:0", ...AAAA, ...MORE)),
  fragment("no credentials", crlf("m=audio 9 RTP/AVP 0", "a=mid:0", ...MORE)),
  fragment(
    "other credentials",
    crlf(...credentials("zzzz"), "m=audio 9 RTP/AVP 0", "a=mid:0", ...MORE),
  ),
  fragment("another mid", crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=mid:7", ...MORE)),
  fragment("no mid", crlf(...AAAA, "m=audio 9 RTP/AVP 0", ...MORE)),
  fragment("candidates nobody can use", crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=candidate:x y z")),
  fragment(
    "names and TCP",
    crlf(
      ...AAAA,
      "m=audio 9 RTP/AVP 0",
      `a=candidate:1 1 TCP 2130706431 ${A} 9 typ host tcptype active`,
      "a=candidate:2 1 UDP 2130706431 0f3a1b2c-0000-4000-8000-000000000000.local 2000 typ host",
    ),
  ),
  fragment("a whole description", session(A, `m=audio 2000 ${AVP} 8`, ...ICE_A)),
  fragment("of nobody in the call", crlf(...AAAA, "m=audio 9 RTP/AVP 0", ...MORE), {
    "from-tag": "nobody",
  }),
];

/** All of them. */
export const SUITES_AND_FRAGMENTS: readonly Dialogue[] = [
  ...OF_MANY,
  ...AS_FLAGS.map((flag) =>
    dialogue(`${flag} as a flag`, offers(PLAIN_A, { ...outward, flags: [flag] }))
  ),
  ...["off", "passive", "active"].map((word) =>
    dialogue(
      `DTLS-${word} as a flag`,
      offers(PLAIN_A, { SDES: "off", "transport protocol": SAVP, flags: [`DTLS-${word}`] }),
    )
  ),
  ...FRAGMENTS,
  dialogue(
    "fragment: for both sides",
    offers(phoneA(AVP, ...ICE_A, "a=ice-options:trickle"), { flags: ["trickle ICE"] }),
    answers(session(B, `m=audio 4000 ${AVP} 8`, ...ICE_B, "a=ice-options:trickle")),
    offersAgain(crlf(...AAAA, "m=audio 9 RTP/AVP 0", ...MORE), { flags: ["fragment"] }),
    offersAgain(crlf(...AAAA, "m=audio 9 RTP/AVP 0", "a=end-of-candidates"), {
      flags: ["fragment"],
    }),
  ),
];
