/**
 * `docs/options.md`, a view of the option table.
 *
 * @module
 */

import { PARTS } from "../core/part.ts";
import type { Option } from "./option.ts";
import { envName, GROUPS, isOptionName } from "./options.ts";

const HEAD = `# Options

<!-- Generated from the option table by \`deno run -A tools/gen_options_doc.ts\`. Do not edit. -->

Every option can be given on the command line (\`--port-min=30000\`), in the environment
(\`RTPEDGE_PORT_MIN=30000\`) and in the section \`[rtpengine]\` of the configuration file (\`port-min = 30000\`).
The command line counts more than the environment, the environment more than the file, the file more than the
default. An option that takes a list may be given several times on the command line; elsewhere, and there too,
\`;\` separates the items. A list replaces one from a weaker source.

On the command line flags have a negative form (\`--no-log-stderr\`), short letters can be joined (\`-Ef\`), and
whole numbers may be written \`0x10\` or \`010\` as in C. In files \`#\` begins a comment, on a line of its own.

**Own** options are not known to rtpengine. **Later** options are accepted and checked, but have no effect in this
release; one warning at the start names those in use. **Not yet** options ask for an action that does not exist yet
and are refused. Both name the part that brings them; all others work.
`;

const INTERFACES = `
## Interface syntax

\`interface = [NAME/]ADDRESS[!ADVERTISED]\`

- ADDRESS: an IPv4 or IPv6 address, the name of a network interface (all its addresses that are not link-local), a
  host name (looked up once, at the start), or \`any\` (all addresses of the host except loopback and link-local).
- NAME: how ng requests ask for it; \`default\` when it is not given. Several addresses may have the same name. Names
  of the form \`BASE:SUFFIX\` make a set: requests that ask for BASE take its members in turn.
- ADVERTISED: the address, or host name, that is written into SDP.
- \`ALIAS=NAME\` makes a second name for NAME.

With \`interfaces-config = interface\` the sections \`[interface-NAME]\` of the configuration file are taken too, after
the items of \`interface\`. Keys: \`address\` or \`alias\` (one of them is required), \`name\`, \`advertised\`, \`port-min\`,
\`port-max\`, \`exclude-ports\` (a list). A section has one address; give a second section the same \`name\` to add one.
`;

/** The text of \`docs/options.md\`. */
export function optionsManual(): string {
  let text = HEAD;
  for (const { title, options } of GROUPS) {
    text += `\n## ${title}\n\n| Option | Value | Default | |\n|---|---|---|---|\n`;
    for (const [name, option] of Object.entries(options)) text += row(name, option);
  }
  return text + partsTable() + INTERFACES;
}

function partsTable(): string {
  let text = "\n## Parts to come\n\n| Part | What it brings |\n|---|---|\n";
  for (const [part, help] of Object.entries(PARTS)) text += `| ${part} | ${help} |\n`;
  return text;
}

function row(name: string, option: Option<unknown>): string {
  const { short, allowed, defaultText, unit, help, status, part, ours, surface, repeat } = option;
  const environmentOnly = surface === "environment" && isOptionName(name);
  const shown = environmentOnly
    ? `\`${envName(name)}\``
    : `\`--${name}\`${short === undefined ? "" : ` \`-${short}\``}`;
  const values = option.flag ? "flag" : (repeat ? "list; each " : "") + allowed;
  const standard = defaultText === "" ? "" : `${defaultText}${numberUnit(defaultText, unit)}`;
  const marks = [
    ...(ours ? ["**Own.**"] : []),
    ...(status === "now" ? [] : [`**${status === "later" ? "Later" : "Not yet"}: ${part}.**`]),
    ...(surface === "command line" ? ["Command line only."] : []),
    ...(environmentOnly ? ["Environment only."] : []),
  ];
  const text = [...marks, `${help}.`].join(" ");
  return `| ${[shown, values, standard, text].map(cell).join(" | ")} |\n`;
}

function numberUnit(text: string, unit: string): string {
  return unit !== "" && /^-?[\d.]+$/.test(text) ? ` ${unit}` : "";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
