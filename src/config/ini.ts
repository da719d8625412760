/**
 * Key files: the configuration format of rtpengine (GLib's GKeyFile), read with line numbers.
 *
 * `[section]` lines, `key = value` lines, comments on lines of their own that begin with `#`. Blanks around
 * keys and at the end of values do not count. `\s \t \n \r \\` stand for a blank, a tab, ends of line and a
 * backslash, `\;` for a semicolon inside a list. A key or section that appears twice continues; the later value
 * of a key wins.
 *
 * @module
 */

/** A `key = value` line. */
export interface IniEntry {
  /** What stands before the equals sign. */
  readonly key: string;
  /** Without blanks around it; escapes are still in it. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A `[name]` section. */
export interface IniSection {
  /** What stands between the brackets. */
  readonly name: string;
  /** Counted from 1. */
  readonly line: number;
  /** By key, in order of first appearance. */
  readonly entries: ReadonlyMap<string, IniEntry>;
}

/** A whole file. */
export interface Ini {
  /** By name, in order of first appearance. */
  readonly sections: ReadonlyMap<string, IniSection>;
  /** In the order of their lines. */
  readonly problems: readonly IniProblem[];
}

/** What is wrong with a line (or worth knowing). */
export interface IniProblem {
  /** Counted from 1. */
  readonly line: number;
  /** A sentence for people. */
  readonly message: string;
  /** The file must not be used. */
  readonly fatal: boolean;
}

/** Reads a key file; what cannot be read is listed in `problems`, the rest is returned. */
export function parseIni(content: string): Ini {
  const sections = new Map<string, IniSection & { entries: Map<string, IniEntry> }>();
  const problems: IniProblem[] = [];
  let current: Map<string, IniEntry> | undefined;
  for (const [index, raw] of content.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    const line = index + 1;
    const report = (message: string, fatal = true) => problems.push({ line, message, fatal });
    const text = raw.trim();
    if (text === "" || text.startsWith("#")) continue;
    if (text.startsWith("[")) {
      const name = /^\[([^\[\]]+)\]$/.exec(text)?.[1];
      if (name === undefined) {
        report(`"${text}" is not a section: write [NAME] on a line of its own`);
        continue;
      }
      const section = sections.get(name) ?? { name, line, entries: new Map<string, IniEntry>() };
      sections.set(name, section);
      current = section.entries;
      continue;
    }
    const equals = text.indexOf("=");
    const key = text.slice(0, equals).trimEnd();
    if (equals < 1 || key === "") {
      report(
        text.startsWith(";")
          ? `"${text}" is not a comment: comments begin with #`
          : `"${text}" is neither a section, nor KEY = VALUE, nor a comment that begins with #`,
      );
      continue;
    }
    if (current === undefined) {
      report(`"${key}" stands before the first [section]`);
      continue;
    }
    const before = current.get(key);
    if (before !== undefined) {
      report(`"${key}" was given in line ${before.line} already; this later value counts`, false);
    }
    current.set(key, { key, value: text.slice(equals + 1).trim(), line });
  }
  return { sections, problems };
}

/** The text of a single value: escapes replaced. */
export function unescapeValue(value: string): string {
  return value.replace(/\\([\s\S]?)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}

/** The items of a list value: split at `;`, blanks around items and empty items dropped. */
export function splitList(value: string): string[] {
  const items: string[] = [];
  let item = "";
  for (let i = 0; i < value.length; i++) {
    const letter = value[i]!;
    if (letter === "\\" && i + 1 < value.length) {
      item += letter + value[++i]!;
    } else if (letter === ";") {
      items.push(item);
      item = "";
    } else {
      item += letter;
    }
  }
  items.push(item);
  return items.map((text) => unescapeValue(text.trim())).filter((text) => text !== "");
}

const ESCAPES: Readonly<Record<string, string>> = {
  s: " ",
  t: "\t",
  n: "\n",
  r: "\r",
  "\\": "\\",
  ";": ";",
};
