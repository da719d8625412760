/**
 * Every dialogue about secure media.
 *
 * @module
 */

import type { Dialogue } from "../../dialogue.ts";
import { DTLS } from "./dtls.ts";
import { ICE } from "./ice.ts";
import { PROFILE_DIALOGUES } from "./profiles.ts";
import { SDES } from "./sdes.ts";
import { SECURE_SUBSCRIPTIONS } from "./subscriptions.ts";

/** All of them in the order they are played. */
export const SECURE: readonly Dialogue[] = [
  ...ICE,
  ...SDES,
  ...DTLS,
  ...PROFILE_DIALOGUES,
  ...SECURE_SUBSCRIPTIONS,
];
