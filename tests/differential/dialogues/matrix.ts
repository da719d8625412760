/**
 * Every combination: families of both sides, ways RTCP is carried, interfaces; directions of offer and
 * answer; what is asked about rtcp-mux and what the phones say to it.
 *
 * @module
 */

import {
  A,
  A6,
  answer,
  answerFromA,
  AUDIO_A,
  AUDIO_B,
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
const DIRECTIONS = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
const MUX_REQUESTS = ["offer", "require", "demux", "accept", "reject"] as const;

/** A call and a re-offer by the called side. */
function families(): Dialogue[] {
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

/** An established call, a re-offer with one direction answered by another, and resumption. */
function directions(): Dialogue[] {
  const audio = (address: string, port: number, direction: string) =>
    session(address, `m=audio ${port} RTP/AVP 8`, `a=${direction}`);
  return DIRECTIONS.flatMap((asked) =>
    DIRECTIONS.flatMap((given) => [
      dialogue(
        `caller asks ${asked}, ${given} is answered`,
        offer(AUDIO_A),
        answer(AUDIO_B),
        offer(audio(A, 2000, asked), { "to-tag": "b" }),
        answer(audio(B, 4000, given)),
        query(),
        offerFromB(AUDIO_B),
        answerFromA(AUDIO_A),
        query(),
      ),
      dialogue(
        `called side asks ${asked}, ${given} is answered`,
        offer(AUDIO_A),
        answer(AUDIO_B),
        offerFromB(audio(B, 4000, asked)),
        answerFromA(audio(A, 2000, given)),
        query(),
        offer(AUDIO_A, { "to-tag": "b" }),
        answer(AUDIO_B),
        query(),
      ),
    ])
  );
}

/** What is asked about rtcp-mux, by whether the phones offer and accept it. */
function muxing(): Dialogue[] {
  const [muxA, muxB] = [`${AUDIO_A}a=rtcp-mux\r\n`, `${AUDIO_B}a=rtcp-mux\r\n`];
  return MUX_REQUESTS.flatMap((request) =>
    [[AUDIO_A, "not"], [muxA, ""]].flatMap(([body = "", offered = ""]) =>
      [[AUDIO_B, "not"], [muxB, ""]].map(([reply = "", accepted = ""]) =>
        dialogue(
          `rtcp-mux ${request}: ${offered} offered, ${accepted} accepted`.replaceAll("  ", " "),
          offer(body, { "rtcp-mux": [request] }),
          answer(reply, { "rtcp-mux": [request] }),
          query(),
          offer(body, { "to-tag": "b", "rtcp-mux": [request] }),
          answer(reply, { "rtcp-mux": [request] }),
        )
      )
    )
  );
}

/** Every combination. */
export const MATRIX: readonly Dialogue[] = [...families(), ...directions(), ...muxing()];
