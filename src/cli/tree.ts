/**
 * The command tree as data: what a command is, how one is found and how the help texts are written.
 *
 * @module
 */

/** A command as the help texts show it. */
export interface CommandHelp {
  /** The word that selects it. */
  readonly name: string;
  /** Arguments as shown after the name. */
  readonly args?: string;
  /** One line of help; groups of commands have none. */
  readonly help?: string;
  /** Sub-commands, for the help texts and, without `run`, for dispatch. */
  readonly children?: readonly CommandHelp[];
}

/** A command that can be run with a context of type `C`. */
export interface Command<C> extends CommandHelp {
  readonly children?: readonly Command<C>[];
  /** @param rest the line after the command's name and one space; "" when there is nothing */
  run?(context: C, rest: string): string;
}

/** Answer to a command line that stops before an argument that is needed. */
export const MORE_PARAMETERS = "More parameters required.\n";

/** Answer to a line without a command. */
export const INCOMPLETE = "Incomplete command: \n";

/** Splits off the first word; exactly one space separates words. */
export function splitWord(line: string): readonly [word: string, rest: string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

/**
 * Runs the command that a line names.
 *
 * @param missing answer when the line is empty
 */
export function dispatch<C>(
  commands: readonly Command<C>[],
  context: C,
  line: string,
  missing: string = MORE_PARAMETERS,
): string {
  if (line === "") return missing;
  const [word, rest] = splitWord(line);
  if (word === "help") return levelHelp(commands);
  const command = commands.find(({ name }) => name === word);
  if (command === undefined) return `Unknown command: ${word}\n`;
  if (command.run !== undefined) return command.run(context, rest);
  return dispatch(command.children ?? [], context, rest);
}

function usageLine(command: CommandHelp): string {
  return command.args === undefined ? command.name : `${command.name} ${command.args}`;
}

/** The answer to `help`: the commands of one level. */
export function levelHelp(commands: readonly CommandHelp[]): string {
  const lines = commands.map((command) => {
    const usage = usageLine(command);
    return command.help === undefined ? `\t${usage}\n` : `\t${usage.padEnd(49)}: ${command.help}\n`;
  });
  return `Available sub-commands at this level:\n${lines.join("")}`;
}

const HELP_COLUMN = 50;

function treeLines(commands: readonly CommandHelp[], depth: number): string {
  let text = "";
  for (const command of commands) {
    const usage = " ".repeat(4 * depth) + usageLine(command);
    text += command.help === undefined
      ? `${usage}\n`
      : `${usage.padEnd(HELP_COLUMN)}: ${command.help}\n`;
    if (command.children !== undefined) text += treeLines(command.children, depth + 1);
    if (depth === 1) text += "\n";
  }
  return text;
}

/** The answer to `usage`: the whole tree. */
export function treeHelp(commands: readonly CommandHelp[]): string {
  return `    Supported commands are:\n\n${treeLines(commands, 1)}`;
}
