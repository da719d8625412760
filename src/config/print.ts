/**
 * The configuration in effect as text, in the form of a configuration file.
 *
 * @module
 */

import { type Config, GROUPS, type OptionName, optionNamed } from "./options.ts";
import { formatSource, type Source } from "./source.ts";

/** `--print-config`: every value with its origin; secrets are masked. */
export function formatConfig(config: Config, sources: ReadonlyMap<OptionName, Source>): string {
  const lines = [`[${config["config-section"]}]`];
  for (const { title, options } of GROUPS) {
    const body = Object.keys(options)
      .filter((name) => optionNamed(name as OptionName).surface === "everywhere")
      .filter((name) => name !== "config-file" && name !== "config-section")
      .flatMap((name) => formatOption(name as OptionName, config, sources));
    if (body.length > 0) lines.push("", `# ${title}`, ...body);
  }
  return lines.join("\n") + "\n";
}

function formatOption(
  name: OptionName,
  config: Config,
  sources: ReadonlyMap<OptionName, Source>,
): string[] {
  const { status, secret, write, defaultText } = optionNamed(name);
  const source = sources.get(name)!;
  if (source.kind === "default") {
    if (status !== "now") return [];
    return [`# ${name} = ${defaultText || write(config[name])}`.trimEnd()];
  }
  const value = secret ? "***" : escape(write(config[name]));
  return [`# from ${formatSource(source)}`, `${name} = ${value}`];
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t")
    .replace(/^ | $/g, "\\s");
}
