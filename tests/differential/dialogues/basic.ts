/**
 * Plain offers and answers.
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
  remove,
  session,
} from "../dialogue.ts";

/** Plain offers and answers with different codec sets. */
export const BASIC: readonly Dialogue[] = [
  dialogue("audio call", offer(AUDIO_A), answer(AUDIO_B), query(), remove()),
  dialogue(
    "offer without a direction attribute",
    offer(session(A, "m=audio 2000 RTP/AVP 0")),
    answer(session(B, "m=audio 4000 RTP/AVP 0")),
  ),
  dialogue(
    "dynamic codecs with rtpmap and fmtp",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 96 97 8 0 101",
      "a=rtpmap:96 opus/48000/2",
      "a=fmtp:96 useinbandfec=1; maxplaybackrate=16000",
      "a=rtpmap:97 AMR-WB/16000",
      "a=fmtp:97 octet-align=1; mode-change-capability=2",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=maxptime:40",
      "a=sendrecv",
    )),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 97 101",
      "a=rtpmap:97 AMR-WB/16000",
      "a=fmtp:97 octet-align=1",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
    )),
    remove(),
  ),
  dialogue(
    "static codecs without rtpmap",
    offer(session(A, "m=audio 2000 RTP/AVP 0 3 4 8 9 18 13", "a=fmtp:18 annexb=no")),
    answer(session(B, "m=audio 4000 RTP/AVP 9 13")),
  ),
  dialogue(
    "unknown codecs pass",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 98 99 0",
      "a=rtpmap:98 FANCY/32000",
      "a=fmtp:98 colour=blue",
      "a=rtpmap:99 OTHER/8000/3",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 98", "a=rtpmap:98 FANCY/32000")),
  ),
  dialogue(
    "rtpmap in other letter case and out of order",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8 101 0",
      "a=rtpmap:101 TELEPHONE-EVENT/8000",
      "a=fmtp:101 0-16",
      "a=rtpmap:0 pcmu/8000/1",
      "a=rtpmap:8 PCMA/8000/1",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000")),
  ),
  dialogue(
    "several telephone-event clock rates",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 96 9 0 100 101",
      "a=rtpmap:96 opus/48000/2",
      "a=rtpmap:100 telephone-event/48000",
      "a=fmtp:100 0-15",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
    )),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 96 100",
      "a=rtpmap:96 opus/48000/2",
      "a=rtpmap:100 telephone-event/48000",
    )),
  ),
  dialogue(
    "ptime and silence suppression attributes",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "a=ptime:30",
      "a=maxptime:60",
      "a=silenceSupp:off - - - -",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=ptime:30")),
  ),
  dialogue(
    "answer with other payload type numbers",
    offer(session(A, "m=audio 2000 RTP/AVP 96 0", "a=rtpmap:96 opus/48000/2")),
    answer(session(B, "m=audio 4000 RTP/AVP 111", "a=rtpmap:111 opus/48000/2")),
  ),
  dialogue(
    "answer with codecs in another order",
    offer(session(A, "m=audio 2000 RTP/AVP 8 0 18")),
    answer(session(B, "m=audio 4000 RTP/AVP 18 0 8")),
  ),
  dialogue(
    "answer with a codec that was not offered",
    offer(session(A, "m=audio 2000 RTP/AVP 8")),
    answer(session(B, "m=audio 4000 RTP/AVP 0")),
  ),
  dialogue(
    "opus format parameters of the answer",
    offer(session(A, "m=audio 2000 RTP/AVP 96", "a=rtpmap:96 opus/48000/2")),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 96",
      "a=rtpmap:96 opus/48000/2",
      "a=fmtp:96 useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=48000; ptime=20",
    )),
  ),
  dialogue("offer only", offer(AUDIO_A), query(), remove()),
  dialogue("the same offer twice keeps its ports", offer(AUDIO_A), offer(AUDIO_A), answer(AUDIO_B)),
  dialogue("the same answer twice", offer(AUDIO_A), answer(AUDIO_B), answer(AUDIO_B)),
  dialogue(
    "connection address at media level only",
    offer(
      "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nt=0 0\r\n" +
        "m=audio 2000 RTP/AVP 0\r\nc=IN IP4 198.51.100.1\r\n",
    ),
    answer(
      "v=0\r\no=- 1 1 IN IP4 198.51.100.2\r\ns=-\r\nt=0 0\r\n" +
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 198.51.100.2\r\n",
    ),
  ),
  dialogue(
    "connection address at both levels",
    offer(session(A, "m=audio 2000 RTP/AVP 0", "c=IN IP4 198.51.100.11", "a=sendrecv")),
    answer(session(B, "m=audio 4000 RTP/AVP 0", "c=IN IP4 198.51.100.12", "a=sendrecv")),
    query(),
  ),
];
