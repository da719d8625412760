/**
 * Forks, several to-tags and early media.
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
  remove,
  session,
} from "../dialogue.ts";

const AUDIO_C = session("198.51.100.3", "m=audio 6000 RTP/AVP 0", "a=sendrecv");
const early = { "via-branch": "z9hG4bK-1" };
const second = { "via-branch": "z9hG4bK-2" };

/** Forks. */
export const FORK: readonly Dialogue[] = [
  dialogue(
    "two to-tags answer one offer",
    offer(AUDIO_A),
    answer(AUDIO_B, { "to-tag": "b1" }),
    answer(AUDIO_C, { "to-tag": "b2" }),
    query(),
  ),
  dialogue(
    "two branches by via-branch",
    offer(AUDIO_A, early),
    offer(AUDIO_A, second),
    answer(AUDIO_B, { "to-tag": "b1", ...early }),
    answer(AUDIO_C, { "to-tag": "b2", ...second }),
    query(),
  ),
  dialogue(
    "deleting one branch leaves the other",
    offer(AUDIO_A, early),
    offer(AUDIO_A, second),
    answer(AUDIO_B, { "to-tag": "b1", ...early }),
    remove({ "via-branch": "z9hG4bK-1" }),
    query(),
    answer(AUDIO_C, { "to-tag": "b2", ...second }),
    query(),
  ),
  dialogue(
    "early media and then the final answer of the same tag",
    offer(AUDIO_A),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=sendonly")),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "early media from a media server and then another to-tag",
    offer(AUDIO_A),
    answer(session("198.51.100.9", "m=audio 9000 RTP/AVP 0"), { "to-tag": "announcement" }),
    answer(AUDIO_B, { "to-tag": "b" }),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
  ),
  dialogue(
    "three to-tags with different codecs",
    offer(session(A, "m=audio 2000 RTP/AVP 0 8 9")),
    answer(session(B, "m=audio 4000 RTP/AVP 0"), { "to-tag": "b1" }),
    answer(session(B, "m=audio 4100 RTP/AVP 8"), { "to-tag": "b2" }),
    answer(session(B, "m=audio 4200 RTP/AVP 9"), { "to-tag": "b3" }),
  ),
  dialogue(
    "re-offer to the second to-tag",
    offer(AUDIO_A),
    answer(AUDIO_B, { "to-tag": "b1" }),
    answer(AUDIO_C, { "to-tag": "b2" }),
    offer(AUDIO_A, { "to-tag": "b2" }),
    answer(AUDIO_C, { "to-tag": "b2" }),
  ),
  dialogue(
    "answer with an unknown from-tag",
    offer(AUDIO_A),
    answer(AUDIO_B, { "from-tag": "stranger" }),
  ),
  dialogue(
    "answer to a call that does not exist",
    answer(AUDIO_B),
  ),
  dialogue(
    "tags with unusual characters",
    offer(AUDIO_A, { "from-tag": 'a;b="c" d%20' }),
    answer(AUDIO_B, { "from-tag": 'a;b="c" d%20', "to-tag": "<b>é" }),
  ),
];
