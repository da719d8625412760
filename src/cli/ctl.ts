/**
 * `rtpedge ctl`: sends one command line to a running daemon and prints the answer, as rtpengine-ctl does.
 *
 * @module
 */

import { wrap } from "../config/wrap.ts";
import type { ByteString } from "../core/bytes.ts";
import { COMMAND_TREE } from "./commands.ts";
import { hintFor } from "./hint.ts";

/** Where the client connects when nothing is said. */
export const DEFAULT_ADDRESS = "127.0.0.1";
/** Port of the control tree when nothing is said. */
export const DEFAULT_PORT = 9900;
/** Longest command line the daemon takes, in bytes. */
export const MAX_LINE = 1024;

/** Things the client does to the world. */
export interface CtlDeps {
  /**
   * Sends `line` with a line feed, and reads until the daemon closes the connection.
   *
   * @throws Error with a sentence when there is no connection or no answer in time
   */
  readonly exchange: (host: string, port: number, line: ByteString) => Promise<ByteString>;
  /**
   * The text of a file.
   *
   * @throws Error when it cannot be read
   */
  readonly readFile: (path: string) => string;
  /** Takes the answer. */
  readonly stdout: (text: ByteString) => void;
  /** Whether the answer goes to a terminal, which would obey control characters in a call-id. */
  readonly terminal?: boolean;
  /** Takes complaints. */
  readonly stderr: (text: string) => void;
  /** What else the help says. */
  readonly more?: string;
}

const HELP_WIDTH = 80;
const HELP_COLUMN = 13;

/** Text of `--help`. */
export const CTL_HELP = `Usage: rtpedge ctl [OPTIONS] COMMAND...

Sends a command to a running daemon and prints the answer.

Options (one or two dashes, "--name VALUE" or "--name=VALUE"):
  --ip ADDRESS[:PORT]   daemon to ask; an IPv6 address with a port in brackets (${DEFAULT_ADDRESS})
  --port PORT           its command port, option listen-cli of the daemon (${DEFAULT_PORT})
  --config-file FILE    take address and port from listen-cli in section [rtpengine] of FILE
  --json                answer as JSON
  --help                print this text

Examples:
  rtpedge ctl list totals
  rtpedge ctl list sessions all
  rtpedge ctl --ip 192.0.2.7:9900 list numsessions
  rtpedge ctl set maxsessions 500
  rtpedge ctl terminate 3848276298220188511@atlanta.example.com
  rtpedge ctl usage

${commandSummary()}
Commands for this host, which need no connection:
  selftest                     asks the daemon, and makes a call through it
  firewall                     prints nft commands that open what the configuration needs
  preset FILE                  takes over network, credentials and options of an appliance
  update status|install|rollback
                               versions of an appliance: install [--allow-downgrade] FILE|URL
  factory-reset --yes          an appliance forgets configuration, users and history
They read /etc/rtpedge/rtpedge.conf, or what --config-file names.

Exit status: 0 when the daemon answered, 1 when it did not know the command, needed more
parameters or refused, 2 when it could not be asked.
`;

/** The words of the first two levels, as far as a terminal of 80 columns goes. */
function commandSummary(): string {
  const rows = COMMAND_TREE.map(({ name, args = "", children = [] }) => {
    const twin = COMMAND_TREE.find((other) => other.children === children);
    const same = twin !== undefined && twin.name !== name ? `as ${twin.name}` : undefined;
    const names = children.map((child) => child.name).join(", ");
    const rest = same ?? (args === "<option>" ? names : args);
    const lines = wrap(rest, HELP_WIDTH - HELP_COLUMN);
    const first = `  ${name}`.padEnd(HELP_COLUMN) + (lines[0] ?? "");
    return [first.trimEnd(), ...lines.slice(1).map((line) => " ".repeat(HELP_COLUMN) + line)];
  });
  return `Commands ("rtpedge ctl usage" explains each):\n${rows.flat().join("\n")}\n`;
}

interface CtlOptions {
  host: string;
  port: number;
  help: boolean;
  readonly words: string[];
}

/** Something wrong with the arguments; the message says what. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Runs the client.
 *
 * @param args what follows `rtpedge ctl`
 * @returns the exit status
 */
