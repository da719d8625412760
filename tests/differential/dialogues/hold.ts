/**
 * Hold and resume in their several spellings.
 *
 * @module
 */

import {
  A,
  answer,
  answerFromA,
  AUDIO_A,
  AUDIO_B,
  B,
  type Dialogue,
  dialogue,
  head,
  offer,
  offerFromB,
  query,
  session,
} from "../dialogue.ts";

function audio(address: string, port: number, direction: string): string {
  return session(address, `m=audio ${port} RTP/AVP 8`, `a=${direction}`);
}

const established = [offer(AUDIO_A), answer(AUDIO_B)];

/** Hold and resume. */
export const HOLD: readonly Dialogue[] = [
  dialogue(
    "hold by sendonly and resume",
    ...established,
    offer(audio(A, 2000, "sendonly")),
    answer(audio(B, 4000, "recvonly")),
    query(),
    offer(audio(A, 2000, "sendrecv")),
    answer(audio(B, 4000, "sendrecv")),
    query(),
  ),
  dialogue(
    "hold by inactive on both sides",
    ...established,
    offer(audio(A, 2000, "inactive")),
    answer(audio(B, 4000, "inactive")),
    query(),
  ),
  dialogue(
    "hold by the zero address",
    ...established,
    offer(
      head(A).replace(`c=IN IP4 ${A}`, "c=IN IP4 0.0.0.0") +
        "m=audio 2000 RTP/AVP 8\r\na=sendonly\r\n",
    ),
    answer(audio(B, 4000, "recvonly")),
    offer(AUDIO_A),
    answer(AUDIO_B),
  ),
  dialogue(
    "zero address with the zero address replaced",
    offer(AUDIO_A, { replace: ["zero address"] }),
    answer(AUDIO_B, { replace: ["zero address"] }),
    offer(
      head(A).replace(`c=IN IP4 ${A}`, "c=IN IP4 0.0.0.0") +
        "m=audio 2000 RTP/AVP 8\r\na=inactive\r\n",
      { replace: ["zero address"] },
    ),
    answer(audio(B, 4000, "inactive"), { replace: ["zero address"] }),
  ),
  dialogue(
    "hold from the called side",
    ...established,
    offerFromB(audio(B, 4000, "sendonly")),
    answerFromA(audio(A, 2000, "recvonly")),
    query(),
  ),
  dialogue(
    "hold with a direction at session level",
    ...established,
    offer(head(A) + "a=sendonly\r\nm=audio 2000 RTP/AVP 8\r\n"),
    answer(head(B) + "a=recvonly\r\nm=audio 4000 RTP/AVP 8\r\n"),
  ),
  dialogue(
    "answer recvonly to sendrecv",
    offer(AUDIO_A),
    answer(audio(B, 4000, "recvonly")),
    query(),
  ),
  dialogue(
    "original sendrecv keeps the direction attribute",
    offer(audio(A, 2000, "sendonly"), { flags: ["original sendrecv"] }),
    answer(audio(B, 4000, "recvonly"), { flags: ["original sendrecv"] }),
  ),
  dialogue(
    "first offer is inactive",
    offer(audio(A, 2000, "inactive")),
    answer(audio(B, 4000, "inactive")),
    offer(audio(A, 2000, "sendrecv")),
    answer(audio(B, 4000, "sendrecv")),
  ),
];
