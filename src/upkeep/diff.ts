/**
 * The lines two texts have in common, and those they do not.
 *
 * @module
 */

/** A line of a comparison. */
export interface DiffLine {
  /** In both, only in the old text, only in the new one. */
  readonly kind: "same" | "removed" | "added";
  /** Without line end. */
  readonly text: string;
}

/** Lines up to which the shortest comparison is looked for; beyond, changed parts are shown whole. */
const MAX_CELLS = 4_000_000;

/** Compares two texts line by line. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = 0;
  while (
    end < old.length - start && end < fresh.length - start &&
    old.at(-1 - end) === fresh.at(-1 - end)
  ) end++;
  const middle = compare(
    old.slice(start, old.length - end),
    fresh.slice(start, fresh.length - end),
  );
  return [
    ...old.slice(0, start).map(same),
    ...middle,
    ...old.slice(old.length - end).map(same),
  ];
}

/** The longest common subsequence, by a table of lengths. */
function compare(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  const width = fresh.length + 1;
  if (old.length * width > MAX_CELLS) return [...old.map(removed), ...fresh.map(added)];
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      lengths[i * width + j] = old[i] === fresh[j]
        ? lengths[(i + 1) * width + j + 1]! + 1
        : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) {
      lines.push(same(old[i++]!));
      j++;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) {
      lines.push(removed(old[i++]!));
    } else {
      lines.push(added(fresh[j++]!));
    }
  }
  return [...lines, ...old.slice(i).map(removed), ...fresh.slice(j).map(added)];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function same(text: string): DiffLine {
  return { kind: "same", text };
}

function removed(text: string): DiffLine {
  return { kind: "removed", text };
}

function added(text: string): DiffLine {
  return { kind: "added", text };
}
