/**
 * Every combination of the families of both sides, the ways RTCP is carried, and interfaces: an offer,
 * an answer, a re-offer by the called side and its answer.
 *
 * @module
 */

import {
  A,
  A6,
  answer,
  answerFromA,
  B,
  B6,
  type Dialogue,
  dialogue,
  offer,
  offerFromB,
  query,
  session,
} from "../dialogue.ts";

const FAMILIES = [["IP4", A, B], ["IP6", A6, B6]] as const;
const RTCP = {
  "RTCP beside RTP": (_port: number) => [],
  "RTCP elsewhere": (port: number) => [`a=rtcp:${port + 77}`],
  "rtcp-mux": (_port: number) => ["a=rtcp-mux"],
} as const;
const INTERFACES = {
  "one interface": [{}, {}],
  "two interfaces": [{ direction: ["default", "inside"] }, { direction: ["inside", "default"] }],
} as const;

function combinations(): Dialogue[] {
  const dialogues: Dialogue[] = [];
  for (const [familyA, a] of FAMILIES) {
    for (const [familyB, , b] of FAMILIES) {
      for (const [rtcp, lines] of Object.entries(RTCP)) {
        for (const [interfaces, [there, back]] of Object.entries(INTERFACES)) {
          const sdpA = session(a, "m=audio 2000 RTP/AVP 8 0", ...lines(2000));
          const sdpB = session(b, "m=audio 4000 RTP/AVP 8", ...lines(4000));
          const [toA, toB] = [{ "address family": familyA }, { "address family": familyB }];
          dialogues.push(dialogue(
            `${familyA} caller, ${familyB} called, ${rtcp}, ${interfaces}`,
            offer(sdpA, { ...toB, ...there }),
            answer(sdpB, { ...toA, ...back }),
            query(),
            offerFromB(sdpB, { ...toA, ...back }),
            answerFromA(sdpA, { ...toB, ...there }),
            query(),
          ));
        }
      }
    }
  }
  return dialogues;
}

/** Every combination. */
export const MATRIX: readonly Dialogue[] = combinations();
