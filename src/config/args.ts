/**
 * The command line as a source of option texts: `--name=value`, `--name value`, `-n value`, `-nvalue`,
 * letters in one word (`-EfL 7`), repetition, `--no-name` for flags, `--` before plain words.
 *
 * @module
 */

import { parseArgs as tokenize, type ParseArgsConfig } from "node:util";
import { isOptionName, OPTION_NAMES, type OptionName, optionNamed } from "./options.ts";
import type { Given } from "./source.ts";
import { suggestion } from "./suggest.ts";

/** What a command line says. */
export interface ParsedArgs {
  /** One entry for each option, in order of first appearance. */
  readonly given: readonly Given[];
  /** Words that belong to no option. */
  readonly words: readonly string[];
  readonly errors: readonly string[];
}

const SHORT = new Map<string, OptionName>();
for (const name of OPTION_NAMES) {
  const { short } = optionNamed(name);
  if (short !== undefined) SHORT.set(short, name);
}
SHORT.set("?", "help");

const TOKENIZER = {
  options: tokenizerOptions(),
  strict: false,
  tokens: true,
  allowPositionals: true,
} satisfies ParseArgsConfig;

/** Takes a command line (without the program's name) apart. */
export function parseCommandLine(args: readonly string[]): ParsedArgs {
  const found = new Map<string, { texts: string[]; as: string }>();
  const words: string[] = [];
  const errors: string[] = [];
  const { tokens } = tokenize({ ...TOKENIZER, args: [...args] });
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const option = resolve(token.name, token.rawName);
    if (option === undefined) {
      errors.push(unknownOption(token.rawName));
      continue;
    }
    const { name, negated } = option;
    const takesValue = !optionNamed(name).flag;
    if (takesValue && token.value === undefined) {
      errors.push(`${name}: the value is missing (from ${token.rawName} on the command line)`);
      continue;
    }
    if (negated && token.value !== undefined) {
      errors.push(
        `${name}: --no-${name} takes no value (from ${token.rawName} on the command line)`,
      );
      continue;
    }
    const value = takesValue ? token.value! : negated ? "false" : token.value ?? "true";
    const entry = found.get(name) ?? { texts: [], as: token.rawName };
    // -t=1: the sign between name and value is no part of the value
    entry.texts.push(/^-[^-]/.test(token.rawName) && takesValue ? value.replace(/^=/, "") : value);
    entry.as = token.rawName;
    found.set(name, entry);
  }
  const given = [...found].map(([name, { texts, as }]): Given => ({
    name,
    texts,
    source: { kind: "command line", as },
  }));
  return { given, words, errors };
}

function resolve(
  tokenName: string,
  rawName: string,
): { name: OptionName; negated: boolean } | undefined {
  const name = rawName.startsWith("--") ? tokenName : SHORT.get(rawName.slice(1)) ?? tokenName;
  const visible = (wanted: string): wanted is OptionName =>
    isOptionName(wanted) && optionNamed(wanted).surface !== "environment";
  if (visible(name)) return { name, negated: false };
  const positive = name.startsWith("no-") ? name.slice(3) : "";
  if (visible(positive) && optionNamed(positive).flag) return { name: positive, negated: true };
  return undefined;
}

function unknownOption(rawName: string): string {
  const hint = rawName.startsWith("--")
    ? suggestion(rawName.slice(2), OPTION_NAMES.filter(isPublic), "--")
    : "";
  return `unknown option ${rawName} on the command line${hint}`;
}

function isPublic(name: OptionName): boolean {
  return optionNamed(name).surface !== "environment";
}

function tokenizerOptions(): NonNullable<ParseArgsConfig["options"]> {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const name of OPTION_NAMES) {
    const { flag, short, surface } = optionNamed(name);
    if (surface === "environment") continue;
    options[name] = {
      type: flag ? "boolean" : "string",
      multiple: true,
      ...(short === undefined ? {} : { short }),
    };
  }
  return options;
}
