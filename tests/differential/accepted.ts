/**
 * The differences from the oracle that are meant, each with its reason. An entry that no longer occurs
 * is an error, and so is a difference without an entry.
 *
 * @module
 */

/** A difference that is meant. */
export interface Accepted {
  /** Name of the dialogue. */
  readonly dialogue: string;
  /** Number of the step, from 1. */
  readonly step: number;
  /** Why the product differs on purpose. */
  readonly reason: string;
  /** The changed lines as `changes()` gives them: `-` the oracle's, `+` the product's. */
  readonly lines: readonly string[];
}

/** All accepted differences. */
export const ACCEPTED: readonly Accepted[] = [];
