/**
 * IPv6 and address family bridging, interfaces and address overrides.
 *
 * @module
 */

import {
  A,
  A6,
  answer,
  AUDIO_A,
  AUDIO_B,
  B,
  B6,
  type Dialogue,
  dialogue,
  offer,
  query,
  session,
} from "../dialogue.ts";

const AUDIO_A6 = session(A6, "m=audio 2000 RTP/AVP 8 0", "a=sendrecv");
const AUDIO_B6 = session(B6, "m=audio 4000 RTP/AVP 8", "a=sendrecv");

/** Address families, interfaces and address overrides. */
export const FAMILY: readonly Dialogue[] = [
  dialogue("IPv6 call", offer(AUDIO_A6), answer(AUDIO_B6), query()),
  dialogue(
    "IPv4 caller bridged to IPv6",
    offer(AUDIO_A, { "address family": "IP6" }),
    answer(AUDIO_B6, { "address family": "IP4" }),
    query(),
  ),
  dialogue(
    "IPv6 caller bridged to IPv4",
    offer(AUDIO_A6, { "address family": "IP4" }),
    answer(AUDIO_B, { "address family": "IP6" }),
    query(),
  ),
  dialogue(
    "bridged answer without an address family",
    offer(AUDIO_A, { "address family": "IP6" }),
    answer(AUDIO_B6),
  ),
  dialogue(
    "bridged call with origin replaced",
    offer(AUDIO_A, { "address family": "IP6", replace: ["origin"] }),
    answer(AUDIO_B6, { "address family": "IP4", replace: ["origin"] }),
  ),
  dialogue(
    "unknown address family",
    offer(AUDIO_A, { "address family": "IP9" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "direction between two interfaces",
    offer(AUDIO_A, { direction: ["inside", "outside"] }),
    answer(AUDIO_B, { direction: ["outside", "inside"] }),
    query(),
  ),
  dialogue(
    "direction remembered from the offer",
    offer(AUDIO_A, { direction: ["inside", "outside"] }),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "direction with an unknown interface",
    offer(AUDIO_A, { direction: ["nowhere", "outside"] }),
  ),
  dialogue(
    "direction with a family the interface does not have",
    offer(AUDIO_A, { direction: ["inside", "outside"], "address family": "IP6" }),
  ),
  dialogue(
    "from-interface and to-interface",
    offer(AUDIO_A, { "from-interface": "inside", "to-interface": "outside" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "one interface for both sides",
    offer(AUDIO_A, { interface: "inside" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "direction with address family bridging",
    offer(AUDIO_A, { direction: ["inside", "inside"], "address family": "IP6" }),
    answer(AUDIO_B6, { "address family": "IP4" }),
    query(),
  ),
  dialogue(
    "direction changed by a re-offer",
    offer(AUDIO_A, { direction: ["inside", "outside"] }),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b", direction: ["inside", "inside"] }),
    answer(AUDIO_B),
  ),
  dialogue(
    "media address",
    offer(AUDIO_A, { "media address": "203.0.113.77" }),
    answer(AUDIO_B, { "media address": "203.0.113.78" }),
  ),
  dialogue(
    "media address of the other family",
    offer(AUDIO_A, { "media address": "2001:db8::77" }),
    answer(AUDIO_B),
  ),
  dialogue(
    "received from as a list with SIP source address",
    offer(AUDIO_A, { "received from": ["IP4", "203.0.113.5"], flags: ["SIP source address"] }),
    answer(AUDIO_B, { "received from": ["IP4", "203.0.113.6"], flags: ["SIP source address"] }),
    query(),
  ),
  dialogue(
    "received from as text with SIP source address",
    offer(AUDIO_A, { "received-from": "203.0.113.5", flags: ["SIP-source-address"] }),
    query(),
  ),
  dialogue(
    "received from with trust address",
    offer(AUDIO_A, { "received from": ["IP4", "203.0.113.5"], flags: ["trust address"] }),
    query(),
  ),
  dialogue(
    "received from without a flag",
    offer(AUDIO_A, { "received from": ["IP4", "203.0.113.5"] }),
    query(),
  ),
  dialogue(
    "a media section with an address of its own family",
    offer(session(
      A,
      "m=audio 2000 RTP/AVP 8",
      "m=video 2002 RTP/AVP 34",
      `c=IN IP6 ${A6}`,
    )),
    answer(session(B, "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 34")),
  ),
];
