/**
 * Longer lives of a call: hold by IPv6 and by both sides, swapped roles, moved media, many re-offers.
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
  command,
  type Dialogue,
  dialogue,
  offer,
  offerFromB,
  query,
  remove,
  session,
} from "../dialogue.ts";

function audio(address: string, port: number, ...lines: string[]): string {
  return session(address, `m=audio ${port} RTP/AVP 8`, ...lines);
}

const established = [offer(AUDIO_A), answer(AUDIO_B)];
const INSIDE_OUT = { direction: ["inside", "outside"] };

/** Longer lives of a call. */
export const TRANSFER: readonly Dialogue[] = [
  dialogue(
    "hold in an IPv6 call",
    offer(audio(A6, 2000)),
    answer(audio(B6, 4000)),
    offer(audio(A6, 2000, "a=sendonly"), { "to-tag": "b" }),
    answer(audio(B6, 4000, "a=recvonly")),
    query(),
  ),
  dialogue(
    "hold by the IPv6 zero address",
    offer(audio(A6, 2000)),
    answer(audio(B6, 4000)),
    offer(audio(A6, 2000, "a=inactive").replace(`c=IN IP6 ${A6}`, "c=IN IP6 ::"), {
      "to-tag": "b",
    }),
    answer(audio(B6, 4000, "a=inactive")),
  ),
  dialogue(
    "hold by both sides and resume by both",
    ...established,
    offer(audio(A, 2000, "a=sendonly"), { "to-tag": "b" }),
    answer(audio(B, 4000, "a=recvonly")),
    offerFromB(audio(B, 4000, "a=inactive")),
    answerFromA(audio(A, 2000, "a=inactive")),
    offer(audio(A, 2000, "a=sendrecv"), { "to-tag": "b" }),
    answer(audio(B, 4000, "a=sendonly")),
    offerFromB(audio(B, 4000, "a=sendrecv")),
    answerFromA(audio(A, 2000, "a=sendrecv")),
    query(),
  ),
  dialogue(
    "called side moves its media",
    ...established,
    offerFromB(audio("198.51.100.50", 4500)),
    answerFromA(AUDIO_A),
    query(),
  ),
  dialogue(
    "both sides move their media",
    ...established,
    offer(audio("198.51.100.40", 2400), { "to-tag": "b" }),
    answer(audio("198.51.100.50", 4500)),
    query(),
  ),
  dialogue(
    "answer moves the media again without an offer",
    ...established,
    answer(audio("198.51.100.50", 4500)),
    query(),
  ),
  dialogue(
    "caller goes from IPv4 to IPv6",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(audio(A6, 2000), { "to-tag": "b", "address family": "IP4" }),
    answer(AUDIO_B, { "address family": "IP6" }),
    query(),
  ),
  dialogue(
    "re-offer by the called side between two interfaces",
    offer(AUDIO_A, INSIDE_OUT),
    answer(AUDIO_B),
    offerFromB(AUDIO_B, { direction: ["outside", "inside"] }),
    answerFromA(AUDIO_A),
  ),
  dialogue(
    "hold with origin and version replaced",
    offer(AUDIO_A, { replace: ["origin", "SDP-version"] }),
    answer(AUDIO_B, { replace: ["origin", "SDP-version"] }),
    offer(AUDIO_A, { "to-tag": "b", replace: ["origin", "SDP-version"] }),
    answer(AUDIO_B, { replace: ["origin", "SDP-version"] }),
  ),
  dialogue(
    "a re-offer after the call was deleted starts a new one",
    ...established,
    remove(),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "from-tag and to-tag are the same",
    offer(AUDIO_A),
    answer(AUDIO_B, { "to-tag": "a" }),
  ),
  dialogue(
    "offer with an unknown to-tag",
    offer(AUDIO_A, { "to-tag": "someone" }),
    answer(AUDIO_B, { "to-tag": "someone" }),
    query(),
  ),
  dialogue(
    "offers from both sides cross",
    ...established,
    offer(AUDIO_A, { "to-tag": "b" }),
    offerFromB(AUDIO_B),
    answer(AUDIO_B),
    answerFromA(AUDIO_A),
  ),
  dialogue(
    "video comes and goes",
    ...established,
    offer(audio(A, 2000, "m=video 2002 RTP/AVP 34"), { "to-tag": "b" }),
    answer(audio(B, 4000, "m=video 4002 RTP/AVP 34")),
    offerFromB(audio(B, 4000, "m=video 0 RTP/AVP 34")),
    answerFromA(audio(A, 2000, "m=video 0 RTP/AVP 34")),
    offerFromB(audio(B, 4000, "m=video 4006 RTP/AVP 34")),
    answerFromA(audio(A, 2000, "m=video 2006 RTP/AVP 34")),
  ),
  dialogue(
    "ten re-offers keep the ports",
    ...established,
    ...Array.from({ length: 10 }, (_, i) => [
      offer(audio(A, 2000, i % 2 === 0 ? "a=sendonly" : "a=sendrecv"), { "to-tag": "b" }),
      answer(audio(B, 4000, i % 2 === 0 ? "a=recvonly" : "a=sendrecv")),
    ]).flat(),
  ),
  dialogue(
    "two calls at once have ports of their own",
    offer(AUDIO_A),
    command("offer", { "call-id": "{call}-other", "from-tag": "x", "sdp": AUDIO_A }),
    answer(AUDIO_B),
    command("answer", {
      "call-id": "{call}-other",
      "from-tag": "x",
      "to-tag": "y",
      "sdp": AUDIO_B,
    }),
    command("delete", { "call-id": "{call}-other", "delete delay": 0 }),
    query(),
  ),
];
