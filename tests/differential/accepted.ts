/**
 * The differences from the oracle that are meant, each with its reason. An entry that no longer occurs
 * is an error, and so is a difference without an entry.
 *
 * @module
 */

import { ACCEPTED_SECURE } from "./accepted_secure.ts";
import { ACCEPTED_STATE } from "./accepted_state.ts";

/** A difference that is meant. */
export interface Accepted {
  /** Name of the dialogue. */
  readonly dialogue: string;
  /** Number of the step, from 1. */
  readonly step: number;
  /** Why the product differs on purpose. */
  readonly reason: string;
  /** The changed lines as `changes()` gives them: `-` the oracle's, `+` the product's. */
  readonly lines: readonly string[];
}

/**
 * Lines that only one of them has, in every dialogue: additions of the product which no client that knows
 * rtpengine trips over, and additions of the oracle that are not made. They are left out of the comparison;
 * one that never occurs is an error.
 */
export interface Addition {
  /** What the line looks like. */
  readonly line: RegExp;
  /** Who has it; the product when absent. */
  readonly of?: "oracle";
  /** Why the product has it, or has it not. */
  readonly reason: string;
}

/** All additions. */
export const ADDITIONS: readonly Addition[] = [
  {
    line: /^tags\/[^/]+\/in dialogue with = /,
    reason:
      "older rtpengines tell a party's peer by this key, which clients in the field still read; " +
      "today's has lists of subscriptions instead, and both are given",
  },
  {
    line: /^sdp: a=extmap-allow-mixed$/,
    of: "oracle",
    reason:
      "the relay claims nothing for a phone that the phone did not say (RFC 8285 section 4.1.2 is an offer of its own)",
  },
];

