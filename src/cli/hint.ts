/**
 * What the operator may have meant: for command lines that a daemon did not understand.
 *
 * @module
 */

import { nearest } from "../config/suggest.ts";
import { COMMAND_TREE } from "./commands.ts";
import type { CommandHelp } from "./tree.ts";

/** Arguments before the sub-command, as the call-id of `call`. */
function argumentsBeforeOption(command: CommandHelp): number {
  return (command.args ?? "").split(" ").indexOf("<option>");
}

/** All commands with the words that lead to them; those that take arguments on the way are left out. */
function* allPaths(
  commands: readonly CommandHelp[],
  path: readonly string[] = [],
): Iterable<readonly string[]> {
  for (const command of commands) {
    const here = [...path, command.name];
    yield here;
    const { children } = command;
    if (children !== undefined && argumentsBeforeOption(command) === 0) {
      yield* allPaths(children, here);
    }
  }
}

function elsewhere(word: string): string | undefined {
  const paths = [...allPaths(COMMAND_TREE)].filter((path) => path.length > 1);
  const names = new Map(paths.toReversed().map((path) => [path.at(-1)!, path.join(" ")]));
  const found = nearest(word, names.keys());
  return found === undefined ? undefined : names.get(found);
}

/**
 * A hint about a command line that names no command, or stops too early.
 *
 * @returns one line without line end; undefined when the words are those of a command with its arguments
 */
export function hintFor(line: string): string | undefined {
  const words = line.split(" ").filter((word) => word !== "");
  let level: readonly CommandHelp[] = COMMAND_TREE;
  const path: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "help") return undefined;
    const command = level.find(({ name }) => name === word);
    if (command === undefined) {
      return meant(word, level, path, words.slice(index + 1));
    }
    path.push(word);
    const before = argumentsBeforeOption(command);
    if (command.children === undefined || before < 0) {
      const missing = command.args?.startsWith("<") === true && index === words.length - 1;
      return missing ? `usage: ${[...path, command.args].join(" ")}` : undefined;
    }
    path.push(...words.slice(index + 1, index + 1 + before));
    if (index + before >= words.length) return `usage: ${[...path, command.args].join(" ")}`;
    index += before;
    level = command.children;
  }
  const names = level.map(({ name }) => name).join(", ");
  return path.length === 0 ? undefined : `"${path.join(" ")}" goes on with one of: ${names}`;
}

function meant(
  word: string,
  level: readonly CommandHelp[],
  path: readonly string[],
  rest: readonly string[],
): string {
  const near = nearest(word, level.map(({ name }) => name));
  if (near !== undefined) return `did you mean "${[...path, near, ...rest].join(" ")}"?`;
  const other = elsewhere(word);
  if (other !== undefined) return `did you mean "${[other, ...rest].join(" ")}"?`;
  return '"rtpedge ctl usage" lists all commands';
}
