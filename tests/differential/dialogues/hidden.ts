/**
 * Sections the called side does not get to see, packet times, header extensions and the state they leave.
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

const BOTH_A = session(A, "m=audio 2000 RTP/AVP 8 0", "m=video 2002 RTP/AVP 34");
const AUDIO_ONLY_A = session(A, "m=audio 2000 RTP/AVP 8 0", "m=video 0 RTP/AVP 34");
const BOTH_B = session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 34");
const VIDEO_ONLY_B = session(B, "m=video 4002 RTP/AVP 34");

function hide(...types: string[]) {
  return { "sdp-media-remove": types };
}

function extmap(...lines: string[]): string {
  return lines.map((line) => `a=extmap:${line}\r\n`).join("");
}

const LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const OFFSET = "urn:ietf:params:rtp-hdrext:toffset";
const EXT_A = AUDIO_A + "a=extmap-allow-mixed\r\n" + extmap(`1 ${LEVEL}`, `2 ${OFFSET}`);
const EXT_B = AUDIO_B + "a=extmap-allow-mixed\r\n" + extmap(`1 ${LEVEL}`, `2 ${OFFSET}`);

/** Hidden parts. */
export const HIDDEN: readonly Dialogue[] = [
  dialogue(
    "video hidden",
    offer(BOTH_A, hide("video")),
    answer(AUDIO_B),
    query(),
    offer(BOTH_A, { "to-tag": "b", ...hide("video") }),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_ONLY_A),
    query(),
  ),
  dialogue(
    "the first section hidden",
    offer(BOTH_A, hide("audio")),
    answer(VIDEO_ONLY_B),
    query(),
    offer(BOTH_A, { "to-tag": "b", ...hide("audio") }),
    answer(VIDEO_ONLY_B),
    offerFromB(VIDEO_ONLY_B),
    query(),
  ),
  dialogue(
    "hiding what is known already",
    offer(BOTH_A),
    answer(BOTH_B),
    offer(BOTH_A, { "to-tag": "b", ...hide("video") }),
    answer(BOTH_B),
    offerFromB(BOTH_B, hide("video")),
    answerFromA(BOTH_A),
    query(),
  ),
  dialogue("everything hidden", offer(BOTH_A, hide("audio", "video"))),
  dialogue("hidden in an answer", offer(BOTH_A), answer(BOTH_B, hide("video")), query()),
  dialogue(
    "packet times asked for",
    offer(AUDIO_A, { "ptime": 40, "ptime-reverse": 60 }),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
  ),
  dialogue("packet times in an answer", offer(AUDIO_A), answer(AUDIO_B, { ptime: 40 })),
  dialogue(
    "header extensions masked, the called side without any",
    offer(EXT_A, { extmap: { mask: ["all"] } }),
    answer(AUDIO_B + "a=extmap-allow-mixed\r\n"),
  ),
  dialogue(
    "header extensions stripped and masked",
    offer(EXT_A, { extmap: { mask: [LEVEL], strip: [OFFSET] } }),
    answer(EXT_B),
    answer(EXT_B),
    query(),
  ),
];
