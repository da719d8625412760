/**
 * The control tree of rtpengine-ctl: one line in, text out. Owns the commands and their words; must not
 * know which listener carried the line.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { NgError, type NgRequest, type ReplyDict } from "../ng/mod.ts";
import { COMMAND_TREE, runLine } from "./commands.ts";
import type { CommandHelp } from "./tree.ts";
import { CliContext, type CliDeps } from "./context.ts";

export type { CliDeps } from "./context.ts";
export type { CommandHelp } from "./tree.ts";
export { CTL_HELP, type CtlDeps, DEFAULT_ADDRESS, DEFAULT_PORT, isFailure, runCtl } from "./ctl.ts";
export { CTL_TIMEOUT_MS, exchangeLine } from "./ctl_exchange.ts";
export { LOG_SYSTEMS, LogLevels, type LogSystem } from "./log_levels.ts";

/** The commands of the control tree, for completion. */
export const CTL_COMMANDS: readonly CommandHelp[] = COMMAND_TREE;

/** The control tree, ready to run commands. */
export interface Cli {
  /**
   * Runs one command.
   *
   * @param line without line end
   * @returns the answer, also for lines that are empty and commands nobody knows
   */
  run(line: ByteString): ByteString;
}

/** Makes a control tree; `params start` shows the settings as they are now. */
export function createCli(deps: CliDeps): Cli {
  const context = new CliContext(deps);
  return { run: (line) => runLine(context, line) };
}

/**
 * The reply to the ng command `cli`: its `body` is one command line.
 *
 * @param run runs the line
 * @throws NgError without a body
 */
export function cliReply(
  { other }: Pick<NgRequest, "other">,
  run: (line: ByteString) => ByteString,
): ReplyDict {
  const body = other?.get("body");
  if (typeof body !== "string") throw new NgError("No 'body' in message");
  return { response: run(body.replace(/\r?\n$/, "")) };
}
