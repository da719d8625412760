/**
 * Media that is handed on untouched.
 *
 * @module
 */

import { answer, AUDIO_A, AUDIO_B, type Dialogue, dialogue, offer, query } from "../dialogue.ts";

/** `passthrough` on and off. */
export const PASSTHROUGH: readonly Dialogue[] = [
  dialogue(
    "passthrough and back",
    offer(AUDIO_A, { passthrough: "on" }),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b", "passthrough": "off" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "passthrough takes no ports",
    offer(AUDIO_A, { passthrough: "on" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "passthrough with our address in the origin",
    offer(AUDIO_A, { passthrough: "on", replace: ["origin"], flags: ["generate-mid"] }),
    answer(AUDIO_B, { replace: ["origin"] }),
  ),
  dialogue(
    "passthrough after a call was relayed",
    offer(AUDIO_A),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b", "flags": ["passthrough"] }),
    answer(AUDIO_B),
    offer(AUDIO_A, { "to-tag": "b", "flags": ["no-passthrough"] }),
    answer(AUDIO_B),
  ),
];
