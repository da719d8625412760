/**
 * `ICE` `optional` and `force-relay`: the parties' own ICE is handed on with a candidate of ours beside it.
 *
 * @module
 */

import { A, A6, B, type Dialogue, dialogue, query, session } from "../../dialogue.ts";
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

const [iceA, iceB] = [phoneA(AVP, ...ICE_A), phoneB(AVP, ...ICE_B)];
const relays = [1, 2].map((component) =>
  `a=candidate:5 ${component} UDP ${16777216 - component} 203.0.113.77 700${component} typ relay ` +
  `raddr ${A} rport 200${component - 1}`
);
const PLAIN_VIDEO = "m=video 2002 RTP/AVP 34\r\na=rtpmap:34 H263/90000\r\n";
const iceVideo = `m=video 4002 RTP/AVP 34\r\n${ICE_B.join("\r\n")}\r\n`;

/** Everything under one of the two words. */
function under(ICE: string): Dialogue[] {
  const says = { ICE };
  return [
    dialogue(`ICE ${ICE}: offered and answered`, offers(iceA, says), answers(iceB), query()),
    dialogue(`ICE ${ICE}: in both`, offers(iceA, says), answers(iceB, says), query()),
    dialogue(
      `ICE ${ICE}: offered, not answered`,
      offers(iceA, says),
      answers(PLAIN_B),
    ),
    dialogue(
      `ICE ${ICE}: with relays of the party`,
      offers(phoneA(AVP, ...ICE_A, ...relays), says),
      answers(iceB, says),
    ),
    dialogue(
      `ICE ${ICE}: credentials alone`,
      offers(phoneA(AVP, ...credentials("aaaa")), says),
      answers(iceB),
    ),
    dialogue(
      `ICE ${ICE}: trickling`,
      offers(
        phoneA(AVP, ...ICE_A, "a=ice-options:trickle", "a=end-of-candidates", "a=ptime:20"),
        says,
      ),
      answers(phoneB(AVP, ...ICE_B, "a=end-of-candidates")),
    ),
    dialogue(
      `ICE ${ICE}: rtcp-mux`,
      offers(phoneA(AVP, ...ICE_A, "a=rtcp-mux"), says),
      answers(phoneB(AVP, ...ICE_B, "a=rtcp-mux")),
    ),
    dialogue(
      `ICE ${ICE}: rtcp-mux refused`,
      offers(phoneA(AVP, ...ICE_A, "a=rtcp-mux"), says),
      answers(iceB),
    ),
    dialogue(
      `ICE ${ICE}: SDES`,
      offers(phoneA(SAVP, ...ICE_A, crypto(1, "a"), "a=ptime:20", "a=rtcp:2001"), says),
      answers(phoneB(SAVP, crypto(1, "b"), ...ICE_B)),
    ),
    dialogue(
      `ICE ${ICE}: DTLS`,
      offers(phoneA(TLSF, ...ICE_A, ...DTLS_A, "a=rtcp-mux", "a=mid:0"), says),
      answers(phoneB(TLSF, ...DTLS_B, "a=rtcp-mux", ...ICE_B)),
    ),
    dialogue(
      `ICE ${ICE}: a rejected section`,
      offers(iceA + "m=video 0 RTP/AVP 34\r\n", says),
      answers(iceB + "m=video 0 RTP/AVP 34\r\n"),
    ),
    dialogue(
      `ICE ${ICE}: lines of all kinds`,
      offers(
        phoneA(AVP, "i=a stream", "b=AS:64", "a=rtpmap:8 PCMA/8000", "a=x-unknown", ...ICE_A),
        { ...says, replace: ["origin"] },
      ),
    ),
    dialogue(
      `ICE ${ICE}: re-offers from both sides`,
      offers(iceA, says),
      answers(iceB),
      offersAgain(iceA),
      answers(iceB),
      offersBack(iceB, says),
      answersBack(iceA),
    ),
    dialogue(
      `ICE ${ICE}: stays when something else is asked for`,
      offers(iceA, says),
      answers(iceB),
      offersAgain(iceA, { ICE: "default" }),
      answers(iceB),
      offersAgain(iceA, { ICE: "force" }),
      answers(iceB, { ICE: "force" }),
      offersAgain(iceA, { ICE: "remove" }),
      answers(PLAIN_B),
    ),
    dialogue(
      `ICE ${ICE}: the address in the description changes`,
      offers(iceA, says),
      answers(iceB),
      offersAgain(session(B, `m=audio 2222 ${AVP} 8`, ...ICE_A), says),
      answers(iceB),
    ),
    dialogue(
      `ICE ${ICE}: a restart`,
      offers(iceA, says),
      answers(iceB),
      offersAgain(phoneA(AVP, ...credentials("cccc"), ...candidates(A, 2000)), says),
      answers(phoneB(AVP, ...credentials("dddd"))),
    ),
  ];
}

/** All about them. */
export const RELAYED: readonly Dialogue[] = [
  ...under("optional"),
  ...under("force-relay"),
  dialogue(
    "ICE optional: a section of two without it",
    offers(iceA + PLAIN_VIDEO, { ICE: "optional" }),
    answers(iceB + iceVideo),
  ),
  dialogue(
    "ICE optional: with the ICE reject flag",
    offers(iceA, { ICE: "optional", flags: ["reject ICE"] }),
    answers(PLAIN_B),
  ),
  dialogue(
    "ICE optional: session level",
    offers(session(A, ...credentials("ssss"), `m=audio 2000 ${AVP} 8`, ...candidates(A, 2000)), {
      ICE: "optional",
    }),
  ),
  dialogue(
    "ICE optional: several addresses of ours",
    offers(session(A6, `m=audio 2000 ${AVP} 8`, ...credentials("aaaa")), {
      ICE: "optional",
      direction: null,
    }),
  ),
  dialogue("ICE optional: in an answer alone", offers(iceA), answers(iceB, { ICE: "optional" })),
  dialogue(
    "ICE optional: nobody has it",
    offers(PLAIN_A, { ICE: "optional" }),
    answers(iceB),
    query(),
  ),
  dialogue(
    "ICE optional: nobody has it, and nobody takes it up",
    offers(PLAIN_A, { ICE: "optional" }),
    answers(PLAIN_B),
    query(),
  ),
  dialogue("ICE force-relay: nobody has it", offers(PLAIN_A, { ICE: "force-relay" })),
];
