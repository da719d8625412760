/**
 * What is negotiated: a message, and the states before it.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import type { Sdp } from "../sdp/mod.ts";
import type { SecureSource } from "./secure_state.ts";
import type { MediaState, NegotiationSettings } from "./state.ts";

/** One description on its way from one party to the other. */
export interface Negotiation {
  /** The message. */
  readonly request: NgRequest;
  /** What it is. */
  readonly kind: "offer" | "answer";
  /** Its description. */
  readonly sdp: Sdp;
  /** Configuration. */
  readonly settings: NegotiationSettings;
  /** Sections of the one whose description it is, as they were. */
  readonly from: readonly MediaState[];
  /** Sections of the one it is rewritten for. */
  readonly to: readonly MediaState[];
  /** ICE and keys end here; absent: keys are the parties' own business, and there is no ICE. */
  readonly secure?: SecureSource | undefined;
}
