/**
 * Ports, `a=rtcp` (RFC 3605) and `a=rtcp-mux` (RFC 5761).
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  AUDIO_B,
  B,
  type Dialogue,
  dialogue,
  offer,
  query,
  session,
} from "../dialogue.ts";

const MUX_A = session(A, "m=audio 2000 RTP/AVP 8", "a=rtcp-mux", "a=sendrecv");
const MUX_B = session(B, "m=audio 4000 RTP/AVP 8", "a=rtcp-mux", "a=sendrecv");

function mux(name: string, items: string[], from: string, back: string): Dialogue {
  return dialogue(name, offer(from, { "rtcp-mux": items }), answer(back), query());
}

/** Ports and RTCP. */
export const RTCP: readonly Dialogue[] = [
  dialogue(
    "odd ports",
    offer(session(A, "m=audio 2001 RTP/AVP 8")),
    answer(session(B, "m=audio 4003 RTP/AVP 8")),
    query(),
  ),
  dialogue(
    "a=rtcp with a port",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "a=rtcp:2777")),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=rtcp:4777")),
    query(),
  ),
  dialogue(
    "a=rtcp with a port and an address",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "a=rtcp:2777 IN IP4 198.51.100.99")),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=rtcp:4777 IN IP4 198.51.100.98")),
    query(),
  ),
  dialogue(
    "a=rtcp in the middle of other attributes",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "a=x-one:1", "a=rtcp:2001", "a=x-two:2")),
    answer(AUDIO_B),
  ),
  dialogue(
    "full rtcp attribute",
    offer(AUDIO_A, { flags: ["full rtcp attribute"] }),
    answer(AUDIO_B, { flags: ["full rtcp attribute"] }),
  ),
  dialogue(
    "no rtcp attribute",
    offer(AUDIO_A, { flags: ["no rtcp attribute"] }),
    answer(AUDIO_B, { flags: ["no rtcp attribute"] }),
  ),
  dialogue("rtcp-mux offered and accepted", offer(MUX_A), answer(MUX_B), query()),
  dialogue("rtcp-mux offered and not accepted", offer(MUX_A), answer(AUDIO_B), query()),
  mux("rtcp-mux offer to a caller without it", ["offer"], AUDIO_A, MUX_B),
  mux("rtcp-mux require", ["require"], AUDIO_A, MUX_B),
  mux("rtcp-mux require refused", ["require"], AUDIO_A, AUDIO_B),
  mux("rtcp-mux demux", ["demux"], MUX_A, AUDIO_B),
  mux("rtcp-mux demux and accept", ["demux", "accept"], MUX_A, AUDIO_B),
  mux("rtcp-mux accept", ["accept"], MUX_A, AUDIO_B),
  mux("rtcp-mux reject", ["reject"], MUX_A, AUDIO_B),
  mux("rtcp-mux offer and reject together", ["offer", "reject"], MUX_A, MUX_B),
  dialogue(
    "rtcp-mux kept over a re-offer",
    offer(MUX_A),
    answer(MUX_B),
    offer(MUX_A, { "to-tag": "b" }),
    answer(MUX_B),
  ),
  dialogue(
    "rtcp-mux given up by a re-offer",
    offer(MUX_A),
    answer(MUX_B),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "bandwidth modifiers for RTCP",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "b=AS:80", "b=RR:2000", "b=RS:600")),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "b=AS:64", "b=TIAS:64000")),
  ),
];
