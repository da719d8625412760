/**
 * Loading the configuration: command line over environment over file over defaults, read, checked as a
 * whole, and with interfaces and listeners worked out. All problems are found in one go.
 *
 * @module
 */

import { helpText } from "./help.ts";
import type { Host } from "./host.ts";
import { type Ini, parseIni } from "./ini.ts";
import { readInterfaceGroups } from "./interface_groups.ts";
import {
  type AliasRequest,
  buildInterfaces,
  type InterfaceRequest,
  type InterfaceSet,
  parseInterface,
  type Report,
} from "./interfaces.ts";
import { parseCommandLine } from "./args.ts";
import { buildListeners, type Listeners } from "./listeners.ts";
import { merge, type Merged } from "./merge.ts";
import type { Config, OptionName } from "./options.ts";
import { formatConfig } from "./print.ts";
import { formatSource, type Given, type Source } from "./source.ts";
import { readTemplates, type Templates } from "./templates.ts";
import { type Environment, readEnvironment, readSection } from "./sources.ts";
import { checkConfig } from "./validate.ts";

/** What the daemon runs on. */
export interface LoadedConfig {
  /** The value of every option. */
  readonly config: Config;
  /** Where each option's value came from. */
  readonly sources: ReadonlyMap<OptionName, Source>;
  /** Local addresses for media. */
  readonly interfaces: InterfaceSet;
  /** Where to listen for control. */
  readonly listeners: Listeners;
  /** Flag strings for ng messages, of the section `templates` names. */
  readonly templates: Templates;
  /** The configuration file that was read. */
  readonly file: string | undefined;
  /** Sentences to log at the start. */
  readonly warnings: readonly string[];
}

/** What a command line comes to. */
export type LoadResult =
  | { readonly outcome: "run"; readonly loaded: LoadedConfig }
  /** Print `text` and exit with status 0. */
  | { readonly outcome: "print"; readonly text: string }
  /** The caller prints its version and exits with status 0. */
  | { readonly outcome: "version" }
  /** Exit with a status other than 0. */
  | {
    readonly outcome: "errors";
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
  };

/** What there is besides the command line. */
export interface LoadOptions {
  /** The environment's variables. */
  readonly env: Environment;
  /** The host; {@link systemHost} outside tests. */
  readonly host: Host;
  /** Values weaker than the file's, as {@link embeddedDefaults} makes them. */
  readonly embedded?: readonly Given[];
  /** Width of the terminal, for the help; 80 when absent. */
  readonly columns?: number;
}

/**
 * Loads the configuration.
 *
 * @param args the command line without the program's name and the `start` command
 */
export async function loadConfig(
  args: readonly string[],
  options: LoadOptions,
): Promise<LoadResult> {
  const line = parseCommandLine(args);
  if (isAsked("help", line.given)) {
    return { outcome: "print", text: helpText(options.columns ?? 80) };
  }
  if (isAsked("version", line.given)) return { outcome: "version" };

  const report: Report = { errors: [...line.errors], warnings: [] };
  for (const word of line.words) {
    report.warnings.push(`"${word}" on the command line belongs to no option and is ignored`);
  }
  const environment = readEnvironment(options.env);
  report.warnings.push(...environment.warnings);
  const embedded = options.embedded ?? [];
  const file = readConfigFile([embedded, environment.given, line.given], options.host, report);

  const merged = merge([embedded, file.given, environment.given, line.given], report.errors);
  const loaded = await build(merged, file, options.host, report);
  if (report.errors.length > 0) {
    return { outcome: "errors", errors: report.errors, warnings: report.warnings };
  }
  if (merged.config["print-config"]) {
    return { outcome: "print", text: formatConfig(merged.config, merged.sources) };
  }
  return { outcome: "run", loaded };
}

interface ConfigFile {
  readonly path: string | undefined;
  readonly ini: Ini | undefined;
  readonly given: readonly Given[];
}

function readConfigFile(
  sources: readonly (readonly Given[])[],
  host: Host,
  report: Report,
): ConfigFile {
  const none: ConfigFile = { path: undefined, ini: undefined, given: [] };
  const { config, sources: origins } = merge(sources, []);
  const path = config["config-file"];
  if (path === "none" || path === "") return none;
  const origin = origins.get("config-file")!;
  let content: string | undefined;
  try {
    content = host.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report.errors.push(`config-file: "${path}" cannot be read: ${why}`);
    return none;
  }
  if (content === undefined) {
    // the first is where a file may be, the second where the browser may write one
    if (origin.kind !== "default" && origin.kind !== "embedded") {
      report.errors.push(`config-file: "${path}" does not exist (from ${formatSource(origin)})`);
    }
    return none;
  }
  const ini = parseIni(content);
  const reading = readSection(ini, config["config-section"], path);
  report.errors.push(...reading.errors);
  report.warnings.push(...reading.warnings);
  return { path, ini, given: reading.given };
}

async function build(
  { config, sources }: Merged,
  file: ConfigFile,
  host: Host,
  report: Report,
): Promise<LoadedConfig> {
  const requests = interfaceRequests(config, sources, file, report);
  checkConfig(config, sources, requests.length > 0, report);
  const interfaces = await buildInterfaces(
    {
      interfaces: requests.filter((request) => "address" in request),
      aliases: requests.filter((request) => "alias" in request),
    },
    host,
    report,
  );
  if (interfaces.addresses.length === 0 && report.errors.length === 0) {
    report.errors.push("interface: there are only aliases and no addresses");
  }
  const listeners = await buildListeners(config, host, report);
  const { ini, path } = file;
  const templates = readTemplates(config.templates, ini, path, report.warnings);
  const { warnings } = report;
  return { config, sources, interfaces, listeners, templates, file: path, warnings };
}

function interfaceRequests(
  config: Config,
  sources: ReadonlyMap<OptionName, Source>,
  { path, ini }: ConfigFile,
  report: Report,
): (InterfaceRequest | AliasRequest)[] {
  const range = { portMin: config["port-min"], portMax: config["port-max"] };
  const requests: (InterfaceRequest | AliasRequest)[] = [];
  const origin = formatSource(sources.get("interface")!);
  for (const item of config.interface) {
    const request = parseInterface(item, range, origin, report);
    if (request !== undefined) requests.push(request);
  }
  const prefix = config["interfaces-config"];
  if (prefix !== undefined && ini !== undefined && path !== undefined) {
    const groups = readInterfaceGroups(ini, prefix, path, range, report);
    if (groups.length === 0) {
      report.warnings.push(
        `interfaces-config: ${path} has no section [${prefix}-NAME] ` +
          `(from ${formatSource(sources.get("interfaces-config")!)})`,
      );
    }
    requests.push(...groups);
  } else if (prefix !== undefined) {
    report.warnings.push(
      `interfaces-config: there is no configuration file to take [${prefix}-NAME] from`,
    );
  } else if (ini !== undefined) {
    const unused = [...ini.sections.values()].find(({ name }) => name.startsWith("interface-"));
    if (unused !== undefined) {
      report.warnings.push(
        `${path}:${unused.line}: [${unused.name}] is not used: interfaces-config is not set`,
      );
    }
  }
  return requests;
}

function isAsked(name: "help" | "version", given: readonly Given[]): boolean {
  const texts = given.find((entry) => entry.name === name)?.texts ?? [];
  return texts.length > 0 && texts.at(-1) !== "false";
}
