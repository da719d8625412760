/**
 * Spellings on the wire: keys and flags under their several names, values as text or number, both
 * encodings, and lists given as one text.
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  AUDIO_B,
  B6,
  type Dialogue,
  dialogue,
  json,
  offer,
  query,
  remove,
  session,
} from "../dialogue.ts";

/** The same call with some keys spelt differently. */
function spelt(name: string, extra: Parameters<typeof offer>[1], back = AUDIO_B): Dialogue {
  return dialogue(`spelt: ${name}`, offer(AUDIO_A, extra), answer(back), query());
}

/** Spellings. */
export const WIRE: readonly Dialogue[] = [
  spelt("address-family", { "address-family": "IP6" }, session(B6, "m=audio 4000 RTP/AVP 8")),
  spelt("direction as one text", { direction: "inside" }),
  spelt("three directions", { direction: ["inside", "outside", "default"] }),
  spelt("no direction", { direction: [] }),
  spelt("media-address", { "media-address": "203.0.113.77" }),
  spelt("media address that is none", { "media-address": "nowhere" }),
  spelt("TOS as text", { "TOS": "184" }),
  spelt("tos in small letters", { "tos": 184 }),
  spelt("rtcp-mux as one text", { "rtcp-mux": "offer" }),
  spelt("rtcp-mux with an unknown item", { "rtcp-mux": ["offer", "dance"] }),
  spelt("replace as one text", { replace: "origin" }),
  spelt("replace with underscores", { replace: ["session_name", "sdp_version"] }),
  spelt("replace with an unknown item", { replace: ["origin", "everything"] }),
  spelt("flags with an empty text", { flags: ["", "strict-source"] }),
  spelt("flags that are numbers", { flags: [1, 2] }),
  spelt("flags that are a dictionary", { flags: { "strict-source": 1 } }),
  spelt("flags repeated", { flags: ["strict-source", "strict source", "strict-source"] }),
  spelt("rtcp-mux in a flag", { flags: ["rtcp-mux-offer"] }),
  spelt("transport protocol", { "transport protocol": "RTP/AVPF" }),
  spelt("unknown transport protocol", { "transport protocol": "RTP/FANCY" }),
  spelt("received from IPv6", {
    "received from": ["IP6", "2001:db8::5"],
    "flags": ["SIP source address"],
  }),
  spelt("rtpp-flags in one text", { "rtpp-flags": "replace=[origin session-name] strict-source" }),
  spelt("rtpp-flags with directions", { "rtpp-flags": "direction=inside direction=outside" }),
  spelt("rtpp-flags with words of today's grammar", { "rtpp-flags": "RTP AVPF" }),
  spelt("record call off", { "record call": "off" }),
  spelt("drop-traffic", { "drop-traffic": "start" }),
  spelt("media echo", { "media echo": "blackhole" }),
  spelt("codec strip of nothing", { codec: { strip: [] } }),
  dialogue(
    "received from with an unknown family",
    offer(AUDIO_A, {
      "received from": ["IP9", "203.0.113.5"],
      "flags": ["SIP source address"],
    }),
  ),
  dialogue(
    "spellings that only rtpedge understands",
    offer(AUDIO_A, { "address_family": "IP6" }),
    offer(AUDIO_A, { "call-id": "{call}-2", "address family": "ip6" }),
    offer(AUDIO_A, { "call-id": "{call}-3", "flags": ["full_rtcp_attribute"] }),
    offer(AUDIO_A, { "call-id": "{call}-4", "flags": ["FULL-RTCP-ATTRIBUTE"] }),
  ),
  dialogue(
    "JSON: direction, flags and replace",
    json(offer(AUDIO_A, {
      direction: ["inside", "outside"],
      flags: ["strict source"],
      replace: ["origin"],
    })),
    json(answer(AUDIO_B, { replace: ["origin"] })),
    json(query()),
    json(remove()),
  ),
  dialogue("JSON: letters beyond ASCII", json(offer(AUDIO_A.replace("a session", "grüße €")))),
  dialogue("JSON: percent signs", json(offer(AUDIO_A.replace("a session", "100% %41 %zz")))),
  dialogue("bencode: percent signs", offer(AUDIO_A.replace("a session", "100% %41 %zz"))),
  dialogue(
    "bencode and JSON in one call",
    offer(AUDIO_A),
    json(answer(AUDIO_B)),
    query(),
    json(remove()),
  ),
  dialogue(
    "body of several hundred attributes in both directions",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      ...Array.from({ length: 300 }, (_, i) => `a=x-attribute-${i}:${i}`),
    )),
    answer(AUDIO_B),
  ),
];
