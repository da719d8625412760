/**
 * Answers of the control tree as JSON: lines `title : value` become fields, tables become lists, everything
 * else stays text. It reads what rtpengine's own daemon says as well.
 *
 * @module
 */

/** An answer as JSON. */
export interface TextAnswer {
  /** The command line that was sent. */
  readonly command: string;
  /** It was carried out. */
  readonly ok: boolean;
  /** The lines `title : value`, by section; sections without a heading are ''. */
  readonly sections: readonly TextSection[];
  /** The answer as it came. */
  readonly text: string;
}

/** A part of an answer below a heading. */
export interface TextSection {
  /** Without colon; empty = there was none. */
  readonly title: string;
  /** Values by title. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Tables: a record for each row. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Other lines. */
  readonly lines: readonly string[];
}

interface Draft {
  title: string;
  values: Record<string, string | number>;
  rows: Record<string, string | number>[];
  lines: string[];
  columns: readonly string[] | undefined;
}

/** Reads an answer. */
export function textAnswer(command: string, ok: boolean, text: string): TextAnswer {
  const sections: Draft[] = [];
  let current: Draft | undefined;
  const section = (): Draft => current ??= begin("");
  const begin = (title: string): Draft => {
    const draft: Draft = { title, values: {}, rows: [], lines: [], columns: undefined };
    sections.push(draft);
    return draft;
  };
  for (const line of text.split(/\r?\n/)) {
    const bare = line.trim();
    if (bare === "") continue;
    if (/^\S.*:$/.test(line)) {
      current = begin(bare.slice(0, -1));
    } else if (bare.includes(" | ") || /\|$/.test(bare)) {
      addRow(section(), bare);
    } else {
      // the title ends at the first colon behind which a value stands
      const pair = /^(.*?\S)\s*:\s*(\S.*)$/.exec(bare) ?? /^(.*?\S)\s+=\s+(.*)$/.exec(bare);
      if (pair === null) section().lines.push(bare);
      else section().values[pair[1]!] = valueOf(pair[2]!);
    }
  }
  return {
    command,
    ok,
    sections: sections.map(({ columns: _, ...draft }) => draft),
    text,
  };
}

function addRow(draft: Draft, line: string): void {
  const cells = line.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
  if (draft.columns === undefined) {
    draft.columns = cells;
    return;
  }
  const { columns } = draft;
  draft.rows.push(
    Object.fromEntries(cells.map((cell, i) => [columns[i] ?? String(i), valueOf(cell)])),
  );
}

function valueOf(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(Number(text)))
    ? Number(text)
    : text;
}
