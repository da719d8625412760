/**
 * Words with more than one spelling: spaces, hyphens, underscores and letter case do not count, and aliases
 * lead to the canonical word.
 *
 * @module
 */

/** Folds what does not count; the length stays, so that a prefix of the result is one of `text`. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[ _]/g, "-");
}

/** A closed list of words. */
export class Vocabulary {
  readonly #words = new Map<string, string>();

  /**
   * @param words canonical spellings
   * @param aliases further words and the canonical one they stand for
   */
  constructor(words: readonly string[], aliases: Readonly<Record<string, string>> = {}) {
    for (const word of words) this.#add(word, word);
    for (const [alias, word] of Object.entries(aliases)) this.#add(alias, word);
  }

  /** The canonical spelling, or undefined for a word that is not in the list. */
  find(text: string): string | undefined {
    return this.#words.get(text) ?? this.#words.get(fold(text));
  }

  /** All accepted words in folded form, aliases included. */
  folded(): string[] {
    return [...this.#words.keys()].filter((word) => fold(word) === word);
  }

  #add(spelling: string, word: string): void {
    // The spellings that clients use most are found without folding.
    this.#words.set(spelling, word);
    this.#words.set(spelling.replaceAll(" ", "-"), word);
    this.#words.set(fold(spelling), word);
  }
}
