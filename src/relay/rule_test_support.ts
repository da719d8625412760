/**
 * Rules for tests.
 *
 * @module
 */

import type { Rule } from "./types.ts";

/** A rule that learns nothing and sends nothing; tests override what they are about. */
export function rule(parts: Partial<Rule> = {}): Rule {
  return {
    sourceAction: "ignore",
    learning: "off",
    learnMs: 3000,
    relearn: false,
    blackhole: false,
    rtcpMux: false,
    rtcpOnly: false,
    opaque: false,
    waitInput: false,
    punt: [],
    outputs: [],
    ...parts,
  };
}
