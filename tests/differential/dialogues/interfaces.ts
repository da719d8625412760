/**
 * Interfaces chosen by name, by route and in turn, in offers and answers.
 *
 * @module
 */

import {
  answer,
  answerFromA,
  AUDIO_A,
  AUDIO_B,
  type Dialogue,
  dialogue,
  type Extra,
  offer,
  offerFromB,
  query,
} from "../dialogue.ts";

const IN_TURN = ["round-robin-calls", "round-robin-calls"];

/** A call in which the offer, the answer or both say something about interfaces. */
function call(name: string, there: Extra, back: Extra = {}): Dialogue {
  return dialogue(
    `interfaces: ${name}`,
    offer(AUDIO_A, there),
    answer(AUDIO_B, back),
    query(),
    offer(AUDIO_A, { "to-tag": "b" }),
    answer(AUDIO_B),
    offerFromB(AUDIO_B),
    answerFromA(AUDIO_A),
    query(),
  );
}

/** The beginning of a call. */
function first(name: string, there: Extra): Dialogue {
  return dialogue(`interfaces: ${name}`, offer(AUDIO_A, there), answer(AUDIO_B), query());
}

/** Interfaces. */
export const INTERFACES: readonly Dialogue[] = [
  call("one name in a list", { direction: ["inside"] }),
  call("only the receiver's", { "to-interface": "outside" }),
  call("halves count more than the pair", {
    "from-interface": "inside",
    "direction": ["outside", "default"],
  }),
  call("names nobody knows", { "from-interface": "nope", "to-interface": "nope" }),
  call("of an answer", {}, { direction: ["inside", "outside"] }),
  call("families of old", { direction: ["internal", "external"] }),
  call("families of old, in an answer", {}, { direction: ["external", "internal"] }),
  call("a family of old alone", { "from-interface": "external" }),
  call("by route", { "inbound-peer": "10.20.0.1", "outbound-peer": "192.0.2.10" }),
  call("by route, nothing there", { "outbound-peer": "203.0.113.77" }),
  first("by route, IPv6", { "outbound-peer": "fd00:20::1", "address family": "IP6" }),
  call("the key interface means nothing in an offer", { interface: "inside" }),
  call("the key peer means nothing in an offer", { peer: "10.20.0.1" }),
  ...["first", "second", "third", "fourth"].map((turn) =>
    call(`in turn, ${turn}`, { direction: IN_TURN })
  ),
  call("in turn, one side", { "to-interface": "round-robin-calls" }),
  first("in turn, IPv6", { "direction": IN_TURN, "address family": "IP6" }),
  call("in turn, the last", { direction: IN_TURN }),
];
