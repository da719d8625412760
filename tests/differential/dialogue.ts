/**
 * What a dialogue is, and the words the tables in `dialogues/` are written in.
 *
 * @module
 */

import type { NgData, NgMessage, NgWire } from "../support/mod.ts";

/** Stands for the dialogue's own call-id in a message; see {@link callId}. */
export const CALL = "{call}";

/** One request of a dialogue. */
export interface Step {
  /** The request; `undefined` when `raw` is given. */
  readonly message?: NgMessage;
  /** The dictionary part as raw bytes, one per character, for messages no codec would write. */
  readonly raw?: string;
  /** Encoding; absent: bencode. */
  readonly wire?: NgWire;
}

/** A named list of requests that is played to every implementation. */
export interface Dialogue {
  /** Unique; says what is expected of it. */
  readonly name: string;
  /** Played one after the other. */
  readonly steps: readonly Step[];
}

/** Further keys of a request; they replace the default ones. `null` removes a key. */
export type Extra = { readonly [key: string]: NgData | null };

/** Makes a dialogue. */
export function dialogue(name: string, ...steps: Step[]): Dialogue {
  return { name, steps };
}

/** Any command. */
export function command(name: string, extra: Extra = {}): Step {
  return { message: merge({ command: name, "call-id": CALL }, extra) };
}

/** An offer from tag `a`. */
export function offer(sdp: string, extra: Extra = {}): Step {
  return command("offer", { "from-tag": "a", sdp, ...extra });
}

/** An answer from tag `b` to an offer from tag `a`. */
export function answer(sdp: string, extra: Extra = {}): Step {
  return command("answer", { "from-tag": "a", "to-tag": "b", sdp, ...extra });
}

/** An offer from tag `b` inside an established dialogue. */
export function offerFromB(sdp: string, extra: Extra = {}): Step {
  return command("offer", { "from-tag": "b", "to-tag": "a", sdp, ...extra });
}

/** An answer from tag `a` to an offer from tag `b`. */
export function answerFromA(sdp: string, extra: Extra = {}): Step {
  return command("answer", { "from-tag": "b", "to-tag": "a", sdp, ...extra });
}

/** Ends the call at once. */
export function remove(extra: Extra = {}): Step {
  return command("delete", { "from-tag": "a", "delete delay": 0, ...extra });
}

/** The state of the call. */
export function query(extra: Extra = {}): Step {
  return command("query", extra);
}

/** The dictionary part of a message as raw bytes. */
export function raw(bytes: string): Step {
  return { raw: bytes };
}

/** The same step in JSON. */
export function json(step: Step): Step {
  return { ...step, wire: "json" };
}

/** Joins lines with CRLF, the last one included. */
export function crlf(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Joins lines with LF, the last one included. */
export function lf(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Head of a session description with its connection address, without media. */
export function head(address: string, version = 1): string {
  const net = address.includes(":") ? "IP6" : "IP4";
  return crlf(
    "v=0",
    `o=tester 7001 ${version} IN ${net} ${address}`,
    "s=a session",
    `c=IN ${net} ${address}`,
    "t=0 0",
  );
}

/** A session description: {@link head} and then these lines. */
export function session(address: string, ...lines: string[]): string {
  return head(address) + crlf(...lines);
}

/** Address of the phone that calls. */
export const A = "198.51.100.1";
/** Address of the phone that is called. */
export const B = "198.51.100.2";
/** IPv6 address of the phone that calls. */
export const A6 = "2001:db8::1";
/** IPv6 address of the phone that is called. */
export const B6 = "2001:db8::2";

/** Phone A with one PCMA+PCMU audio section. */
export const AUDIO_A: string = session(A, "m=audio 2000 RTP/AVP 8 0", "a=sendrecv");
/** Phone B's answer to {@link AUDIO_A}. */
export const AUDIO_B: string = session(B, "m=audio 4000 RTP/AVP 8", "a=sendrecv");

/** The call-id a dialogue uses. */
export function callId(name: string): string {
  return `diff-${name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;
}

/** A message with {@link CALL} replaced. */
export function withCall(message: NgMessage, call: string): NgMessage {
  return Object.fromEntries(
    Object.entries(message).map(([key, value]) => [
      key,
      typeof value === "string" ? value.replaceAll(CALL, call) : value,
    ]),
  );
}

function merge(base: NgMessage, extra: Extra): NgMessage {
  const merged: Record<string, NgData> = { ...base };
  for (const [key, value] of Object.entries(extra)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}
