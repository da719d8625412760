/**
 * Every dialogue.
 *
 * @module
 */

import type { Dialogue } from "../dialogue.ts";
import { BASIC } from "./basic.ts";
import { HOLD } from "./hold.ts";

/** All dialogues in the order they are played. */
export const DIALOGUES: readonly Dialogue[] = [
  ...BASIC,
  ...HOLD,
];
