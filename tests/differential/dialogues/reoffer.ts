/**
 * Re-offers inside established calls.
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
  offer,
  offerFromB,
  query,
  session,
} from "../dialogue.ts";

const AUDIO_VIDEO_A = session(
  A,
  "m=audio 2000 RTP/AVP 8",
  "m=video 2002 RTP/AVP 96",
  "a=rtpmap:96 H264/90000",
);
const AUDIO_VIDEO_B = session(
  B,
  "m=audio 4000 RTP/AVP 8",
  "m=video 4002 RTP/AVP 96",
  "a=rtpmap:96 H264/90000",
);

/** Re-offers by either side. */
export const REOFFER: readonly Dialogue[] = [
  dialogue(
    "re-offer by the caller with the same media",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "re-offer by the called side",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
    query(),
  ),
  dialogue(
    "re-offers in turn by both sides",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
  ),
  dialogue(
    "re-offer from another port and address",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(session("198.51.100.77", "m=audio 2700 RTP/AVP 8 0"), { "to-tag": "b" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "re-offer with other codecs",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(session(A, "m=audio 2000 RTP/AVP 9 0"), { "to-tag": "b" }),
    answer(session(B, "m=audio 4000 RTP/AVP 9")),
  ),
  dialogue(
    "re-offer adds video",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(AUDIO_VIDEO_A, { "to-tag": "b" }),
    answer(AUDIO_VIDEO_B),
    query(),
  ),
  dialogue(
    "re-offer by the called side adds video that is rejected",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offerFromB(AUDIO_VIDEO_B),
    answerFromA(session(A, "m=audio 2000 RTP/AVP 8", "m=video 0 RTP/AVP 96")),
  ),
  dialogue(
    "re-offer removes video by port zero and brings it back",
    offer(AUDIO_VIDEO_A),
    answer(AUDIO_VIDEO_B),
    offer(session(A, "m=audio 2000 RTP/AVP 8", "m=video 0 RTP/AVP 96"), { "to-tag": "b" }),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 0 RTP/AVP 96")),
    offer(AUDIO_VIDEO_A, { "to-tag": "b" }),
    answer(AUDIO_VIDEO_B),
  ),
  dialogue(
    "re-offer with fewer media sections",
    offer(AUDIO_VIDEO_A),
    answer(AUDIO_VIDEO_B),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "re-offer changes audio to image",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(session(A, "m=image 2000 udptl t38", "a=T38FaxVersion:0"), { "to-tag": "b" }),
    answer(session(B, "m=image 4000 udptl t38", "a=T38FaxVersion:0")),
  ),
  dialogue(
    "offer after an offer without an answer",
    offer(AUDIO_A),
    offer(session(A, "m=audio 2100 RTP/AVP 0")),
    answer(session(B, "m=audio 4000 RTP/AVP 0")),
  ),
];
