/**
 * Configuration file and environment as sources of option texts.
 *
 * @module
 */

import { type Ini, splitList, unescapeValue } from "./ini.ts";
import { envName, isOptionName, OPTION_NAMES, type OptionName, optionNamed } from "./options.ts";
import type { Given } from "./source.ts";
import { nearest, suggestion } from "./suggest.ts";

/** Option texts of one source, and what to tell the operator about it. */
export interface SourceReading {
  readonly given: readonly Given[];
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that begin with `RTPEDGE_` but are no options. */
const ENV_PREFIX = "RTPEDGE_";

/** The options given in one section of a configuration file. */
export function readSection(ini: Ini, section: string, path: string): SourceReading {
  const given: Given[] = [];
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const { line, message, fatal } of ini.problems) {
    (fatal ? errors : warnings).push(`${path}:${line}: ${message}`);
  }
  const found = ini.sections.get(section);
  if (found === undefined) {
    const hint = suggestion(section, ini.sections.keys());
    errors.push(`${path}: there is no section [${section}]${hint}`);
  }
  for (const { key, value, line } of found?.entries.values() ?? []) {
    if (!isOptionName(key)) {
      const hint = suggestion(key, OPTION_NAMES);
      warnings.push(`${path}:${line}: unknown option "${key}" is ignored${hint}`);
      continue;
    }
    const { surface, repeat } = optionNamed(key);
    if (surface !== "everywhere" || key === "config-file" || key === "config-section") {
      warnings.push(`${path}:${line}: "${key}" has no effect in a file`);
      continue;
    }
    const texts = repeat ? splitList(value) : [unescapeValue(value)];
    given.push({ name: key, texts, source: { kind: "file", path, line } });
  }
  return { given, errors, warnings };
}

/** Variables that are no options: the launcher's and the library's own. */
const NO_OPTIONS: ReadonlySet<string> = new Set([
  "RTPEDGE_CACHE_DIR",
  "RTPEDGE_LIB",
  "RTPEDGE_PROGRAM",
  "RTPEDGE_TOKEN",
]);

/** The options given by environment variables. */
export function readEnvironment(env: Environment): SourceReading {
  const given: Given[] = [];
  const warnings: string[] = [];
  const byVariable = new Map<string, OptionName>();
  for (const name of OPTION_NAMES) {
    if (optionNamed(name).surface !== "command line") byVariable.set(envName(name), name);
  }
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const name = byVariable.get(variable);
    if (name !== undefined) {
      const texts = optionNamed(name).repeat ? splitList(value) : [value];
      given.push({ name, texts, source: { kind: "environment", variable } });
    } else if (variable.startsWith(ENV_PREFIX) && !NO_OPTIONS.has(variable)) {
      // variables of scripts and tests may begin like ours: only tell about likely typing mistakes
      const meant = nearest(variable, byVariable.keys());
      if (meant !== undefined && variable !== meant) {
        warnings.push(`unknown variable ${variable} in the environment (did you mean "${meant}"?)`);
      }
    }
  }
  return { given, errors: [], warnings };
}
