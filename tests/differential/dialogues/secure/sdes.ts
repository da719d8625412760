/**
 * SDES: suites, options, answers, re-offers.
 *
 * @module
 */

import { A, B, type Dialogue, dialogue, query, session } from "../../dialogue.ts";
import {
  answers,
  answersBack,
  AVP,
  COMMON,
  crypto,
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
  SAVPF,
  SUITES,
} from "./words.ts";

const [GCM, GCM128, SHORT] = ["AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_32"];
const NO_DTLS = { DTLS: "off" };
const [sdesA, sdesB] = [phoneA(SAVP, crypto(1, "a")), phoneB(SAVP, crypto(1, "b"))];
const outward = { ...NO_DTLS, "transport protocol": SAVP };
const inward = { ...NO_DTLS, "transport protocol": AVP };

const EACH_SUITE: readonly Dialogue[] = SUITES.flatMap((suite, i) => [
  dialogue(
    `SDES ${suite}: chosen by the called side`,
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(i + 1, "b", suite))),
    query(),
  ),
  dialogue(
    `SDES ${suite}: offered`,
    offers(phoneA(SAVP, crypto(4, "a", suite)), inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    `SDES ${suite}: from end to end`,
    offers(phoneA(SAVP, crypto(2, "a", suite)), NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b", suite))),
    query(),
  ),
  dialogue(`SDES no-${suite}`, offers(PLAIN_A, { ...outward, SDES: [`no-${suite}`] })),
  dialogue(`SDES only-${suite}`, offers(sdesA, { ...NO_DTLS, SDES: [`only-${suite}`] })),
]);

/** AEAD is both encryption and authentication, or nothing. */
const NO_AEAD = [`no-${GCM}`, `no-${GCM128}`];

const OPTIONS = [
  ["pad"],
  ["lifetime"],
  ["pad", "lifetime"],
  ["unencrypted_srtp", ...NO_AEAD],
  ["unencrypted_srtcp"],
  ["unauthenticated_srtp", ...NO_AEAD],
  ["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", ...NO_AEAD],
  ["encrypted_srtp"],
  ["encrypted_srtcp", "authenticated_srtp"],
  ["nonew"],
  ["off"],
  ["no"],
  ["disable"],
  ["static"],
  ["prefer"],
  ["order:AES_CM_128_HMAC_SHA1_80;NULL_HMAC_SHA1_80;"],
];

const EACH_OPTION: readonly Dialogue[] = OPTIONS.flatMap((SDES) => [
  dialogue(`SDES ${SDES}: RTP to SRTP`, offers(PLAIN_A, { ...outward, SDES }), answers(PLAIN_B)),
  dialogue(
    `SDES ${SDES}: SRTP to SRTP`,
    offers(phoneA(SAVP, crypto(1, "a", COMMON, " UNENCRYPTED_SRTP UNENCRYPTED_SRTCP")), {
      ...NO_DTLS,
      SDES,
    }),
  ),
  dialogue(`SDES ${SDES}: SRTP to RTP`, offers(sdesA, inward), answers(PLAIN_B, { SDES }), query()),
]);

