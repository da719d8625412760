/**
 * Subscriptions to parties whose media is secured.
 *
 * @module
 */

import {
  command,
  type Dialogue,
  dialogue,
  type Extra,
  session,
  type Step,
} from "../../dialogue.ts";
import {
  answers,
  AVP,
  crypto,
  DTLS_A,
  DTLS_B,
  offers,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  TLSF,
} from "./words.ts";

const NO_DTLS = { DTLS: "off" };
const NO_SDES = { SDES: "off" };
const LISTENER = "198.51.100.3";
const SRTP_CALL = [
  offers(phoneA(SAVP, crypto(1, "a")), NO_DTLS),
  answers(phoneB(SAVP, crypto(1, "b"))),
];

function subscribes(extra: Extra = {}): Step {
  return command("subscribe request", { "from-tag": "a", "to-tag": "s", ...extra });
}

function listens(profile: string, ...lines: string[]): Step {
  const sdp = session(LISTENER, `m=audio 6000 ${profile} 8`, ...lines, "a=recvonly");
  return command("subscribe answer", { "from-tag": "a", "to-tag": "s", sdp });
}

/** Listeners to secured media, and secured listeners. */
export const SECURE_SUBSCRIPTIONS: readonly Dialogue[] = [
  dialogue(
    "subscription to SRTP",
    ...SRTP_CALL,
    subscribes(NO_DTLS),
    listens(SAVP, crypto(1, "s")),
  ),
  dialogue(
    "subscription to SRTP as RTP",
    ...SRTP_CALL,
    subscribes({ ...NO_DTLS, "transport protocol": AVP }),
    listens(AVP),
  ),
  dialogue(
    "subscription to RTP as SRTP",
    offers(PLAIN_A),
    answers(PLAIN_B),
    subscribes({ ...NO_DTLS, "transport protocol": SAVP }),
    listens(SAVP, crypto(7, "s")),
  ),
  dialogue(
    "subscription to DTLS-SRTP",
    offers(phoneA(TLSF, ...DTLS_A), NO_SDES),
    answers(phoneB(TLSF, ...DTLS_B)),
    subscribes(NO_SDES),
    listens(TLSF, ...DTLS_B),
  ),
  dialogue(
    "subscription to RTP as DTLS-SRTP",
    offers(PLAIN_A),
    answers(PLAIN_B),
    subscribes({ ...NO_SDES, "transport protocol": TLSF }),
    listens(TLSF, ...DTLS_B),
  ),
  dialogue(
    "subscription to DTLS-SRTP as RTP",
    offers(phoneA(TLSF, ...DTLS_A), NO_SDES),
    answers(phoneB(TLSF, ...DTLS_B)),
    subscribes({ ...NO_SDES, "transport protocol": AVP }),
    listens(AVP),
  ),
];
