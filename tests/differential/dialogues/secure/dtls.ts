/**
 * DTLS-SRTP: roles, fingerprints, identifiers, re-offers. The state is asked for only where the oracle has not
 * begun a handshake, since what it has sent by then is counted.
 *
 * @module
 */

import { A, B, type Dialogue, dialogue, query, session } from "../../dialogue.ts";
import {
  answers,
  answersBack,
  AVP,
  AVPF,
  credentials,
  crypto,
  DTLS_A,
  DTLS_B,
  fingerprint,
  offers,
  offersAgain,
  offersBack,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  SAVPF,
  TLS,
  TLSF,
} from "./words.ts";

const NO_SDES = { SDES: "off" };
const inward = { "transport protocol": AVP };
const outward = { ...NO_SDES, "transport protocol": TLSF };
const [dtlsA, dtlsB] = [phoneA(TLSF, ...DTLS_A), phoneB(TLSF, ...DTLS_B)];
const both = phoneA(SAVP, crypto(1, "a"), ...DTLS_A);
const SETUPS = ["actpass", "active", "passive", "holdconn"];
const HASHES: readonly [string, number][] = [
  ["sha-1", 20],
  ["sha-224", 28],
  ["sha-256", 32],
  ["sha-384", 48],
  ["sha-512", 64],
];

function tlsId(letter: string): string {
  return `a=tls-id:${letter.repeat(24)}`;
}

const ROLES: readonly Dialogue[] = [
  ...SETUPS.map((setup) =>
    dialogue(
      `DTLS: ${setup} is offered`,
      offers(phoneA(TLSF, fingerprint("AA"), `a=setup:${setup}`), inward),
      answers(PLAIN_B),
    )
  ),
  ...["passive", "active"].flatMap((DTLS) => [
    dialogue(`DTLS ${DTLS}: in an offer`, offers(dtlsA, { ...inward, DTLS }), answers(PLAIN_B)),
    dialogue(`DTLS ${DTLS}: in an answer`, offers(dtlsA, inward), answers(PLAIN_B, { DTLS })),
    dialogue(
      `DTLS-reverse ${DTLS}`,
      offers(dtlsA, { ...inward, "DTLS-reverse": DTLS }),
      answers(PLAIN_B),
    ),
    ...["active", "passive"].map((setup) =>
      dialogue(
        `DTLS ${DTLS}: ${setup} is offered`,
        offers(phoneA(TLSF, fingerprint("AA"), `a=setup:${setup}`), { ...inward, DTLS }),
        answers(PLAIN_B),
      )
    ),
  ]),
  dialogue(
    "DTLS: active is answered",
    offers(PLAIN_A, outward),
    answers(phoneB(TLSF, fingerprint("BB"), "a=setup:active")),
    query(),
  ),
  dialogue(
    "DTLS: passive is answered",
    offers(PLAIN_A, outward),
    answers(phoneB(TLSF, fingerprint("BB"), "a=setup:passive")),
  ),
  dialogue(
    "DTLS: no setup is offered",
    offers(phoneA(TLSF, fingerprint("AA")), inward),
    answers(PLAIN_B),
  ),
  dialogue(
    "DTLS: no setup is answered",
    offers(PLAIN_A, outward),
    answers(phoneB(TLSF, fingerprint("BB"))),
  ),
  dialogue(
    "DTLS: no fingerprint is answered",
    offers(PLAIN_A, outward),
    answers(phoneB(TLSF)),
    query(),
  ),
];

const OFF: readonly Dialogue[] = ["off", "no", "disable"].flatMap((DTLS) => [
  dialogue(`DTLS ${DTLS}: RTP to SRTP`, offers(PLAIN_A, { DTLS, "transport protocol": SAVP })),
  dialogue(`DTLS ${DTLS}: without SDES either`, offers(PLAIN_A, { ...outward, DTLS })),
  dialogue(
    `DTLS ${DTLS}: in an offer that has it`,
    offers(dtlsA, { ...inward, DTLS }),
    answers(PLAIN_B, { DTLS }),
  ),
  dialogue(`DTLS ${DTLS}: in the answer`, offers(dtlsA, inward), answers(PLAIN_B, { DTLS })),
  dialogue(
    `DTLS ${DTLS}: in the answer to both`,
    offers(both, inward),
    answers(PLAIN_B, { DTLS }),
  ),
]);

