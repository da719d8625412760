/**
 * Line differences by longest common subsequence.
 *
 * @module
 */

/** A line of a comparison: on both sides, or on one only. */
export interface DiffLine {
  /** `" "`: both, `"-"`: left only, `"+"`: right only. */
  readonly side: " " | "-" | "+";
  /** The line itself. */
  readonly text: string;
}

/** Compares two lists of lines; `-` lines are only in `left`, `+` lines only in `right`. */
export function diff(left: readonly string[], right: readonly string[]): DiffLine[] {
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * width + j] = left[i] === right[j]
        ? (common[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const l = left[i];
    const r = right[j];
    if (l !== undefined && l === r) {
      lines.push({ side: " ", text: l });
      i++;
      j++;
    } else if (
      l !== undefined &&
      (r === undefined || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push({ side: "-", text: l });
      i++;
    } else {
      lines.push({ side: "+", text: r ?? "" });
      j++;
    }
  }
  return lines;
}

/** Only the lines that are not on both sides, as `-text` and `+text`. */
export function changes(left: readonly string[], right: readonly string[]): string[] {
  return diff(left, right).filter((line) => line.side !== " ").map((line) => line.side + line.text);
}
