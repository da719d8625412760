/**
 * Bodies the generated dialogues are played with: rich enough that a word which changes anything shows.
 *
 * @module
 */

import { A, A6, B, B6, crlf } from "../dialogue.ts";

/** Who calls whom with what. */
export interface Situation {
  /** Ends the names of its dialogues. */
  readonly name: string;
  /** Address family of both. */
  readonly family: "IP4" | "IP6";
  /** The caller's offer. */
  readonly offer: string;
  /** The called side's answer. */
  readonly answer: string;
  /** A later offer of the caller: hold. */
  readonly hold: string;
  /** The answer to that. */
  readonly held: string;
  /** A later offer of the called side. */
  readonly back: string;
  /** The answer to that. */
  readonly forth: string;
}

interface Phone {
  readonly address: string;
  readonly port: number;
  readonly user: string;
}

function session({ address, user }: Phone, version: number): string {
  const net = address.includes(":") ? "IP6" : "IP4";
  return crlf(
    "v=0",
    `o=${user} 7001 ${version} IN ${net} ${address}`,
    `s=call of ${user}`,
    `c=IN ${net} ${address}`,
    "t=0 0",
    "a=tool:phone",
  );
}

function audio(phone: Phone, formats: string, direction: string, more: readonly string[]): string {
  return crlf(
    `m=audio ${phone.port} RTP/AVP ${formats}`,
    "a=rtpmap:8 PCMA/8000",
    ...formats.includes("101") ? ["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16"] : [],
    "a=extmap-allow-mixed",
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "a=extmap:2 urn:ietf:params:rtp-hdrext:toffset",
    "a=x-vendor:yes",
    `a=${direction}`,
    "a=ptime:20",
    ...more,
  );
}

function video(phone: Phone, direction: string): string {
  return crlf(
    `m=video ${phone.port + 2} RTP/AVP 34`,
    "b=AS:512",
    "a=rtpmap:34 H263/90000",
    "a=extmap-allow-mixed",
    `a=${direction}`,
  );
}

function call(name: string, a: string, b: string, more: readonly string[], withVideo: boolean) {
  const alice = { address: a, port: 2000, user: "alice" };
  const bob = { address: b, port: 4000, user: "bob" };
  const body = (phone: Phone, version: number, formats: string, direction: string) =>
    session(phone, version) + audio(phone, formats, direction, more) +
    (withVideo ? video(phone, direction) : "");
  const situation: Situation = {
    name,
    family: a.includes(":") ? "IP6" : "IP4",
    offer: body(alice, 1, "8 0 101", "sendrecv"),
    answer: body(bob, 1, "8 101", "sendrecv"),
    hold: body(alice, 2, "8 0 101", "sendonly"),
    held: body(bob, 2, "8 101", "recvonly"),
    back: body(bob, 3, "8 101", "sendrecv"),
    forth: body(alice, 3, "8 101", "sendrecv"),
  };
  return situation;
}

/** The same with AVPF and feedback of the video. */
function withFeedback(situation: Situation): Situation {
  const feedback = (body: string) =>
    body.replaceAll("RTP/AVP", "RTP/AVPF") +
    crlf("a=rtcp-fb:34 nack pli", "a=rtcp-fb:* ccm fir");
  const { offer, answer, hold, held, back, forth } = situation;
  return {
    ...situation,
    offer: feedback(offer),
    answer: feedback(answer),
    hold: feedback(hold),
    held: feedback(held),
    back: feedback(back),
    forth: feedback(forth),
  };
}

/** Audio and video over IPv4. */
export const VIDEO: Situation = call("audio and video", A, B, [], true);
/** Audio alone over IPv4. */
export const AUDIO: Situation = call("audio", A, B, [], false);
/** Audio over IPv6. */
export const SIX: Situation = call("IPv6", A6, B6, [], false);
/** Audio and video with feedback. */
export const FEEDBACK: Situation = withFeedback(call("feedback", A, B, [], true));
/** Audio with rtcp-mux. */
export const MUXED: Situation = call("rtcp-mux", A, B, ["a=rtcp-mux"], false);