/** All about SDES. */
export const SDES: readonly Dialogue[] = [
  ...EACH_SUITE,
  ...EACH_OPTION,
  dialogue(
    "SDES: an answer with a tag that was not offered",
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(99, "b"))),
  ),
  dialogue(
    "SDES: an answer with the suite of another tag",
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(1, "b"))),
  ),
  dialogue("SDES: an answer without keys", offers(PLAIN_A, outward), answers(phoneB(SAVP))),
  dialogue(
    "SDES: several are offered, and the other side has none",
    offers(phoneA(SAVP, crypto(1, "a", SHORT), crypto(2, "x", GCM)), inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "SDES: the called side chooses the second",
    offers(phoneA(SAVP, crypto(3, "a"), crypto(5, "x", SHORT)), NO_DTLS),
    answers(phoneB(SAVP, crypto(5, "b", SHORT))),
    query(),
  ),
  dialogue(
    "SDES: the called side chooses one of ours",
    offers(sdesA, NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b", GCM))),
    query(),
  ),
  dialogue(
    "SDES: the offered suite is not wanted",
    offers(sdesA, { ...NO_DTLS, SDES: [`no-${COMMON}`] }),
    answers(phoneB(SAVP, crypto(1, "b", GCM))),
    query(),
  ),
  dialogue(
    "SDES: two suites only",
    offers(sdesA, { ...NO_DTLS, SDES: [`only-${GCM}`, `only-${SHORT}`] }),
    answers(phoneB(SAVP, crypto(2, "b", SHORT))),
    query(),
  ),
  dialogue(
    "SDES: an order",
    offers(PLAIN_A, { ...outward, SDES: [`order:${GCM128};${SHORT};`] }),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    query(),
  ),
  dialogue(
    "SDES: lifetimes and MKIs of the parties",
    offers(
      phoneA(SAVP, crypto(1, "a", COMMON, "|2^20|1:4"), crypto(2, "y", SHORT, "|7:2")),
      NO_DTLS,
    ),
    answers(phoneB(SAVP, crypto(1, "b", COMMON, "|2^31|5:1"))),
    query(),
  ),
  dialogue(
    "SDES: an MKI to RTP",
    offers(phoneA(SAVP, crypto(1, "a", COMMON, "|2^31|7:3")), inward),
    answers(PLAIN_B),
  ),
  ...["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP"].flatMap((word) => [
    dialogue(
      `SDES: ${word} to RTP`,
      offers(phoneA(SAVP, crypto(1, "a", COMMON, ` ${word}`)), inward),
      answers(PLAIN_B),
      query(),
    ),
    dialogue(
      `SDES: ${word} from end to end`,
      offers(phoneA(SAVP, crypto(1, "a", COMMON, ` ${word}`)), NO_DTLS),
      answers(phoneB(SAVP, crypto(1, "b", COMMON, ` ${word}`))),
      query(),
    ),
  ]),
  dialogue(
    "SDES: a suite nobody knows beside one",
    offers(phoneA(SAVP, "a=crypto:1 NEW_512 inline:AAAA", crypto(2, "a")), NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b"))),
    query(),
  ),
  dialogue(
    "SDES: only a suite nobody knows",
    offers(phoneA(SAVP, "a=crypto:1 NEW_512 inline:AAAA"), inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "SDES: a key that is too short",
    offers(phoneA(SAVP, `a=crypto:1 ${COMMON} inline:AAAA`), inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "SDES: SRTP without keys to RTP",
    offers(phoneA(SAVP), inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue("SDES: SRTP without keys", offers(phoneA(SAVP), NO_DTLS)),
  dialogue(
    "SDES: the same re-offer",
    offers(sdesA, NO_DTLS),
    answers(sdesB),
    offersAgain(sdesA, NO_DTLS),
    answers(sdesB),
    query(),
  ),
  dialogue(
    "SDES: a re-offer with other keys",
    offers(sdesA, NO_DTLS),
    answers(sdesB),
    offersAgain(phoneA(SAVP, crypto(1, "c")), NO_DTLS),
    answers(phoneB(SAVP, crypto(1, "d"))),
    query(),
  ),
  dialogue(
    "SDES: a re-offer from the other side",
    offers(sdesA, NO_DTLS),
    answers(sdesB),
    offersBack(sdesB, NO_DTLS),
    answersBack(sdesA),
    query(),
  ),
  dialogue(
    "SDES: a re-offer of the side that has it",
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    offersBack(sdesB, NO_DTLS),
    answersBack(PLAIN_A),
    query(),
  ),
  dialogue(
    "SDES: a re-offer of the side that has it not",
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    offersAgain(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    query(),
  ),
  dialogue(
    "SDES: a re-offer without a profile",
    offers(PLAIN_A, outward),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    offersAgain(PLAIN_A, NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b", GCM128))),
    query(),
  ),
  dialogue(
    "SDES: static",
    offers(sdesA, NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b", GCM))),
    offersAgain(sdesA, { ...NO_DTLS, SDES: ["static"] }),
    answers(sdesB, { SDES: ["static"] }),
    query(),
  ),
  dialogue(
    "SDES: reset",
    offers(sdesA, NO_DTLS),
    answers(phoneB(SAVP, crypto(2, "b", GCM))),
    offersAgain(sdesA, { ...NO_DTLS, flags: ["reset"] }),
    answers(phoneB(SAVP, crypto(2, "b", GCM))),
    query(),
  ),
  dialogue(
    "SDES: taken up",
    offers(PLAIN_A),
    answers(PLAIN_B),
    offersAgain(sdesA, NO_DTLS),
    answers(sdesB),
    query(),
  ),
  dialogue(
    "SDES: given up",
    offers(sdesA, NO_DTLS),
    answers(sdesB),
    offersAgain(PLAIN_A, { ...NO_DTLS, "transport protocol": AVP }),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "SDES: order among other attributes",
    offers(phoneA(SAVP, crypto(1, "a"), ...ICE_A, "a=ptime:20", "a=maxptime:40", "a=x-unknown")),
    answers(phoneB(SAVP, crypto(1, "b"), ...ICE_B, "a=ptime:20")),
  ),
  dialogue(
    "SDES: AEAD without encryption",
    offers(PLAIN_A, { ...outward, SDES: ["unencrypted_srtp", `only-${GCM}`] }),
  ),
  dialogue("SDES: recrypt", offers(sdesA, { ...NO_DTLS, flags: ["recrypt"] }), answers(sdesB)),
  dialogue("SDES: pad crypto", offers(PLAIN_A, { ...outward, flags: ["pad crypto"] })),
  dialogue(
    "SDES: options as flags",
    offers(PLAIN_A, { ...outward, flags: ["SDES-nonew", "SDES-lifetime"] }),
  ),
  dialogue(
    "SDES: two sections",
    offers(
      session(A, `m=audio 2000 ${SAVP} 8`, crypto(1, "a"), `m=video 2002 ${AVP} 34`),
      { ...outward, SDES: [`only-${COMMON}`] },
    ),
    answers(
      session(
        B,
        `m=audio 4000 ${SAVP} 8`,
        crypto(1, "b"),
        `m=video 4002 ${SAVP} 34`,
        crypto(1, "c"),
      ),
    ),
    query(),
  ),
  dialogue(
    "SDES: another profile in the answer",
    offers(sdesA, NO_DTLS),
    answers(phoneB(SAVPF, crypto(1, "b"))),
    query(),
  ),
  dialogue(
    "SDES: another profile in the answer is accepted",
    offers(sdesA, NO_DTLS),
    answers(phoneB(SAVPF, crypto(1, "b")), { "transport protocol": "accept" }),
    query(),
  ),
  dialogue(
    "SDES: a plain answer is accepted",
    offers(sdesA, NO_DTLS),
    answers(phoneB(AVP), { "transport protocol": "accept" }),
  ),
];
