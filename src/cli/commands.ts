/**
 * The whole command tree.
 *
 * @module
 */

import { CALL_HELP, callCommand, debug, switchRole, terminate } from "./call.ts";
import type { CliContext } from "./context.ts";
import { LIST_COMMANDS } from "./list.ts";
import { MEDIA_COMMANDS } from "./media.ts";
import { PARAMS_COMMANDS } from "./params.ts";
import { SET_COMMANDS } from "./set.ts";
import { type Command, type CommandHelp, dispatch, INCOMPLETE, treeHelp } from "./tree.ts";

function keyspace(): string {
  return "Keyspace notification feature has not been configured.\n";
}

const CALL: CommandHelp & Pick<Command<CliContext>, "run"> = {
  name: "call",
  args: "<callid> <option>",
  children: CALL_HELP,
  run: callCommand,
};

/** The commands of the first level, in rtpengine's order. */
export const COMMAND_TREE: readonly Command<CliContext>[] = [
  {
    name: "usage",
    help: "print the full list of all available commands",
    run: () => treeHelp(COMMAND_TREE),
  },
  { name: "list", args: "<option>", children: LIST_COMMANDS },
  {
    name: "terminate",
    args: "<callid> | all | own | foreign",
    help: "terminate one particular call, or all (owned/foreign) calls",
    run: terminate,
  },
  { name: "set", args: "<option>", children: SET_COMMANDS },
  { name: "get", args: "<option>", children: LIST_COMMANDS },
  { name: "params", args: "<option>", children: PARAMS_COMMANDS },
  {
    name: "ksadd",
    args: "<uint>",
    help: "subscribe to 'keyspace' database",
    run: keyspace,
  },
  {
    name: "ksrm",
    args: "<uint>",
    help: "unsubscribe to 'keyspace' database and remove all foreign calls for that 'keyspace'",
    run: keyspace,
  },
  { name: "kslist", help: "print all currently subscribed keyspaces", run: keyspace },
  {
    name: "active",
    help: "set all running sessions to 'owned'",
    run: (context) => switchRole(context, false),
  },
  {
    name: "standby",
    help: "set all running sessions to 'foreign'",
    run: (context) => switchRole(context, true),
  },
  {
    name: "debug",
    args: "<callid> on | off",
    help: "set debugging flag for given call",
    run: debug,
  },
  CALL as Command<CliContext>,
  { name: "media", args: "<option>", children: MEDIA_COMMANDS },
];

/** Runs one command line. */
export function runLine(context: CliContext, line: string): string {
  return dispatch(COMMAND_TREE, context, line, INCOMPLETE);
}
