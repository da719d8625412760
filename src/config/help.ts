/**
 * The text of `--help`, a view of the option table.
 *
 * @module
 */

import type { Option } from "./option.ts";
import { GROUPS } from "./options.ts";
import { wrap } from "./wrap.ts";

const INTRODUCTION =
  "rtpedge relays RTP between SIP endpoints; a SIP proxy controls it with the ng protocol.";

/** What can be typed, and what for. */
const USAGE: readonly (readonly [command: string, purpose: string])[] = [
  ["rtpedge [OPTION…]", "run the daemon, with rtpengine's options"],
  ["rtpedge start [OPTION…]", "run it on a safe configuration of its own"],
  ["rtpedge ctl COMMAND…", "ask a running daemon, or change it"],
  ["rtpedge doctor", "say what is not well, and what to do"],
  ["rtpedge completion SHELL", "words that bash, zsh or fish complete"],
];

const NOTES =
  "An option is also a key of the configuration file (without the dashes) and a variable " +
  "of the environment (RTPEDGE_PORT_MIN for --port-min). The command line counts more than the " +
  "environment, the environment more than the file. Options marked + may be given several times, " +
  "or once with ; between the items. Options marked * are rtpedge's own. [In brackets]: the default.";

/** Below this the columns would not fit. */
const MIN_COLUMNS = 70;

/** Widest column of option names; longer ones get a line of their own. */
const NAME_COLUMN = 32;

/** The help for a terminal of `columns` characters. */
export function helpText(columns: number): string {
  const width = Math.min(Math.max(columns, MIN_COLUMNS), 110);
  const lines = [...wrap(INTRODUCTION, width), "", "Usage:"];
  for (const [command, purpose] of USAGE) lines.push(`  ${command.padEnd(26)}${purpose}`);
  lines.push("", ...wrap(NOTES, width));
  const idle: string[] = [];
  for (const { title, options } of GROUPS) {
    const shown: string[] = [];
    for (const [name, option] of Object.entries(options)) {
      if (option.status === "now") shown.push(...describe(name, option, width));
      else if (option.surface !== "environment") idle.push(`--${name}`);
    }
    if (shown.length > 0) lines.push("", `${title}:`, ...shown);
  }
  lines.push("", "Accepted, but without effect in this release:");
  lines.push(...wrap(idle.join(" "), width - 2).map((line) => `  ${line}`));
  return lines.join("\n") + "\n";
}

function describe(name: string, option: Option<unknown>, width: number): string[] {
  const letter = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.metavar === "" ? "" : `=${option.metavar}`;
  const marks = `${option.repeat ? " +" : ""}${option.ours ? " *" : ""}`;
  const left = `  ${letter}--${name}${value}${marks}`;
  const unit = option.unit === "" || option.defaultText === "" ? "" : ` ${option.unit}`;
  const standard = option.defaultText === ""
    ? ""
    : ` [${option.defaultText}${unitOf(option, unit)}]`;
  const text = wrap(option.help + standard, width - NAME_COLUMN);
  const indent = " ".repeat(NAME_COLUMN);
  if (left.length + 2 > NAME_COLUMN) return [left, ...text.map((line) => indent + line)];
  return text.map((line, i) => (i === 0 ? left.padEnd(NAME_COLUMN) : indent) + line);
}

/** The unit belongs behind numbers, not behind words such as `number of CPUs`. */
function unitOf({ defaultText }: Option<unknown>, unit: string): string {
  return /^-?[\d.]+$/.test(defaultText) ? unit : "";
}
