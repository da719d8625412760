/**
 * Changes options in the text of a configuration file and leaves everything else as the operator wrote it:
 * comments, order, blank lines, other sections.
 *
 * @module
 */

/** A value that cannot stand in a file. */
export class EditError extends Error {
  /** Always `EditError`. */
  override readonly name = "EditError";
}

/**
 * Sets and removes options in one section.
 *
 * @param text the file
 * @param section without brackets; added at the end when it is missing
 * @param changes by option: the value as it stands in a file, or undefined to remove it
 * @returns the new text
 * @throws EditError about a value of several lines
 */
export function editSection(
  text: string,
  section: string,
  changes: ReadonlyMap<string, string | undefined>,
): string {
  for (const [name, value] of changes) {
    // deno-lint-ignore no-control-regex
    if (value !== undefined && /[\0-\x08\n-\x1f\x7f]/.test(value)) {
      throw new EditError(`${name}: a value is one line without control characters`);
    }
  }
  let lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  for (const [name, value] of changes) lines = edit(lines, section, name, value);
  return lines.length === 0 ? "" : lines.join("\n") + "\n";
}

function edit(
  lines: readonly string[],
  section: string,
  name: string,
  value: string | undefined,
): string[] {
  const { found, comment, end } = look(lines, section, name);
  const line = `${name} = ${value?.trim()}`;
  if (found.length > 0) {
    // the last one counts; those before it would only mislead
    const last = found.at(-1)!;
    return lines.flatMap((old, at) => {
      if (!found.includes(at)) return [old];
      return at === last && value !== undefined ? [line] : [];
    });
  }
  if (value === undefined) return [...lines];
  if (end === undefined) {
    return [...lines, ...(lines.length === 0 ? [] : [""]), `[${section}]`, line];
  }
  const place = comment === undefined ? end : comment + 1;
  return [...lines.slice(0, place), line, ...lines.slice(place)];
}

/** Where the option stands, where a comment shows it, and where the section ends. */
function look(lines: readonly string[], section: string, name: string) {
  const found: number[] = [];
  let comment: number | undefined;
  let end: number | undefined;
  let inside = false;
  for (const [at, raw] of lines.entries()) {
    const line = raw.trim();
    const heading = /^\[([^\[\]]+)\]$/.exec(line)?.[1];
    if (heading !== undefined) inside = heading === section;
    if (!inside) continue;
    // blank lines before the next section stay there
    if (line !== "") end = at + 1;
    if (keyOf(line) === name) found.push(at);
    else if (/^#/.test(line) && keyOf(line.replace(/^#\s*/, "")) === name) comment = at;
  }
  return { found, comment, end };
}

function keyOf(line: string): string | undefined {
  return /^([^=#\s]+)\s*=/.exec(line)?.[1];
}
