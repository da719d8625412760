/**
 * Bodies: what is kept, what is replaced, line endings and unusual lines.
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  AUDIO_B,
  B,
  crlf,
  type Dialogue,
  dialogue,
  head,
  lf,
  offer,
  offerFromB,
  session,
} from "../dialogue.ts";

function replaced(item: string): Dialogue {
  return dialogue(
    `replace ${item}`,
    offer(AUDIO_A, { replace: [item] }),
    answer(AUDIO_B, { replace: [item] }),
  );
}

/** Bodies and replacement. */
export const ATTRIBUTES: readonly Dialogue[] = [
  replaced("origin"),
  replaced("session connection"),

  replaced("session name"),
  dialogue(
    "replace origin and session connection",
    offer(AUDIO_A, { replace: ["origin", "session connection"] }),
    answer(AUDIO_B, { replace: ["origin", "session connection"] }),
  ),
  dialogue(
    "replace SDP version counts up",
    offer(AUDIO_A, { replace: ["origin", "SDP version"] }),
    answer(AUDIO_B, { replace: ["origin", "SDP version"] }),
    offer(session(A, "m=audio 2000 RTP/AVP 8", "a=sendonly"), {
      "to-tag": "b",
      replace: ["origin", "SDP version"],
    }),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=recvonly"), {
      replace: ["origin", "SDP version"],
    }),
  ),
  dialogue(
    "origin in a flag",
    offer(AUDIO_A, { flags: ["replace-origin", "replace-session-name"] }),
    answer(AUDIO_B),
  ),
  dialogue(
    "unknown attributes are kept in place",
    offer(crlf(
      "v=0",
      "o=- 1 1 IN IP4 198.51.100.1",
      "s=-",
      "c=IN IP4 198.51.100.1",
      "t=0 0",
      "a=x-session-one:1",
      "a=x-session-two",
      "m=audio 2000 RTP/AVP 8",
      "a=x-media:one two three",
      "a=mid:1",
      "a=rtpmap:8 PCMA/8000",
      "a=x-after",
      "a=sendrecv",
      "a=x-last: with spaces ",
    )),
    answer(AUDIO_B),
  ),
  dialogue(
    "session-level attributes",
    offer(crlf(
      "v=0",
      "o=- 1 1 IN IP4 198.51.100.1",
      "s=-",
      "c=IN IP4 198.51.100.1",
      "t=0 0",
      "a=recvonly",
      "a=ptime:20",
      "a=tool:test",
      "m=audio 2000 RTP/AVP 8",
      "m=video 2002 RTP/AVP 34",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 34")),
  ),
  dialogue(
    "every optional line",
    offer(crlf(
      "v=0",
      "o=jdoe 2890844526 2890842807 IN IP4 198.51.100.1",
      "s=SDP Seminar",
      "i=A Seminar on the session description protocol",
      "u=http://www.example.com/seminars/sdp.pdf",
      "e=j.doe@example.com (Jane Doe)",
      "p=+1 617 555-6011",
      "c=IN IP4 198.51.100.1",
      "b=AS:128",
      "b=CT:1000",
      "t=2873397496 2873404696",
      "a=recvonly",
      "m=audio 2000 RTP/AVP 0",
      "i=audio title",
      "c=IN IP4 198.51.100.1",
      "b=AS:64",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 0")),
  ),
  dialogue(
    "media direction over session direction",
    offer(head(A) + "a=recvonly\r\nm=audio 2000 RTP/AVP 8\r\na=sendonly\r\n"),
  ),
  dialogue(
    "lines the oracle drops or sorts",
    offer(session(
      A,
      "r=604800 3600 0 90000",
      "z=2882844526 -1h 2898848070 0",
      "k=clear:secret",
      "a=group:LS 1",
      "m=audio 2000 RTP/AVP 8",
      "b=RS:600",
      "b=RR:2000",
      "k=prompt",
      "a=mid:1",
    )),
  ),
  dialogue(
    "line feeds alone",
    offer(lf(
      "v=0",
      "o=- 1 1 IN IP4 198.51.100.1",
      "s=-",
      "c=IN IP4 198.51.100.1",
      "t=0 0",
      "m=audio 2000 RTP/AVP 8",
      "a=sendrecv",
    )),
    answer(lf(
      "v=0",
      "o=- 1 1 IN IP4 198.51.100.2",
      "s=-",
      "c=IN IP4 198.51.100.2",
      "t=0 0",
      "m=audio 4000 RTP/AVP 8",
    )),
  ),
  dialogue("last line without an end", offer(AUDIO_A.slice(0, -2)), answer(AUDIO_B.slice(0, -2))),
  dialogue(
    "mixed line ends",
    offer(AUDIO_A.replace("t=0 0\r\n", "t=0 0\n")),
    answer(AUDIO_B),
  ),
  dialogue("an empty line at the end", offer(`${AUDIO_A}\r\n`), answer(AUDIO_B)),
  dialogue(
    "bytes that are not UTF-8",
    offer(AUDIO_A.replace("a session", "caf\xe9 \xff\x80")),
    answer(AUDIO_B),
  ),
  dialogue(
    "session name of one blank",
    offer(AUDIO_A.replace("s=a session", "s= ")),
    answer(AUDIO_B),
  ),
  dialogue(
    "multicast style address with TTL",
    offer(AUDIO_A.replace(`c=IN IP4 ${A}`, "c=IN IP4 198.51.100.1/127")),
  ),
  dialogue(
    "ssrc, mid and extmap attributes",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "a=mid:audio",
      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
      "a=ssrc:1234 cname:someone@example.com",
      "a=ssrc:1234 label:mic",
      "a=msid:stream track",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "a=mid:audio")),
  ),
  dialogue("generate mid", offer(AUDIO_A, { flags: ["generate mid"] }), answer(AUDIO_B)),
  dialogue(
    "origin differs by side over re-offers",
    offer(AUDIO_A, { replace: ["origin"] }),
    answer(AUDIO_B, { replace: ["origin"] }),
    offerFromB(AUDIO_B, { replace: ["origin"] }),
  ),
];
