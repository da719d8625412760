/**
 * A case of the conformance suite.
 *
 * @module
 */

import type { Bench } from "./harness.ts";

/** Something every engine must do. */
export interface Case {
  readonly name: string;
  readonly needsIpv6?: boolean;
  /** Slots of the engine it runs on; 1024. */
  readonly maxSlots?: number;
  run(bench: Bench): Promise<void>;
}
