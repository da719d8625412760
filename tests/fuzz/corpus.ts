/**
 * Valid messages that mutation starts from.
 *
 * @module
 */

import type { ReplyDict } from "../../src/ng/types.ts";
import type { Random } from "./random.ts";

const HEAD = "v=0\r\no=- 1545997027 1 IN IP4 198.51.100.1\r\ns=tester\r\n";
const V4 = "c=IN IP4 198.51.100.1\r\n";
const TIME = "t=0 0\r\n";

const SDPS: readonly string[] = [
  `${HEAD}${V4}${TIME}m=audio 2000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n` +
  "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" +
  "a=sendrecv\r\na=ptime:20\r\na=rtcp:2001\r\n",
  `${HEAD}${V4}${TIME}m=audio 2000 RTP/AVP 0\r\nm=video 2002 RTP/AVPF 96\r\n` +
  "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\nm=image 2004 udptl t38\r\n" +
  "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n",
  "v=0\no=x 1 2 IN IP6 2001:db8::1\ns=-\nt=0 0\nm=audio 3000 RTP/AVP 9\n" +
  "c=IN IP6 2001:db8::1\na=rtcp-mux\na=inactive\n",
  `${HEAD}${TIME}m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n` +
  "a=rtpmap:111 opus/48000/2\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n" +
  "a=candidate:1 1 UDP 2130706431 198.51.100.1 4000 typ host\r\na=setup:actpass\r\n" +
  "a=fingerprint:sha-256 " + "AA:".repeat(31) + "AA\r\na=mid:0\r\na=rtcp-mux\r\n",
  `${HEAD}${V4}${TIME}m=audio 0 RTP/AVP 0\r\na=inactive\r\nm=audio 5000 RTP/SAVP 0\r\n` +
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + "A".repeat(40) + "\r\na=sendonly\r\n",
];

const FLAGS = [
  "trust-address",
  "SIP-source-address",
  "symmetric",
  "asymmetric",
  "strict-source",
  "media-handover",
  "port-latching",
  "no-port-latching",
  "full-rtcp-attribute",
  "no-rtcp-attribute",
  "loop-protect",
  "generate-mid",
  "reset",
  "unidirectional",
  "pierce-NAT",
  "NAT-wait",
  "original-sendrecv",
  "endpoint-learning-heuristic",
  "WebRTC",
];

const REPLACE = ["origin", "session-connection", "SDP-version", "username", "session-name"];

/** A message of a dialogue among few call-ids and tags, so that messages meet each other's calls. */
export function makeMessage(random: Random): ReplyDict {
  const call = {
    "call-id": `fuzz-${random.below(40)}@example`,
    "from-tag": `f${random.below(3)}`,
    ...(random.oneIn(3) ? { "via-branch": `b${random.below(3)}` } : {}),
  };
  const toTag = { "to-tag": `t${random.below(3)}` };
  switch (random.below(10)) {
    case 0:
      return { "command": "ping" };
    case 1:
      return { "command": "list", "limit": random.below(50) };
    case 2:
      return { "command": "query", ...call };
    case 3:
      return { "command": "delete", ...call, "delete-delay": random.below(2) };
    case 4:
      return { "command": "statistics" };
    case 5:
    case 6:
      return { "command": "answer", ...call, ...toTag, ...media(random) };
    default:
      return { "command": "offer", ...call, ...(random.oneIn(4) ? toTag : {}), ...media(random) };
  }
}

function media(random: Random): ReplyDict {
  return {
    "sdp": random.pick(SDPS),
    "flags": Array.from({ length: random.below(4) }, () => random.pick(FLAGS)),
    "replace": Array.from({ length: random.below(3) }, () => random.pick(REPLACE)),
    "ICE": random.pick(["remove", "force", "default", "optional"]),
    "rtcp-mux": [random.pick(["offer", "require", "demux", "accept", "reject"])],
    ...(random.oneIn(3) ? { "transport-protocol": "RTP/AVP" } : {}),
    ...(random.oneIn(3) ? { "received-from": ["IP4", "198.51.100.7"] } : {}),
    ...(random.oneIn(4) ? { "media-address": "198.51.100.8" } : {}),
    ...(random.oneIn(4) ? { "address-family": random.pick(["IP4", "IP6"]) } : {}),
    ...(random.oneIn(4) ? { "TOS": random.below(400) - 50 } : {}),
    ...(random.oneIn(4) ? { "rtpp-flags": "trust-address replace-origin ICE=remove RTP" } : {}),
    ...(random.oneIn(4) ? { "supports": ["load limit"] } : {}),
  };
}
