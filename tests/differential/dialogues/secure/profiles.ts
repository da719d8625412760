/**
 * Profiles translated into each other, and SRTP under profiles without it (RFC 8643).
 *
 * @module
 */

import { crlf, type Dialogue, dialogue, type Extra, query } from "../../dialogue.ts";
import {
  answers,
  AVP,
  AVPF,
  crypto,
  DTLS_A,
  DTLS_B,
  offers,
  offersAgain,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  SAVPF,
  TLS,
  TLSF,
} from "./words.ts";

const PROFILES = [AVP, AVPF, SAVP, SAVPF, TLS, TLSF] as const;

function isPlain(profile: string): boolean {
  return profile === AVP || profile === AVPF;
}

/** Each profile as each other one, with SDES where nobody insists on DTLS. */
const PAIRS: readonly Dialogue[] = PROFILES.flatMap((from) =>
  PROFILES.map((to) =>
    dialogue(
      `profiles: ${from} as ${to}`,
      offers(isPlain(from) ? phoneA(from) : phoneA(from, crypto(1, "a"), ...DTLS_A), {
        "transport protocol": to,
      }),
      answers(isPlain(to) ? phoneB(to) : phoneB(to, ...DTLS_B)),
    )
  )
);

const NO_DTLS = { DTLS: "off" };
const PLAIN_SECTION = crlf("m=audio 2000 RTP/AVP 8");
const [offered, answered] = [phoneA(AVP, crypto(1, "a")), phoneB(AVP, crypto(1, "b"))];

function osrtp(...words: string[]): Extra {
  return { ...NO_DTLS, OSRTP: words };
}

/** Translation and opportunistic SRTP. */
export const PROFILE_DIALOGUES: readonly Dialogue[] = [
  ...PAIRS,
  dialogue("OSRTP: passes", offers(offered, NO_DTLS), answers(answered), query()),
  dialogue("OSRTP: passes, with DTLS beside it", offers(offered), answers(answered), query()),
  dialogue("OSRTP: refused", offers(offered, NO_DTLS), answers(PLAIN_B)),
  dialogue(
    "OSRTP accept: in the answer",
    offers(offered, NO_DTLS),
    answers(PLAIN_B, osrtp("accept")),
  ),
  dialogue("OSRTP accept: in the offer", offers(offered, osrtp("accept")), answers(PLAIN_B)),
  dialogue(
    "OSRTP accept: in both",
    offers(offered, osrtp("accept")),
    answers(PLAIN_B, osrtp("accept")),
  ),
  dialogue(
    "OSRTP accept-RFC: in the answer",
    offers(offered, NO_DTLS),
    answers(PLAIN_B, osrtp("accept-RFC")),
  ),
  dialogue(
    "OSRTP: a plain profile is asked for",
    offers(offered, { ...NO_DTLS, "transport protocol": AVP }),
    answers(PLAIN_B),
    query(),
  ),
  dialogue(
    "OSRTP offer",
    offers(PLAIN_A, osrtp("offer")),
    answers(phoneB(AVP, crypto(7, "b"))),
    query(),
  ),
  dialogue("OSRTP offer-RFC: refused", offers(PLAIN_A, osrtp("offer-RFC")), answers(PLAIN_B)),
  dialogue(
    "OSRTP offer: from SRTP",
    offers(phoneA(SAVP, crypto(1, "a")), { ...osrtp("offer"), "transport protocol": AVP }),
    answers(answered),
    query(),
  ),
  dialogue(
    "OSRTP offer: SRTP stays SRTP",
    offers(phoneA(SAVP, crypto(1, "a")), osrtp("offer")),
    answers(phoneB(SAVP, crypto(1, "b"))),
    query(),
  ),
  dialogue(
    "OSRTP offer: with a profile of SRTP",
    offers(PLAIN_A, { ...osrtp("offer"), "transport protocol": SAVP }),
  ),
  dialogue(
    "OSRTP: to SRTP",
    offers(offered, { ...NO_DTLS, "transport protocol": SAVP }),
    answers(phoneB(SAVP, crypto(1, "b"))),
    query(),
  ),
  dialogue(
    "OSRTP: the same re-offer",
    offers(offered, NO_DTLS),
    answers(answered),
    offersAgain(offered, NO_DTLS),
    answers(answered),
    query(),
  ),
  dialogue(
    "OSRTP accept-legacy: SRTP first",
    offers(phoneA(SAVP, crypto(1, "a")) + PLAIN_SECTION, osrtp("accept-legacy")),
    answers(phoneB(SAVP, crypto(1, "b"))),
  ),
  dialogue(
    "OSRTP accept-legacy: to RTP",
    offers(phoneA(SAVP, crypto(1, "a")) + PLAIN_SECTION, {
      ...osrtp("accept-legacy"),
      "transport protocol": AVP,
    }),
    answers(PLAIN_B),
  ),
  dialogue(
    "OSRTP offer-legacy",
    offers(PLAIN_A, { ...osrtp("offer-legacy"), "transport protocol": SAVP }),
  ),
  dialogue(
    "OSRTP: with feedback",
    offers(phoneA(AVPF, crypto(1, "a")), NO_DTLS),
    answers(phoneB(AVPF, crypto(1, "b"))),
    query(),
  ),
];
