/**
 * Every mode of the `rtcp-mux` key, alone and in pairs, with every kind of phones, and at a re-offer.
 *
 * @module
 */

import { A, answer, B, type Dialogue, dialogue, offer, query, session } from "../dialogue.ts";

const MODES = ["offer", "require", "demux", "accept", "reject"];
const PAIRS = [
  ["offer", "accept"],
  ["offer", "demux"],
  ["require", "accept"],
  ["require", "reject"],
  ["demux", "accept"],
  ["demux", "reject"],
  ["accept", "reject"],
];

function phone(address: string, port: number, muxed: boolean): string {
  const mux = muxed ? ["a=rtcp-mux"] : [];
  return session(address, `m=audio ${port} RTP/AVP 8`, ...mux, "a=sendrecv");
}

/** An offer and a re-offer under one key, a question after each answer. */
function play(modes: readonly string[], a: boolean, b: boolean): Dialogue {
  const key = { "rtcp-mux": [...modes] };
  const [from, back] = [phone(A, 2000, a), phone(B, 4000, b)];
  const kind = (muxed: boolean) => muxed ? "with" : "without";
  return dialogue(
    `rtcp-mux ${modes.join("+")}: A ${kind(a)}, B ${kind(b)}, twice`,
    offer(from, key),
    answer(back),
    query(),
    offer(from, { ...key, "to-tag": "b" }),
    answer(back),
    query(),
  );
}

/** One key in an answer, where it says nothing. */
function inAnswer(mode: string, a: boolean): Dialogue {
  return dialogue(
    `rtcp-mux ${mode} in an answer, A ${a ? "with" : "without"}`,
    offer(phone(A, 2000, a)),
    answer(phone(B, 4000, mode === "reject"), { "rtcp-mux": [mode] }),
    query(),
  );
}

/** All of it. */
export const MUX: readonly Dialogue[] = [
  ...[...MODES.map((mode) => [mode]), ...PAIRS].flatMap((modes) =>
    [true, false].flatMap((a) => [true, false].map((b) => play(modes, a, b)))
  ),
  ...MODES.flatMap((mode) => [true, false].map((a) => inAnswer(mode, a))),
];
