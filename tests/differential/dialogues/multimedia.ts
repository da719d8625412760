/**
 * Several media sections, rejected ones, and media that is not RTP.
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  B,
  type Dialogue,
  dialogue,
  offer,
  query,
  remove,
  session,
} from "../dialogue.ts";

const VIDEO = ["a=rtpmap:96 H264/90000", "a=fmtp:96 profile-level-id=42e01f", "a=rtcp-fb:96 nack"];

/** Several media sections. */
export const MULTIMEDIA: readonly Dialogue[] = [
  dialogue(
    "audio and video",
    offer(session(A, "m=audio 2000 RTP/AVP 8 0", "b=AS:64", "m=video 2002 RTP/AVP 96", ...VIDEO)),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 96", ...VIDEO)),
    query(),
    remove(),
  ),
  dialogue(
    "audio, video, application and image",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "m=video 2002 RTP/AVP 96",
      ...VIDEO,
      "m=application 2004 UDP/BFCP *",
      "a=floorctrl:c-only",
      "m=image 2006 udptl t38",
      "a=T38FaxVersion:0",
      "a=T38MaxBitRate:14400",
    )),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 8",
      "m=video 4002 RTP/AVP 96",
      "a=rtpmap:96 H264/90000",
      "m=application 4004 UDP/BFCP *",
      "a=floorctrl:s-only",
      "m=image 4006 udptl t38",
      "a=T38FaxVersion:0",
    )),
    query(),
  ),
  dialogue(
    "two audio sections",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "a=label:1",
      "m=audio 2010 RTP/AVP 0",
      "a=label:2",
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=audio 4010 RTP/AVP 0")),
    query(),
  ),
  dialogue(
    "video rejected in the answer",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "m=video 2002 RTP/AVP 96", ...VIDEO)),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 0 RTP/AVP 96")),
    query(),
  ),
  dialogue(
    "video rejected in the offer",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "m=video 0 RTP/AVP 96", "a=inactive")),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 0 RTP/AVP 96")),
    query(),
  ),
  dialogue(
    "audio rejected and video accepted",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "m=video 2002 RTP/AVP 96", ...VIDEO)),
    answer(session(B, "m=audio 0 RTP/AVP 8", "m=video 4002 RTP/AVP 96", ...VIDEO)),
  ),
  dialogue(
    "everything rejected",
    offer(AUDIO_A),
    answer(session(B, "m=audio 0 RTP/AVP 8")),
    query(),
  ),
  dialogue(
    "message over TCP beside audio",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "m=message 7394 TCP/MSRP *",
      "a=accept-types:text/plain",
      "a=path:msrp://198.51.100.1:7394/2s93i9;tcp",
    )),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 8",
      "m=message 7396 TCP/MSRP *",
      "a=accept-types:text/plain",
      "a=path:msrp://198.51.100.2:7396/9di4ea;tcp",
    )),
    query(),
  ),
  dialogue(
    "fax alone",
    offer(session(A, "m=image 2000 udptl t38", "a=T38FaxVersion:0", "a=T38FaxUdpEC:t38UDPFEC")),
    answer(session(B, "m=image 4000 udptl t38", "a=T38FaxVersion:0")),
    query(),
  ),
  dialogue(
    "answer with fewer media sections than the offer",
    offer(session(A, "m=audio 2000 RTP/AVP 8", "m=video 2002 RTP/AVP 34")),
    answer(session(B, "m=audio 4000 RTP/AVP 8")),
  ),
  dialogue(
    "answer with more media sections than the offer",
    offer(AUDIO_A),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 34")),
  ),
  dialogue(
    "media of a type nobody knows",
    offer(
      session(A, "m=audio 2000 RTP/AVP 8", "m=hologram 2002 RTP/AVP 96", "a=rtpmap:96 X/90000"),
    ),
    answer(session(
      B,
      "m=audio 4000 RTP/AVP 8",
      "m=hologram 4002 RTP/AVP 96",
      "a=rtpmap:96 X/90000",
    )),
  ),
  dialogue(
    "text media",
    offer(session(
      A,
      "m=text 2000 RTP/AVP 98 99",
      "a=rtpmap:98 t140/1000",
      "a=rtpmap:99 red/1000",
      "a=fmtp:99 98/98/98",
    )),
    answer(session(B, "m=text 4000 RTP/AVP 98", "a=rtpmap:98 t140/1000")),
  ),
  dialogue(
    "AVPF profile",
    offer(session(A, "m=audio 2000 RTP/AVPF 8", "a=rtcp-fb:* trr-int 100")),
    answer(session(B, "m=audio 4000 RTP/AVPF 8")),
    query(),
  ),
  dialogue(
    "a port count in the media line",
    offer(session(A, "m=audio 2000/2 RTP/AVP 8")),
    answer(session(B, "m=audio 4000/2 RTP/AVP 8")),
  ),
];
