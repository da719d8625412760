/**
 * From texts of several sources to the typed configuration record.
 *
 * @module
 */

import { BadValue } from "./option.ts";
import { type Config, OPTION_NAMES, type OptionName, optionNamed, OPTIONS } from "./options.ts";
import { splitList } from "./ini.ts";
import { formatSource, type Given, type Source } from "./source.ts";

/** Values with their origins. */
export interface Merged {
  readonly config: Config;
  readonly sources: ReadonlyMap<OptionName, Source>;
}

/**
 * Takes for each option the value of the last source that gives it; a list replaces, it does not add.
 *
 * @param sources from the weakest to the strongest
 * @param errors gets a sentence for each value that cannot be taken
 */
export function merge(sources: readonly (readonly Given[])[], errors: string[]): Merged {
  const winners = new Map<string, Given>();
  for (const source of sources) {
    for (const given of source) winners.set(given.name, given);
  }
  const config: Record<string, unknown> = {};
  const origins = new Map<OptionName, Source>();
  for (const name of OPTION_NAMES) {
    const given = winners.get(name);
    config[name] = given === undefined ? OPTIONS[name].default : readValue(name, given, errors);
    origins.set(name, given?.source ?? { kind: "default" });
  }
  return { config: config as unknown as Config, sources: origins };
}

function readValue(name: OptionName, { texts, source }: Given, errors: string[]): unknown {
  const option = optionNamed(name);
  // file and environment lists are split where they are read; words of a command line are split here
  const items = option.repeat && source.kind === "command line" ? texts.flatMap(splitList) : texts;
  try {
    return option.read(items, source.kind === "command line" ? "c" : "decimal");
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const problem = option.secret ? `the value is not ${option.allowed}` : error.message;
    errors.push(`${name}: ${problem} (from ${formatSource(source)})`);
    return option.default;
  }
}
