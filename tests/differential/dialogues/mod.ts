/**
 * Every dialogue.
 *
 * @module
 */

import type { Dialogue } from "../dialogue.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { BASIC } from "./basic.ts";
import { BLOCKING } from "./blocking.ts";
import { BUNDLE } from "./bundle.ts";
import { FAMILY } from "./family.ts";
import { FIELD } from "./field.ts";
import { FLAG_STRINGS } from "./flag_strings.ts";
import { FORK } from "./fork.ts";
import { FORK_MATRIX } from "./fork_matrix.ts";
import { HIDDEN } from "./hidden.ts";
import { HOLD } from "./hold.ts";
import { INTERFACES } from "./interfaces.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { MALFORMED } from "./malformed.ts";
import { MUX } from "./mux.ts";
import { MATRIX } from "./matrix.ts";
import { MULTIMEDIA } from "./multimedia.ts";
import { PASSTHROUGH } from "./passthrough.ts";
import { REOFFER } from "./reoffer.ts";
import { RTCP } from "./rtcp.ts";
import { SECURE } from "./secure/mod.ts";
import { SUBSCRIPTIONS } from "./subscriptions.ts";
import { TRANSFER } from "./transfer.ts";
import { WIRE } from "./wire.ts";

/** All dialogues in the order they are played. */
export const DIALOGUES: readonly Dialogue[] = [
  ...BASIC,
  ...HOLD,
  ...REOFFER,
  ...FORK,
  ...FAMILY,
  ...MULTIMEDIA,
  ...TRANSFER,
  ...FIELD,
  ...RTCP,
  ...MUX,
  ...BUNDLE,
  ...ATTRIBUTES,
  ...MALFORMED,
  ...LIFECYCLE,
  ...BLOCKING,
  ...SUBSCRIPTIONS,
  ...WIRE,
  ...FLAG_STRINGS,
  ...PASSTHROUGH,
  ...HIDDEN,
  ...INTERFACES,
  ...SECURE,
  ...MATRIX,
  ...FORK_MATRIX,
];
