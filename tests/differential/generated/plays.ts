/**
 * How a word is played: alone in the offer, alone in the answer, in every message.
 *
 * @module
 */

import {
  answer,
  answerFromA,
  type Dialogue,
  dialogue,
  type Extra,
  offer,
  offerFromB,
  query,
  remove,
} from "../dialogue.ts";
import type { Situation } from "./bodies.ts";

const NOTHING: Extra = {};

/** Only the first offer has the word; the call goes on without it. */
export function inOffer(name: string, extra: Extra, at: Situation): Dialogue {
  return dialogue(
    `${name} in the offer: ${at.name}`,
    offer(at.offer, extra),
    answer(at.answer),
    query(),
    offer(at.hold, { "to-tag": "b" }),
    answer(at.held),
    query(),
    remove(),
  );
}

/** Only the first answer has it. */
export function inAnswer(name: string, extra: Extra, at: Situation): Dialogue {
  return dialogue(
    `${name} in the answer: ${at.name}`,
    offer(at.offer),
    answer(at.answer, extra),
    query(),
    offerFromB(at.back),
    answerFromA(at.forth),
    query(),
    remove(),
  );
}

/** Only a later offer has it, of a call that began without. */
export function inReoffer(name: string, extra: Extra, at: Situation): Dialogue {
  return dialogue(
    `${name} in a re-offer: ${at.name}`,
    offer(at.offer),
    answer(at.answer),
    offer(at.hold, { "to-tag": "b", ...extra }),
    answer(at.held),
    query(),
    offerFromB(at.back),
    answerFromA(at.forth),
    query(),
    remove(),
  );
}

/** The called side offers, and only that offer has it. */
export function fromCalled(name: string, extra: Extra, at: Situation): Dialogue {
  return dialogue(
    `${name} in the called side's offer: ${at.name}`,
    offer(at.offer),
    answer(at.answer),
    offerFromB(at.back, extra),
    answerFromA(at.forth),
    query(),
    offer(at.hold, { "to-tag": "b" }),
    answer(at.held),
    query(),
    remove(),
  );
}

/** Two branches of one offer answer, and the second one stays in the call. */
export function forked(name: string, extra: Extra, at: Situation): Dialogue {
  const [first, second] = [{ "via-branch": "1" }, { "via-branch": "2" }];
  const back = reversed(extra, at);
  return dialogue(
    `${name} of two branches: ${at.name}`,
    offer(at.offer, { ...extra, ...first }),
    offer(at.offer, { ...extra, ...second }),
    answer(at.answer, { ...back, ...first }),
    answer(at.answer, { ...back, ...second, "to-tag": "c" }),
    query(),
    offer(at.hold, { "to-tag": "c", ...extra }),
    answer(at.held, { "to-tag": "c", ...back }),
    query(),
  );
}

/** Keys that are about the two sides, as they are on the way back. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  "from-interface": "to-interface",
  "to-interface": "from-interface",
  "inbound-peer": "outbound-peer",
  "outbound-peer": "inbound-peer",
};

/** What a proxy says of the same call on the way back. */
function reversed(extra: Extra, { family }: Situation): Extra {
  return Object.fromEntries(
    Object.entries(extra).map(([key, value]) => {
      if (key === "direction" && Array.isArray(value)) return [key, value.toReversed()];
      if (key === "address family") return [key, family];
      if (key === "rtpp-flags" && typeof value === "string") {
        return [key, value.replace(/direction=(\S+) direction=(\S+)/, "direction=$2 direction=$1")];
      }
      return [COUNTERPARTS[key] ?? key, value];
    }),
  );
}

/** Every message has it, or its counterpart on the way back. */
export function everywhere(
  name: string,
  extra: Extra,
  at: Situation,
): Dialogue {
  const back = reversed(extra, at);
  return dialogue(
    `${name} everywhere: ${at.name}`,
    offer(at.offer, extra),
    answer(at.answer, back),
    query(),
    offer(at.hold, { "to-tag": "b", ...extra }),
    answer(at.held, back),
    offerFromB(at.back, back),
    answerFromA(at.forth, extra),
    query(),
    remove(),
  );
}

/** Nothing special at all; shows whether the bodies themselves are treated alike. */
export function plain(at: Situation): Dialogue {
  return everywhere("nothing special", NOTHING, at);
}

/** The same without looking at the state in between. */
export function blind({ name, steps }: Dialogue): Dialogue {
  return dialogue(name, ...steps.filter(({ message }) => message?.["sdp"] !== undefined));
}