export async function runCtl(args: readonly string[], deps: CtlDeps): Promise<number> {
  let options: CtlOptions;
  try {
    options = parseArguments(args, deps);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    deps.stderr(`rtpedge ctl: ${error.message}\nTry "rtpedge ctl --help"\n`);
    return 2;
  }
  if (options.help) {
    deps.stdout(deps.more === undefined ? CTL_HELP : `${CTL_HELP}\n${deps.more}`);
    return 0;
  }
  const line = options.words.join(" ");
  try {
    const answer = await deps.exchange(options.host, options.port, line);
    deps.stdout(deps.terminal === true ? visible(answer) : answer);
    if (!isFailure(answer)) return 0;
    const hint = NOT_UNDERSTOOD.test(answer) ? hintFor(line) : undefined;
    if (hint !== undefined) deps.stderr(`rtpedge ctl: ${hint}\n`);
    return 1;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.stderr(`rtpedge ctl: no answer from ${options.host} port ${options.port}: ${reason}\n`);
    return 2;
  }
}

/** Control characters other than line ends and tabs, written out. */
function visible(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

const NOT_UNDERSTOOD = /^(?:Unknown command: |More parameters required\.|Incomplete command: )/;
const FAILURE =
  /^\s*(?:Unknown command: |More parameters required\.|Incomplete command: |Fail(?:ed)? |Invalid |Call I[dD] (?:'.*' )?not found|No such |No call ID specified|Keyspace notification feature has not been configured)/;

/** Whether an answer says that the command was not carried out. */
export function isFailure(answer: string): boolean {
  return FAILURE.test(answer);
}

function parseArguments(args: readonly string[], deps: CtlDeps): CtlOptions {
  const options: CtlOptions = {
    host: DEFAULT_ADDRESS,
    port: DEFAULT_PORT,
    help: false,
    words: [],
  };
  let index = 0;
  for (; index < args.length; index++) {
    const matched = /^--?([a-z-]+)(?:=(.*))?$/s.exec(args[index]!);
    if (matched === null) break;
    const name = matched[1]!;
    if (name === "help" || name === "h") {
      options.help = true;
      return options;
    }
    const value = matched[2] ?? args[++index];
    if (value === undefined) throw new UsageError(`option ${args[index - 1]} needs a value`);
    applyOption(options, name, value, deps);
  }
  options.words.push(...args.slice(index));
  const line = options.words.join(" ");
  if (line === "") throw new UsageError("a command is needed");
  if (/[\r\n]/.test(line)) throw new UsageError("a command is one line");
  if (new TextEncoder().encode(line).length >= MAX_LINE) {
    throw new UsageError(`a command is shorter than ${MAX_LINE} bytes`);
  }
  return options;
}

function applyOption(options: CtlOptions, name: string, value: string, deps: CtlDeps): void {
  switch (name) {
    case "ip":
      setAddress(options, value);
      break;
    case "port":
      options.port = parsePort(value);
      break;
    case "config-file":
      setAddress(options, listenCli(value, deps));
      break;
    default:
      throw new UsageError(`unknown option "${name}"`);
  }
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new UsageError(`port "${text}" is not between 1 and 65535`);
  return port;
}

/** `ADDRESS`, `ADDRESS:PORT`, `[V6]`, `[V6]:PORT`, bare `V6`, or a bare port as listen-cli takes it. */
function setAddress(options: CtlOptions, text: string): void {
  if (/^\d+$/.test(text)) {
    options.port = parsePort(text);
    return;
  }
  const matched = /^(?:\[([^\]]+)\]|([^:[]+))(?::([^:]+))?$/.exec(text);
  const host = matched?.[1] ?? matched?.[2] ?? text;
  if (host === "") throw new UsageError("an address is needed");
  options.host = WILDCARDS.get(host) ?? host;
  if (matched?.[3] !== undefined) options.port = parsePort(matched[3]);
}

/** A daemon that listens on every address is asked on loopback. */
const WILDCARDS = new Map([["0.0.0.0", "127.0.0.1"], ["::", "::1"], ["*", "127.0.0.1"]]);

/** First value of `listen-cli` in section `[rtpengine]`. */
function listenCli(path: string, deps: CtlDeps): string {
  let text: string;
  try {
    text = deps.readFile(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`configuration file "${path}" cannot be read: ${reason}`);
  }
  let section = "";
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    const heading = /^\[(.+)\]$/.exec(line);
    if (heading !== null) section = heading[1]!;
    const value = /^listen-cli\s*=\s*([^;\s]+)/.exec(line)?.[1];
    if (section === "rtpengine" && value !== undefined) return value;
  }
  throw new UsageError(`configuration file "${path}" has no listen-cli in section [rtpengine]`);
}
