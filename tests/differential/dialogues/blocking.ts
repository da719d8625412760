/**
 * `block`, `silence` and their opposites: who is meant, and what is said when nobody is.
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  AUDIO_B,
  command,
  type Dialogue,
  dialogue,
  offer,
  query,
} from "../dialogue.ts";

type Keys = Parameters<typeof command>[1];

const established = [offer(AUDIO_A, { label: "caller" }), answer(AUDIO_B, { label: "callee" })];

/** Ways to name a party, found or not, and the flows from it. */
const SELECTIONS: Readonly<Record<string, Keys>> = {
  "the whole call": {},
  "from-tag alone": { "from-tag": "a" },
  "an unknown from-tag alone": { "from-tag": "x" },
  "from-tag and directional": { "from-tag": "a", flags: ["directional"] },
  "an unknown from-tag and directional": { "from-tag": "x", flags: ["directional"] },
  "an empty from-tag and directional": { "from-tag": "", flags: ["directional"] },
  "a label": { label: "callee" },
  "an unknown label": { label: "nobody" },
  "an empty label before a from-tag": { label: "", "from-tag": "a" },
  "an address": { address: A },
  "an address nobody has": { address: "192.0.2.77" },
  "an address that is none": { address: "nowhere" },
  "an address that is none behind a label": { address: "nowhere", label: "caller" },
  "a label and the flag all": { label: "nobody", flags: ["all"] },
  "a to-tag": { label: "caller", "to-tag": "b" },
  "an unknown to-tag": { label: "caller", "to-tag": "x" },
  "a to-tag that does not listen": { label: "caller", "to-tag": "a" },
  "a to-label": { label: "caller", "to-label": "callee" },
  "an unknown to-label": { label: "caller", "to-label": "nobody" },
  "a to-tag without a party": { "to-tag": "x" },
  "all none": { all: "none", label: "caller" },
  "all all": { all: "all", label: "nobody" },
  "all offer-answer": { all: "offer-answer", label: "caller" },
  "all except-offer-answer": { all: "except-offer-answer", label: "caller" },
  "all flows": { all: "flows", label: "caller" },
  "from-tags": { "from-tags": ["x"], flags: ["directional"] },
  "another call": { "call-id": "no-such-call" },
  "no call": { "call-id": null },
};

/** `block` and `silence`. */
export const BLOCKING: readonly Dialogue[] = [
  ...["media", "DTMF"].flatMap((what) =>
    Object.entries(SELECTIONS).map(([name, keys]) =>
      dialogue(
        `block ${what}: ${name}`,
        ...established,
        command(`block ${what}`, keys),
        command(`unblock ${what}`, keys),
      )
    )
  ),
  ...Object.entries(SELECTIONS).map(([name, keys]) =>
    dialogue(
      `silence media: ${name}`,
      ...established,
      command("silence media", keys),
      command("unsilence media", keys),
    )
  ),
  dialogue(
    "block media: set-label",
    ...established,
    command("block media", { label: "caller", "set-label": "somebody" }),
    query(),
    command("block media", { label: "caller" }),
  ),
  dialogue(
    "block DTMF by flag",
    offer(AUDIO_A, { flags: ["block DTMF"] }),
    answer(AUDIO_B, { flags: ["block DTMF"] }),
    query(),
  ),
];