const DIGESTS: readonly Dialogue[] = HASHES.flatMap(([hash, length]) => [
  dialogue(`DTLS-fingerprint ${hash}`, offers(PLAIN_A, { ...outward, "DTLS-fingerprint": hash })),
  dialogue(
    `DTLS: ${hash} is offered`,
    offers(phoneA(TLSF, fingerprint("AA", hash, length), "a=setup:actpass"), NO_SDES),
    answers(dtlsB),
  ),
]);

/** All about DTLS. */
export const DTLS: readonly Dialogue[] = [
  ...ROLES,
  ...OFF,
  ...DIGESTS,
  dialogue(
    "DTLS-fingerprint of a hash nobody knows",
    offers(PLAIN_A, { ...outward, "DTLS-fingerprint": "md5" }),
  ),
  dialogue("DTLS: on both sides", offers(dtlsA), answers(dtlsB)),
  dialogue("DTLS: on both sides, without SDES", offers(dtlsA, NO_SDES), answers(dtlsB)),
  dialogue(
    "DTLS: two fingerprints",
    offers(
      phoneA(TLSF, fingerprint("AA", "sha-1", 20), fingerprint("AC"), "a=setup:actpass"),
      NO_SDES,
    ),
    answers(dtlsB),
  ),
  dialogue(
    "DTLS: a fingerprint of a hash nobody knows",
    offers(phoneA(TLSF, fingerprint("AA", "sha3-256"), "a=setup:actpass"), inward),
    answers(PLAIN_B),
  ),
  dialogue(
    "DTLS: session level",
    offers(
      session(A, ...DTLS_A, tlsId("a"), `m=audio 2000 ${TLSF} 8`, `m=video 2002 ${TLSF} 34`),
      NO_SDES,
    ),
    answers(
      session(B, ...DTLS_B, tlsId("b"), `m=audio 4000 ${TLSF} 8`, `m=video 4002 ${TLSF} 34`),
    ),
  ),
  dialogue(
    "DTLS: session level overridden",
    offers(
      session(A, ...DTLS_A, `m=audio 2000 ${TLSF} 8`, fingerprint("AC"), "a=setup:active"),
      inward,
    ),
    answers(PLAIN_B),
  ),
  dialogue(
    "DTLS: identifiers of the parties",
    offers(phoneA(TLSF, ...DTLS_A, tlsId("a")), NO_SDES),
    answers(phoneB(TLSF, ...DTLS_B, tlsId("b"))),
  ),
  dialogue(
    "DTLS: no-tls-id",
    offers(dtlsA, { ...NO_SDES, flags: ["no-tls-id"] }),
    answers(dtlsB, { flags: ["no-tls-id"] }),
  ),
  dialogue(
    "DTLS: no-tls-id in the offer alone",
    offers(dtlsA, { ...NO_SDES, flags: ["no-tls-id"] }),
    answers(dtlsB),
  ),
  dialogue("DTLS: beside SDES", offers(both, inward), answers(PLAIN_B)),
  dialogue(
    "DTLS: beside SDES that is preferred",
    offers(both, { ...inward, SDES: ["prefer"] }),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "DTLS: beside SDES on both sides",
    offers(both),
    answers(phoneB(SAVP, crypto(1, "b"), ...DTLS_B)),
  ),
  dialogue(
    "DTLS: beside SDES in the answer",
    offers(PLAIN_A, { "transport protocol": SAVP }),
    answers(phoneB(SAVP, crypto(7, "b"), ...DTLS_B)),
  ),
  dialogue(
    "DTLS: to SDES",
    offers(dtlsA, { "transport protocol": SAVP, DTLS: "off" }),
    answers(phoneB(SAVP, crypto(7, "b"))),
  ),
  dialogue(
    "DTLS: from SDES",
    offers(phoneA(SAVP, crypto(7, "a")), outward),
    answers(dtlsB),
    query(),
  ),
  dialogue(
    "DTLS: the same re-offers",
    offers(dtlsA, NO_SDES),
    answers(dtlsB),
    offersAgain(dtlsA, NO_SDES),
    answers(dtlsB),
    offersBack(phoneB(TLSF, fingerprint("BB"), "a=setup:actpass"), NO_SDES),
    answersBack(phoneA(TLSF, fingerprint("AA"), "a=setup:passive")),
  ),
  dialogue(
    "DTLS: re-offers with SDES beside it",
    offers(dtlsA),
    answers(dtlsB),
    offersAgain(dtlsA),
    answers(dtlsB),
  ),
  dialogue(
    "DTLS: re-offers, the called side being the server",
    offers(dtlsA, NO_SDES),
    answers(phoneB(TLSF, fingerprint("BB"), "a=setup:passive")),
    offersAgain(dtlsA, NO_SDES),
    answers(phoneB(TLSF, fingerprint("BB"), "a=setup:passive")),
    offersBack(phoneB(TLSF, fingerprint("BB"), "a=setup:actpass"), NO_SDES),
    answersBack(phoneA(TLSF, fingerprint("AA"), "a=setup:active")),
  ),
  dialogue(
    "DTLS: a re-offer with another certificate",
    offers(dtlsA, NO_SDES),
    answers(dtlsB),
    offersAgain(phoneA(TLSF, fingerprint("CC"), "a=setup:actpass"), NO_SDES),
    answers(dtlsB),
  ),
  dialogue(
    "DTLS: a re-offer with another identifier",
    offers(phoneA(TLSF, ...DTLS_A, tlsId("a")), NO_SDES),
    answers(dtlsB),
    offersAgain(phoneA(TLSF, ...DTLS_A, tlsId("c")), NO_SDES),
    answers(dtlsB),
  ),
  dialogue(
    "DTLS: reset",
    offers(dtlsA, NO_SDES),
    answers(dtlsB),
    offersAgain(dtlsA, { ...NO_SDES, flags: ["reset"] }),
    answers(dtlsB),
  ),
  dialogue(
    "DTLS: an ICE restart",
    offers(phoneA(TLSF, ...DTLS_A, ...credentials("aaaa")), NO_SDES),
    answers(phoneB(TLSF, ...DTLS_B, ...credentials("bbbb"))),
    offersAgain(phoneA(TLSF, ...DTLS_A, ...credentials("cccc")), NO_SDES),
    answers(phoneB(TLSF, ...DTLS_B, ...credentials("bbbb"))),
  ),
  dialogue(
    "DTLS: given up",
    offers(PLAIN_A, outward),
    answers(dtlsB),
    offersAgain(PLAIN_A, inward),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "DTLS: a re-offer of the side that has it",
    offers(PLAIN_A, outward),
    answers(dtlsB),
    offersBack(phoneB(TLSF, fingerprint("BB"), "a=setup:actpass")),
    answersBack(PLAIN_A),
    query(),
  ),
  dialogue(
    "DTLS: a re-offer of the side that has it not",
    offers(PLAIN_A, outward),
    answers(dtlsB),
    offersAgain(PLAIN_A),
    answers(dtlsB),
    query(),
  ),
  dialogue("DTLS: opportunistic", offers(phoneA(AVP, ...DTLS_A)), answers(phoneB(AVP, ...DTLS_B))),
  dialogue(
    "DTLS: opportunistic, and the profile says otherwise",
    offers(phoneA(AVP, ...DTLS_A), { "transport protocol": AVPF }),
    answers(phoneB(AVPF)),
  ),
  dialogue(
    "DTLS: WebRTC",
    offers(PLAIN_A, { flags: ["WebRTC"] }),
    answers(phoneB(TLSF, ...DTLS_B, "a=rtcp-mux", "a=mid:1", ...credentials("bbbb"))),
    query(),
  ),
  dialogue(
    "DTLS: a bundle accepted",
    offers(
      session(
        A,
        "a=group:BUNDLE 1 2",
        `m=audio 2000 ${TLSF} 8`,
        "a=mid:1",
        "a=rtcp-mux",
        ...DTLS_A,
        `m=video 2000 ${TLSF} 34`,
        "a=mid:2",
        "a=rtcp-mux",
        ...DTLS_A,
      ),
      { ...inward, bundle: ["accept"], "rtcp-mux": ["accept", "demux"] },
    ),
    answers(session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 34")),
  ),
  dialogue(
    "DTLS: a bundle required",
    offers(session(A, "m=audio 2000 RTP/AVP 8", "m=video 2002 RTP/AVP 34"), {
      ...outward,
      bundle: ["require"],
      "rtcp-mux": ["require"],
    }),
    answers(session(
      B,
      "a=group:BUNDLE 1 2",
      ...DTLS_B,
      `m=audio 4000 ${TLSF} 8`,
      "a=mid:1",
      "a=rtcp-mux",
      `m=video 4000 ${TLSF} 34`,
      "a=mid:2",
      "a=rtcp-mux",
    )),
  ),
  ...[TLS, TLSF, SAVP, SAVPF].map((profile) =>
    dialogue(
      `DTLS: ${profile} from end to end`,
      offers(phoneA(profile, ...DTLS_A), NO_SDES),
      answers(phoneB(profile, ...DTLS_B)),
    )
  ),
];
