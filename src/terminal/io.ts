/**
 * What commands are given: the daemon, the terminal, files.
 *
 * @module
 */

import type { AdminClient } from "../client/mod.ts";
import type { Paint } from "./style.ts";

/** The world as commands see it. */
export interface TerminalIo {
  /** Takes text for people or programs. */
  readonly out: (text: string) => void;
  /** Takes complaints and questions. */
  readonly err: (text: string) => void;
  /** Colours, or none. */
  readonly paint: Paint;
  /** Output goes to a terminal. */
  readonly terminal: boolean;
  /** A line from the keyboard that is not shown; from standard input where there is no keyboard. */
  readonly secret: (prompt: string) => Promise<string>;
  /** A line from the keyboard; undefined where there is none. */
  readonly ask: (prompt: string) => Promise<string | undefined>;
  /** Text of a file. @throws Error */
  readonly readFile: (path: string) => string;
  /** Writes a file that only its owner reads; refuses to overwrite one. @throws Error */
  readonly writeFile: (path: string, content: Uint8Array) => void;
  /** Waits. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Wall-clock ms. */
  readonly now: () => number;
}

/** Everything a command works with. */
export interface CommandContext extends TerminalIo {
  /** The daemon. */
  readonly client: AdminClient;
  /** Answer as JSON. */
  readonly json: boolean;
  /** Words after the command. */
  readonly words: readonly string[];
  /** Options with their values; flags are `true`. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** A command of `rtpedge ctl` that asks the admin API. */
export interface AdminCommand {
  /** Word that selects it. */
  readonly name: string;
  /** Words after it, for the help. */
  readonly args: string;
  /** One line without period. */
  readonly help: string;
  /** Sub-commands, for completion. */
  readonly words?: readonly string[];
  /** Options that take a value. */
  readonly values?: readonly string[];
  /** Options that take none. */
  readonly flags?: readonly string[];
  /** Carries it out. @returns the exit status; absent = 0 */
  run(context: CommandContext): Promise<number | void>;
}

/** Something is wrong with the words of a command. */
export class CommandUsageError extends Error {
  /** Always `CommandUsageError`. */
  override readonly name = "CommandUsageError";
}

/** The word at a place. @throws CommandUsageError when it is missing */
export function need(words: readonly string[], at: number, what: string): string {
  const word = words[at];
  if (word === undefined || word === "") throw new CommandUsageError(`${what} is needed`);
  return word;
}

/** Writes a value as JSON. */
export function json({ out }: Pick<TerminalIo, "out">, value: unknown): void {
  out(`${JSON.stringify(value, null, 2)}\n`);
}
