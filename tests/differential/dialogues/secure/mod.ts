/**
 * Every dialogue about secure media.
 *
 * @module
 */

import type { Dialogue } from "../../dialogue.ts";
import { ADDRESSES } from "./addresses.ts";
import { DTLS } from "./dtls.ts";
import { FAMILIES } from "./families.ts";
import { ICE } from "./ice.ts";
import { PROFILE_DIALOGUES } from "./profiles.ts";
import { RELAYED } from "./relayed.ts";
import { SDES } from "./sdes.ts";
import { SECURE_SUBSCRIPTIONS } from "./subscriptions.ts";
import { SUITES_AND_FRAGMENTS } from "./suites.ts";

/** All of them in the order they are played. */
export const SECURE: readonly Dialogue[] = [
  ...ICE,
  ...ADDRESSES,
  ...RELAYED,
  ...SDES,
  ...DTLS,
  ...PROFILE_DIALOGUES,
  ...SECURE_SUBSCRIPTIONS,
  ...FAMILIES,
  ...SUITES_AND_FRAGMENTS,
];
