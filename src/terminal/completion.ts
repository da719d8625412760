/**
 * Completion for shells, made from the tables of commands.
 *
 * @module
 */

import type { CommandHelp } from "../cli/mod.ts";
import { ADMIN_COMMANDS } from "./run.ts";

/** Shells there is completion for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** First words of the program. */
const PROGRAM = ["start", "ctl", "doctor", "completion"] as const;

/** Words that may follow some words of `rtpedge`, by these words. */
function table(
  tree: readonly CommandHelp[],
  more: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, readonly string[]>([
    ["", PROGRAM],
    ["completion", SHELLS],
    ["ctl", [
      ...tree.map(({ name }) => name),
      ...ADMIN_COMMANDS.map(({ name }) => name),
    ]],
  ]);
  const walk = (path: string, { children, args = "" }: CommandHelp): void => {
    // a call-id stands between: nothing can be said about what follows
    if (children === undefined || !args.startsWith("<option>")) return;
    words.set(path, children.map(({ name }) => name));
    for (const child of children) walk(`${path} ${child.name}`, child);
  };
  for (const command of tree) walk(`ctl ${command.name}`, command);
  for (const { name, words: sub = [], values = [], flags = [] } of ADMIN_COMMANDS) {
    const options = [...values, ...flags, "json"].map((option) => `--${option}`);
    words.set(`ctl ${name}`, [...sub, ...options]);
  }
  for (const line of more) {
    const [first = "", second] = line.split(" ");
    const add = (path: string, word: string) =>
      words.set(path, [...new Set([...words.get(path) ?? [], word])]);
    add("ctl", first);
    if (second !== undefined && /^[a-z]/.test(second)) add(`ctl ${first}`, second);
  }
  return words;
}

/**
 * A script for a shell.
 *
 * @param tree the control tree
 * @param more commands of `ctl` from elsewhere, as `update install FILE`
 */
export function completionScript(
  shell: (typeof SHELLS)[number],
  tree: readonly CommandHelp[],
  more: readonly string[] = [],
): string {
  const words = table(tree, more);
  switch (shell) {
    case "bash":
      return bash(words);
    case "zsh":
      return `#compdef rtpedge\nautoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case "fish":
      return fish(words);
  }
}

function bash(table: ReadonlyMap<string, readonly string[]>): string {
  const cases = [...table].map(([path, words]) =>
    `    ${JSON.stringify(path)}) words=${JSON.stringify(words.join(" "))} ;;\n`
  );
  return `# rtpedge completion: eval "$(rtpedge completion bash)"
_rtpedge() {
  local path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -*) ;;
      *) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${cases.join("")}  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _rtpedge rtpedge
`;
}

function fish(table: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...table].map(([path, words]) => {
    const so = path === "" ? "__fish_use_subcommand" : path.split(" ")
      .map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    const deeper = path === "" ? "" : `; and not __fish_seen_subcommand_from ${words.join(" ")}`;
    return `complete -c rtpedge -n '${so}${deeper}' -a '${words.join(" ")}'\n`;
  });
  return `# rtpedge completion: rtpedge completion fish | source\n${lines.join("")}`;
}
