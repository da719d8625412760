/**
 * The control tree of rtpengine-ctl: one line in, text out. Owns the commands and their words; must not
 * know which listener carried the line.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { runLine } from "./commands.ts";
import { CliContext, type CliDeps } from "./context.ts";

export type { CliDeps } from "./context.ts";
export { CTL_HELP, type CtlDeps, DEFAULT_ADDRESS, DEFAULT_PORT, runCtl } from "./ctl.ts";
export { CTL_TIMEOUT_MS, exchangeLine } from "./ctl_exchange.ts";
export { LOG_SYSTEMS, LogLevels, type LogSystem } from "./log_levels.ts";

/** The control tree, ready to run commands. */
export interface Cli {
  /**
   * Runs one command.
   *
   * @param line without line end
   * @returns the answer, also for commands nobody knows; "" for an empty line
   */
  run(line: ByteString): ByteString;
}

/** Makes a control tree; `params start` shows the settings as they are now. */
export function createCli(deps: CliDeps): Cli {
  const context = new CliContext(deps);
  return { run: (line) => runLine(context, line) };
}
