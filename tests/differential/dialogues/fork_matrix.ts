/**
 * Forked calls in every combination: with and without via-branches, which branch answers first, which one
 * is confirmed, and who sends the re-offer that follows.
 *
 * @module
 */

import {
  answer,
  AUDIO_A,
  AUDIO_B,
  command,
  type Dialogue,
  dialogue,
  type Extra,
  offer,
  query,
  remove,
  session,
} from "../dialogue.ts";

const BODIES = {
  b1: AUDIO_B,
  b2: session("198.51.100.3", "m=audio 6000 RTP/AVP 0", "a=sendrecv"),
} as const;
type Tag = keyof typeof BODIES;
const BRANCHES: { readonly [name: string]: { readonly [tag in Tag]: Extra } } = {
  "no via-branch": { b1: {}, b2: {} },
  "one via-branch": { b1: { "via-branch": "one" }, b2: { "via-branch": "one" } },
  "two via-branches": { b1: { "via-branch": "one" }, b2: { "via-branch": "two" } },
};

function fork(name: string, first: Tag, confirmed: Tag, byCaller: boolean): Dialogue {
  const branches = BRANCHES[name] ?? { b1: {}, b2: {} };
  const second = first === "b1" ? "b2" : "b1";
  const body = BODIES[confirmed];
  const again = byCaller
    ? [
      offer(AUDIO_A, { "to-tag": confirmed }),
      answer(body, { "to-tag": confirmed }),
    ]
    : [
      command("offer", { "from-tag": confirmed, "to-tag": "a", "sdp": body }),
      command("answer", { "from-tag": confirmed, "to-tag": "a", "sdp": AUDIO_A }),
    ];
  return dialogue(
    `fork, ${name}: ${first} answers first, ${confirmed} is confirmed, ` +
      `${byCaller ? "caller" : "called side"} re-offers`,
    offer(AUDIO_A, branches.b1),
    ...(name === "two via-branches" ? [offer(AUDIO_A, branches.b2)] : []),
    answer(BODIES[first], { "to-tag": first, ...branches[first] }),
    answer(BODIES[second], { "to-tag": second, ...branches[second] }),
    answer(body, { "to-tag": confirmed, ...branches[confirmed] }),
    query(),
    ...again,
    query(),
    remove({ "to-tag": confirmed }),
  );
}

/** Forked calls in every combination. */
export const FORK_MATRIX: readonly Dialogue[] = Object.keys(BRANCHES).flatMap((name) =>
  (["b1", "b2"] as const).flatMap((first) =>
    (["b1", "b2"] as const).flatMap((confirmed) =>
      [true, false].map((byCaller) => fork(name, first, confirmed, byCaller))
    )
  )
);
