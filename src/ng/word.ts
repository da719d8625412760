/**
 * Words of the protocol with what they mean and whether they have an effect: one declaration that the
 * schema, `docs/ng.md` and the tests are views of.
 *
 * @module
 */

import type { Part } from "../core/part.ts";

/** What is known of a word. */
export interface Word {
  /** Meaning, a phrase without period. */
  readonly help: string;
  /** The part that will bring it into effect; absent = it works. */
  readonly part?: Part;
}

/** Words by canonical spelling. */
export type WordTable = Readonly<Record<string, Word>>;

/** A word that has its effect. */
export function works(help: string): Word {
  return { help };
}

/** A word that is understood and has no effect before this part is there. */
export function later(part: Part, help: string): Word {
  return { help, part };
}
