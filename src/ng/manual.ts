/**
 * `docs/ng.md`, a view of the tables of words.
 *
 * @module
 */

import { PARTS } from "../core/part.ts";
import { COMMANDS } from "./command_table.ts";
import { FLAG_ALIASES, FLAG_TABLE, PREFIXES } from "./flag_table.ts";
import { type Key, KEY_ALIASES, KEY_TABLE } from "./key_table.ts";
import { LISTS, SDES_ORDERS } from "./list_table.ts";
import { type Word, type WordTable, works } from "./word.ts";

const HEAD = `# The ng protocol

<!-- Generated from the tables in src/ng by \`deno task docs\`. Do not edit. -->

Every word of the protocol that rtpengine knows, and what becomes of it here. **Works** means that it has its
effect. Otherwise the part that will bring it is given: until then a command is refused with an error that
names the part, and any other word is understood, has no effect, and is named in a warning of the log.

In keys, flags and list items spaces, hyphens, underscores and letter case do not count. Commands are
compared exactly. A list may be given as one text. In a flag, \`--\` in a codec stands for \`=\` and \`..\` for a
space.
`;

/** One line: a word, what it belongs to, and what is known of it. */
interface Row {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly word: Word;
}

/** The text of `docs/ng.md`. */
export function ngManual(): string {
  let text = HEAD + parts();
  text += table("Commands", rows(COMMANDS));
  text += table("Keys", keyRows());
  text += table("Flags", rows(FLAG_TABLE, FLAG_ALIASES));
  for (const { key, words, aliases } of Object.values(LISTS)) {
    const orders = key === "SDES" ? SDES_ORDERS : {};
    text += table(`Items of \`${key}\``, rows({ ...words, ...orders }, aliases));
  }
  for (const [name, { values }] of Object.entries<Key>(KEY_TABLE)) {
    if (values !== undefined) text += table(`Words of \`${name}\``, rows(values));
  }
  return text + prefixes();
}

function parts(): string {
  let text = "\n## Parts to come\n\n| Part | What it brings |\n|---|---|\n";
  for (const [part, help] of Object.entries(PARTS)) {
    if (used().has(part)) text += `| ${part} | ${capital(help)} |\n`;
  }
  return text;
}

/** Parts that words wait for. */
function used(): ReadonlySet<string | undefined> {
  const lists = Object.values(LISTS).map(({ words }) => words);
  const tables = [COMMANDS, FLAG_TABLE, KEY_TABLE, ...lists].flatMap((table) =>
    Object.values(table)
  );
  return new Set(tables.map(({ part }) => part));
}

function rows(words: WordTable, aliases: Readonly<Record<string, string>> = {}): Row[] {
  return Object.entries(words).map(([name, word]) => ({
    name,
    aliases: Object.keys(aliases).filter((alias) => aliases[alias] === name),
    word,
  }));
}

/** A list key works when an item of it does. */
function keyRows(): Row[] {
  return rows(KEY_TABLE, KEY_ALIASES).map((row) => {
    const list = Object.values(LISTS).find(({ key }) => key === row.name);
    if (list === undefined) return row;
    const items = Object.values(list.words);
    const part = items.some((item) => item.part === undefined) ? undefined : items[0]?.part;
    return part === undefined ? row : { ...row, word: { ...works(row.word.help), part } };
  });
}

function table(title: string, lines: readonly Row[]): string {
  let text = `\n## ${title}\n\n| Word | Meaning | |\n|---|---|---|\n`;
  for (const { name, aliases, word } of lines) {
    const names = [name, ...aliases].map((spelling) => `\`${spelling}\``).join(", ");
    const state = word.part === undefined ? "**works**" : word.part;
    text += `| ${[names, capital(word.help), state].map(cell).join(" | ")} |\n`;
  }
  return text;
}

function prefixes(): string {
  let text = "\n## Flags with a prefix\n\nThe rest of the flag goes where the prefix says.\n\n" +
    "| Prefix | Goes to |\n|---|---|\n";
  for (const [prefix, target] of PREFIXES) {
    const where = target.kind === "list"
      ? `\`${LISTS[target.list].key}\``
      : target.kind === "codec"
      ? target.operation === undefined
        ? "`codec`, by the operation that follows"
        : `\`codec\`, operation \`${target.operation}\``
      : `\`${target.kind}\``;
    text += `| \`${prefix}\` | ${where} |\n`;
  }
  return text;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
