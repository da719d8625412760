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

/**
 * Lines that only the product has, in every dialogue: additions which no client that knows rtpengine
 * trips over. They are left out of the comparison; one that never occurs is an error.
 */
export interface Addition {
  readonly line: RegExp;
  readonly reason: string;
}

/** All additions. */
export const ADDITIONS: readonly Addition[] = [
  {
    line: /^tags\/[^/]+\/in dialogue with = /,
    reason:
      "older rtpengines tell a party's peer by this key, which clients in the field still read; " +
      "today's has lists of subscriptions instead, and both are given",
  },
];

/** All accepted differences. */
export const ACCEPTED: readonly Accepted[] = [];