/** All accepted differences. */
export const ACCEPTED: readonly Accepted[] = [
  ...ACCEPTED_STATE,
  ...ACCEPTED_SECURE,
  {
    dialogue: "answer with other payload type numbers",
    step: 2,
    reason:
      "payload types are relayed as they are: RFC 3264 section 5.1 lets each side choose its own numbers, and renumbering them needs the media engine",
    lines: [
      "-sdp: m=audio P2 RTP/AVP 96",
      "+sdp: m=audio P2 RTP/AVP 111",
      "-sdp: a=rtpmap:96 opus/48000/2",
      "-sdp: a=fmtp:96 stereo=1; useinbandfec=1",
      "+sdp: a=rtpmap:111 opus/48000/2",
    ],
  },
  {
    dialogue: "answer with a codec that was not offered",
    step: 2,
    reason:
      "the answer is told as it was given; putting an offered codec in its place promises a transcoding that does not happen",
    lines: [
      "-sdp: m=audio P2 RTP/AVP 8",
      "+sdp: m=audio P2 RTP/AVP 0",
      "-sdp: a=rtpmap:8 PCMA/8000",
      "+sdp: a=rtpmap:0 PCMU/8000",
    ],
  },
  {
    dialogue: "everything rejected",
    step: 2,
    reason:
      "an answer that rejects all media is valid (RFC 3264 section 6); an error would make the proxy fail the whole request",
    lines: [
      '-error-reason = "Error rewriting SDP"',
      '-result = "error"',
      '+result = "ok"',
      "+sdp: v=0",
      "+sdp: o=tester 7001 1 IN IP4 198.51.100.2",
      "+sdp: s=a session",
      "+sdp: t=0 0",
      "+sdp: m=audio 0 RTP/AVP 8",
      "+sdp: c=IN IP4 0.0.0.0",
    ],
  },
  {
    dialogue: "media direction over session direction",
    step: 1,
    reason: "a media section's own direction overrides the session's (RFC 8866 section 6.7)",
    lines: [
      "-sdp: a=recvonly",
      "+sdp: a=sendonly",
    ],
  },
  {
    dialogue: "body without an origin",
    step: 1,
    reason: "the made-up origin line is complete; the oracle leaves out type and address",
    lines: [
      "-sdp: o=- <id> 0 IN  ",
      "+sdp: o=- <id> 0 IN IP4 127.0.0.1",
    ],
  },
  {
    dialogue: "rtpmap without a rate",
    step: 1,
    reason: "a broken rtpmap is left out; the oracle writes one with an empty name",
    lines: [
      "-sdp: a=rtpmap:96 /0",
    ],
  },
  {
    dialogue: "two bodies in one",
    step: 1,
    reason:
      "a second version line means that two bodies were run together; which one counts is anyone's guess, so the body is refused",
    lines: [
      '-result = "ok"',
      "-sdp: v=0",
      "-sdp: o=tester 7001 1 IN IP4 198.51.100.1",
      "-sdp: s=a session",
      "-sdp: t=0 0",
      "-sdp: m=audio P1 RTP/AVP 8 0",
      "-sdp: c=IN IP4 127.0.0.1",
      "-sdp: a=rtpmap:8 PCMA/8000",
      "-sdp: a=rtpmap:0 PCMU/8000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P1+1",
      "-sdp: m=audio P2 RTP/AVP 8 0",
      "-sdp: c=IN IP4 127.0.0.1",
      "-sdp: a=rtpmap:8 PCMA/8000",
      "-sdp: a=rtpmap:0 PCMU/8000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P2+1",
      '+error-reason = "Failed to parse SDP"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "query after a malformed first offer",
    step: 2,
    reason:
      "a refused request changes nothing, so there is no call to be queried; the oracle keeps an empty one until it times out",
    lines: [
      "-SSRC = {}",
      "-created = <time>",
      "-created_ts = <time>",
      "-created_us = <time>",
      "-last redis update = 0",
      "-last signal = 0",
      '-result = "ok"',
      "-tags = {}",
      "-totals/RTCP/bytes = 0",
      "-totals/RTCP/errors = 0",
      "-totals/RTCP/packets = 0",
      "-totals/RTP/bytes = 0",
      "-totals/RTP/errors = 0",
      "-totals/RTP/packets = 0",
      '+error-reason = "Unknown call-id"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 1,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Invalid NG data format"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 2,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Invalid data (no payload)"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 3,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Could not decode bencode dictionary"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 4,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Could not decode bencode dictionary"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 5,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Invalid NG data format"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 6,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Failed to parse JSON document"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "messages that hold no dictionary",
    step: 7,
    reason: "the answer says what is wrong with the message; the oracle sends the cookie alone",
    lines: [
      '-undecoded answer = ""',
      '+error-reason = "Invalid NG data format"',
      '+result = "error"',
    ],
  },
  {
    dialogue: "opus format parameters of the answer",
    step: 2,
    reason:
      "format parameters are told as they were given; the oracle writes its own in their place",
    lines: [
      "-sdp: a=fmtp:96 useinbandfec=1; maxplaybackrate=48000; maxaveragebitrate=30000",
      "+sdp: a=fmtp:96 useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=48000; ptime=20",
    ],
  },
  {
    dialogue: "caller goes from IPv4 to IPv6",
    step: 5,
    reason:
      "media goes where the caller's latest body says; the oracle keeps sending to the old address",
    lines: [
      '-tags/a/medias[0]/streams[0]/endpoint/address = "198.51.100.1"',
      '-tags/a/medias[0]/streams[0]/endpoint/family = "IPv4"',
      '+tags/a/medias[0]/streams[0]/endpoint/address = "2001:db8::1"',
      '+tags/a/medias[0]/streams[0]/endpoint/family = "IPv6"',
      '-tags/a/medias[0]/streams[1]/endpoint/address = "198.51.100.1"',
      '-tags/a/medias[0]/streams[1]/endpoint/family = "IPv4"',
      '+tags/a/medias[0]/streams[1]/endpoint/address = "2001:db8::1"',
      '+tags/a/medias[0]/streams[1]/endpoint/family = "IPv6"',
    ],
  },
  {
    dialogue: "rtcp-mux given up by a re-offer",
    step: 4,
    reason: "port 0 is no place to send RTCP to; the real port is told",
    lines: [
      "-sdp: a=rtcp:0",
      "+sdp: a=rtcp:P2+1",
    ],
  },
  {
    dialogue: "lines the oracle drops or sorts",
    step: 1,
    reason:
      "bodies are kept line by line; the oracle drops lines and groupings it does not know and sorts bandwidth lines",
    lines: [
      "+sdp: r=604800 3600 0 90000",
      "+sdp: z=2882844526 -1h 2898848070 0",
      "+sdp: k=clear:secret",
      "+sdp: a=group:LS 1",
      "-sdp: b=RR:2000",
      "+sdp: b=RR:2000",
      "+sdp: k=prompt",
    ],
  },
  {
    dialogue: "spellings that only rtpedge understands",
    step: 1,
    reason:
      "keys and flags mean the same with spaces, hyphens and underscores, in either letter case; the oracle ignores some of these spellings without a word",
    lines: [
      "-sdp: c=IN IP4 127.0.0.1",
      "+sdp: c=IN IP6 ::1",
    ],
  },
  {
    dialogue: "spellings that only rtpedge understands",
    step: 2,
    reason:
      "keys and flags mean the same with spaces, hyphens and underscores, in either letter case; the oracle ignores some of these spellings without a word",
    lines: [
      "-sdp: c=IN IP4 127.0.0.1",
      "+sdp: c=IN IP6 ::1",
    ],
  },
  {
    dialogue: "spellings that only rtpedge understands",
    step: 3,
    reason:
      "keys and flags mean the same with spaces, hyphens and underscores, in either letter case; the oracle ignores some of these spellings without a word",
    lines: [
      "-sdp: a=rtcp:P3+1",
      "+sdp: a=rtcp:P3+1 IN IP4 127.0.0.1",
    ],
  },
  {
    dialogue: "spellings that only rtpedge understands",
    step: 4,
    reason:
      "keys and flags mean the same with spaces, hyphens and underscores, in either letter case; the oracle ignores some of these spellings without a word",
    lines: [
      "-sdp: a=rtcp:P4+1",
      "+sdp: a=rtcp:P4+1 IN IP4 127.0.0.1",
    ],
  },
  {
    dialogue: "re-offer with fewer media sections",
    step: 3,
    reason:
      "sections that are no longer offered are written as rejected; the oracle repeats them as if they were still wanted (RFC 3264 section 8)",
    lines: [
      "-sdp: m=video P2 RTP/AVP 96",
      "-sdp: c=IN IP4 127.0.0.1",
      "-sdp: a=rtpmap:96 H264/90000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P2+1",
      "+sdp: m=video 0 RTP/AVP 96",
      "+sdp: c=IN IP4 0.0.0.0",
    ],
  },
  {
    dialogue: "re-offer with fewer media sections",
    step: 4,
    reason:
      "sections that are no longer offered are written as rejected; the oracle repeats them as if they were still wanted (RFC 3264 section 8)",
    lines: [
      "-sdp: m=video P4 RTP/AVP 96",
      "-sdp: c=IN IP4 127.0.0.1",
      "-sdp: a=rtpmap:96 H264/90000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P4+1",
      "+sdp: m=video 0 RTP/AVP 96",
      "+sdp: c=IN IP4 0.0.0.0",
    ],
  },
  {
    dialogue: "message over TCP beside audio",
    step: 3,
    reason:
      "a TCP connection never reaches a UDP port, so none is taken for it; the body is the same on both sides",
    lines: [
      '-tags/a/medias[1]/streams[0]/family = "IPv4"',
      '-tags/a/medias[1]/streams[0]/local address = "127.0.0.1"',
      "-tags/a/medias[1]/streams[0]/local port = P3",
      '-tags/a/medias[1]/streams[1]/family = "IPv4"',
      '-tags/a/medias[1]/streams[1]/local address = "127.0.0.1"',
      "-tags/a/medias[1]/streams[1]/local port = P3+1",
      '-tags/b/medias[1]/streams[0]/family = "IPv4"',
      '-tags/b/medias[1]/streams[0]/local address = "127.0.0.1"',
      "-tags/b/medias[1]/streams[0]/local port = P4",
      '-tags/b/medias[1]/streams[1]/family = "IPv4"',
      '-tags/b/medias[1]/streams[1]/local address = "127.0.0.1"',
      "-tags/b/medias[1]/streams[1]/local port = P4+1",
    ],
  },
  {
    dialogue: "answer with fewer media sections than the offer",
    step: 2,
    reason:
      "sections that are not answered are written as rejected; the oracle repeats them as if they had been accepted (RFC 3264 section 6)",
    lines: [
      "-sdp: m=video P4 RTP/AVP 34",
      "+sdp: m=video 0 RTP/AVP 34",
      "-sdp: a=rtpmap:34 H263/90000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P4+1",
    ],
  },
  {
    dialogue: "bundle require: a re-offer without the key",
    step: 3,
    reason:
      "an extension that is in use stays negotiated in every offer (RFC 8285 section 7); without its a=extmap the other side would have to take names of sections for something else",
    lines: [
      "+sdp: a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
      "+sdp: a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
    ],
  },
  {
    dialogue: "bundle accept: different ports in the offer",
    step: 3,
    reason:
      "media of a bundled section goes to the endpoint of the bundle (RFC 9143 section 7.2), and the question is where it goes; what the section itself said stands beside it",
    lines: [
      "-tags/a/medias[1]/streams[0]/endpoint/port = 2002",
      "+tags/a/medias[1]/streams[0]/endpoint/port = 2000",
      "-tags/a/medias[1]/streams[1]/endpoint/port = 2003",
      "+tags/a/medias[1]/streams[1]/endpoint/port = 2001",
    ],
  },
  {
    dialogue: "bundle accept: the first section is rejected by the answer",
    step: 2,
    reason:
      "a section that is left of a group stays in it (RFC 9143 section 7.3.3): phones that bundle everything take no other answer",
    lines: [
      "+sdp: a=group:BUNDLE v",
    ],
  },
  {
    dialogue: "bundle accept: a re-offer without the key, one from the other side",
    step: 5,
    reason:
      "an extension that is in use stays negotiated in every offer (RFC 8285 section 7); without its a=extmap the other side would have to take names of sections for something else",
    lines: [
      "+sdp: a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
      "+sdp: a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
    ],
  },
  {
    dialogue: "bundle accept: a section joins",
    step: 4,
    reason:
      "a section joins the group at the port that it has (RFC 9143 section 7.5.1); the oracle takes the group apart",
    lines: [
      "-sdp: a=group:BUNDLE a",
      "+sdp: a=group:BUNDLE a v w",
      "-sdp: m=video P5 RTP/AVP 96",
      "+sdp: m=video P3 RTP/AVP 96",
      "-sdp: a=rtcp:P5+1",
      "-sdp: m=video P6 RTP/AVP 96",
      "+sdp: a=rtcp:P3+1",
      "+sdp: m=video P3 RTP/AVP 96",
      "-sdp: a=rtcp:P6+1",
      "+sdp: a=rtcp:P3+1",
    ],
  },
  {
    dialogue: "bundle accept: the first section is given up",
    step: 4,
    reason:
      "the port goes on with the sections that are left (RFC 9143 section 7.5), so that no packet is lost",
    lines: [
      "-sdp: m=video P4 RTP/AVP 96",
      "+sdp: m=video P3 RTP/AVP 96",
      "-sdp: a=rtcp:P4+1",
      "+sdp: a=rtcp:P3+1",
    ],
  },
  {
    dialogue: "bundle accept: a=bundle-only with port 0",
    step: 1,
    reason:
      "port 0 with a=bundle-only does not reject a section whose bundle is accepted (RFC 9143 section 6)",
    lines: [
      "-sdp: m=video 0 RTP/AVP 96",
      "-sdp: c=IN IP4 0.0.0.0",
      "+sdp: m=video P2 RTP/AVP 96",
      "+sdp: c=IN IP4 127.0.0.1",
      "+sdp: a=rtpmap:96 VP8/90000",
      "+sdp: a=sendrecv",
      "+sdp: a=rtcp:P2+1",
    ],
  },
  {
    dialogue: "bundle accept: a=bundle-only with port 0",
    step: 2,
    reason:
      "port 0 with a=bundle-only does not reject a section whose bundle is accepted (RFC 9143 section 6)",
    lines: [
      "-sdp: a=group:BUNDLE a",
      "-sdp: m=audio P2 RTP/AVP 8",
      "+sdp: a=group:BUNDLE a v",
      "+sdp: m=audio P3 RTP/AVP 8",
      "-sdp: a=rtcp:P2+1",
      "+sdp: a=rtcp:P3+1",
    ],
  },
  {
    dialogue: "bundle offer: names of the offer are kept, others are made",
    step: 1,
    reason: "two sections of one description never have the same name (RFC 5888 section 4)",
    lines: [
      "-sdp: a=group:BUNDLE 2 2",
      "+sdp: a=group:BUNDLE 2 4",
      "-sdp: a=mid:2",
      "+sdp: a=mid:4",
    ],
  },
  {
    dialogue: "bundle offer: names of the offer are kept, others are made",
    step: 3,
    reason: "two sections of one description never have the same name (RFC 5888 section 4)",
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P2",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P2+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
      "-tags/b/medias[1]/streams[0]/local port = P2",
      "+tags/b/medias[1]/streams[0]/local port = P1",
      "-tags/b/medias[1]/streams[1]/local port = P2+1",
      "+tags/b/medias[1]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "rtcp-mux offer+demux: A with, B with, twice",
    step: 3,
    reason:
      "the RTCP port of a section that muxes only since the answer was open until then, and is not shown as port 0",
    lines: [
      '-tags/a/medias[0]/streams[1]/family = "IPv4"',
      '-tags/a/medias[0]/streams[1]/local address = "127.0.0.1"',
      "-tags/a/medias[0]/streams[1]/local port = 0",
    ],
  },
  {
    dialogue: "rtcp-mux offer+demux: A with, B with, twice",
    step: 6,
    reason:
      "the RTCP port of a section that muxes only since the answer was open until then, and is not shown as port 0",
    lines: [
      '-tags/a/medias[0]/streams[1]/family = "IPv4"',
      '-tags/a/medias[0]/streams[1]/local address = "127.0.0.1"',
      "-tags/a/medias[0]/streams[1]/local port = 0",
    ],
  },
];
