/**
 * Differences that are meant, of the dialogues about ports, passthrough and hidden sections.
 *
 * @module
 */

import type { Accepted } from "./accepted.ts";

const GRAMMAR =
  "words for transport protocols are read as the grammar of today's rtpengine has them; this one does not know them yet";
const NO_PORTS =
  "media that does not come by needs no ports; the bodies are the same on both sides";
const HIDDEN =
  "an answer has as many sections as its offer (RFC 3264 section 6), so what the called side does not know is not told to it";
const MUXED_RTCP =
  "RTCP of a section with rtcp-mux has no address of its own; ours is that of the last message";
const KEPT =
  "a pair of ports is kept when rtcp-mux is given up, since it has a port for RTCP; the oracle opens another pair";
const PORT_ZERO = "port 0 is no place to send RTCP to; the real port is told";

/** All of them. */
export const ACCEPTED_STATE: readonly Accepted[] = [
  {
    dialogue: "spelt: rtpp-flags with words of today's grammar",
    step: 1,
    reason: GRAMMAR,
    lines: [
      "-sdp: m=audio P1 RTP/AVP 8 0",
      "+sdp: m=audio P1 RTP/AVPF 8 0",
    ],
  },
  {
    dialogue: "passthrough takes no ports",
    step: 3,
    reason: NO_PORTS,
    lines: [
      '-tags/a/medias[0]/streams[0]/family = "IPv4"',
      '-tags/a/medias[0]/streams[0]/local address = "127.0.0.1"',
      "-tags/a/medias[0]/streams[0]/local port = P1",
      '-tags/a/medias[0]/streams[1]/family = "IPv4"',
      '-tags/a/medias[0]/streams[1]/local address = "127.0.0.1"',
      "-tags/a/medias[0]/streams[1]/local port = P1+1",
      '-tags/b/medias[0]/streams[0]/family = "IPv4"',
      '-tags/b/medias[0]/streams[0]/local address = "127.0.0.1"',
      "-tags/b/medias[0]/streams[0]/local port = P2",
      '-tags/b/medias[0]/streams[1]/family = "IPv4"',
      '-tags/b/medias[0]/streams[1]/local address = "127.0.0.1"',
      "-tags/b/medias[0]/streams[1]/local port = P2+1",
    ],
  },
  {
    dialogue: "video hidden",
    step: 7,
    reason: HIDDEN,
    lines: [
      "-sdp: m=video 0 RTP/AVP 34",
      "-sdp: c=IN IP4 0.0.0.0",
    ],
  },
  {
    dialogue: "video hidden",
    step: 8,
    reason: HIDDEN,
    lines: [
      "-tags/a/medias[1]/flags = {initialized, recv, send}",
      "+tags/a/medias[1]/flags = []",
      "-tags/b/medias[1]/egress SSRCs = []",
      "-tags/b/medias[1]/flags = {recv, send}",
      "-tags/b/medias[1]/index = 2",
      "-tags/b/medias[1]/ingress SSRCs = []",
      '-tags/b/medias[1]/protocol = "RTP/AVP"',
      "-tags/b/medias[1]/streams[0]/advertised endpoint = {}",
      "-tags/b/medias[1]/streams[0]/endpoint = {}",
      "-tags/b/medias[1]/streams[0]/flags = []",
      "-tags/b/medias[1]/streams[0]/last kernel packet = 0",
      "-tags/b/medias[1]/streams[0]/last packet = <time>",
      "-tags/b/medias[1]/streams[0]/last user packet = <time>",
      "-tags/b/medias[1]/streams[0]/stats/bytes = 0",
      "-tags/b/medias[1]/streams[0]/stats/errors = 0",
      "-tags/b/medias[1]/streams[0]/stats/packets = 0",
      "-tags/b/medias[1]/streams[0]/stats_out/bytes = 0",
      "-tags/b/medias[1]/streams[0]/stats_out/errors = 0",
      "-tags/b/medias[1]/streams[0]/stats_out/packets = 0",
      "-tags/b/medias[1]/streams[1]/advertised endpoint = {}",
      "-tags/b/medias[1]/streams[1]/endpoint = {}",
      "-tags/b/medias[1]/streams[1]/flags = []",
      "-tags/b/medias[1]/streams[1]/last kernel packet = 0",
      "-tags/b/medias[1]/streams[1]/last packet = <time>",
      "-tags/b/medias[1]/streams[1]/last user packet = <time>",
      "-tags/b/medias[1]/streams[1]/stats/bytes = 0",
      "-tags/b/medias[1]/streams[1]/stats/errors = 0",
      "-tags/b/medias[1]/streams[1]/stats/packets = 0",
      "-tags/b/medias[1]/streams[1]/stats_out/bytes = 0",
      "-tags/b/medias[1]/streams[1]/stats_out/errors = 0",
      "-tags/b/medias[1]/streams[1]/stats_out/packets = 0",
      '-tags/b/medias[1]/type = "video"',
    ],
  },
  {
    dialogue: "flag SIP source address in a re-offer: rtcp-mux",
    step: 5,
    reason: MUXED_RTCP,
    lines: [
      '-tags/a/medias[0]/streams[1]/endpoint/address = "198.51.100.1"',
      '+tags/a/medias[0]/streams[1]/endpoint/address = "203.0.113.5"',
    ],
  },
  {
    dialogue: "rtcp-mux require in the offer: audio",
    step: 4,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 0 101",
      "+sdp: m=audio P1 RTP/AVP 8 0 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require in the offer: audio",
    step: 6,
    reason: KEPT,
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P3",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P3+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require in the offer: IPv6",
    step: 4,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 0 101",
      "+sdp: m=audio P1 RTP/AVP 8 0 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require in the offer: IPv6",
    step: 6,
    reason: KEPT,
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P3",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P3+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require everywhere: audio",
    step: 7,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P1 RTP/AVP 8 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require everywhere: audio",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P3",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P3+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require everywhere: IPv6",
    step: 7,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P1 RTP/AVP 8 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux require everywhere: IPv6",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P3",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P3+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux demux everywhere: rtcp-mux",
    step: 6,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P2 RTP/AVP 8 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P2+1",
    ],
  },
  {
    dialogue: "rtcp-mux demux everywhere: rtcp-mux",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/a/medias[0]/streams[0]/local port = P3",
      "+tags/a/medias[0]/streams[0]/local port = P2",
      "-tags/a/medias[0]/streams[1]/local port = P3+1",
      "+tags/a/medias[0]/streams[1]/local port = P2+1",
    ],
  },
  {
    dialogue: "rtcp-mux reject everywhere: rtcp-mux",
    step: 7,
    reason: PORT_ZERO,
    lines: [
      "-sdp: a=rtcp:0",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux reject everywhere: rtcp-mux",
    step: 8,
    reason: PORT_ZERO,
    lines: [
      '+tags/b/medias[0]/streams[1]/family = "IPv4"',
      '+tags/b/medias[0]/streams[1]/local address = "127.0.0.1"',
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "together, plain RTP everywhere: rtcp-mux",
    step: 6,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P2 RTP/AVP 8 101",
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P2+1",
    ],
  },
  {
    dialogue: "together, plain RTP everywhere: rtcp-mux",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/a/medias[0]/streams[0]/local port = P3",
      "+tags/a/medias[0]/streams[0]/local port = P2",
      "-tags/a/medias[0]/streams[1]/local port = P3+1",
      "+tags/a/medias[0]/streams[1]/local port = P2+1",
    ],
  },
  {
    dialogue: "together, plain RTP without feedback everywhere: rtcp-mux",
    step: 6,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P2 RTP/AVP 8 101",
    ],
  },
  {
    dialogue: "together, plain RTP without feedback everywhere: rtcp-mux",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/a/medias[0]/streams[0]/local port = P3",
      "+tags/a/medias[0]/streams[0]/local port = P2",
      "-tags/a/medias[0]/streams[1]/local port = P3+1",
      "+tags/a/medias[0]/streams[1]/local port = P2+1",
    ],
  },
  {
    dialogue: "together, mux demuxed, full rtcp attribute everywhere: rtcp-mux",
    step: 6,
    reason: KEPT,
    lines: [
      "-sdp: m=audio P3 RTP/AVP 8 101",
      "+sdp: m=audio P2 RTP/AVP 8 101",
      "-sdp: a=rtcp:P3+1 IN IP4 127.0.0.1",
      "+sdp: a=rtcp:P2+1 IN IP4 127.0.0.1",
    ],
  },
  {
    dialogue: "together, mux demuxed, full rtcp attribute everywhere: rtcp-mux",
    step: 8,
    reason: KEPT,
    lines: [
      "-tags/a/medias[0]/streams[0]/local port = P3",
      "+tags/a/medias[0]/streams[0]/local port = P2",
      "-tags/a/medias[0]/streams[1]/local port = P3+1",
      "+tags/a/medias[0]/streams[1]/local port = P2+1",
    ],
  },
];
