/**
 * Chance that is the same on every run, and texts it has damaged.
 *
 * @module
 */

/** A whole number from 0 up to, but not with, `below`. */
export type Pick = (below: number) => number;

/** Park and Miller's generator: the same sequence on every run. */
export function random(seed: number): Pick {
  let state = seed;
  return (below) => {
    state = state * 48271 % 2147483647;
    return state % below;
  };
}

/** One of some things. */
export function one<T>(pick: Pick, items: readonly T[]): T {
  return items[pick(items.length)]!;
}

/** A text with one thing wrong with it: something lost, put in from `pieces`, changed, or moved. */
export function mutate(text: string, pick: Pick, pieces: readonly string[]): string {
  const at = pick(text.length + 1);
  switch (pick(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + pick(9));
    case 1:
      return text.slice(0, at) + one(pick, pieces) + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + text.slice(pick(text.length + 1));
  }
}
