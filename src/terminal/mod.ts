/**
 * The product in a terminal: commands of `rtpedge ctl` that ask the admin API, answers of the control tree as
 * JSON, the report of `rtpedge doctor`, completion. Knows neither sockets nor what the daemon does.
 *
 * @module
 */

export type { AdminClient } from "../client/mod.ts";
export type { HealthFact, HealthLevel } from "../health/mod.ts";
export { completionScript, SHELLS } from "./completion.ts";
export { healthStatus, healthText } from "./health_view.ts";
export {
  type AdminCommand,
  type CommandContext,
  CommandUsageError,
  type TerminalIo,
} from "./io.ts";
export {
  ADMIN_COMMANDS,
  adminCommand,
  adminHelp,
  type Reach,
  REACH_OPTIONS,
  runAdminCommand,
} from "./run.ts";
export { isSocket, socketFetch } from "./socket_fetch.ts";
export { type Cell, columns, type Paint, painter, type Tone } from "./style.ts";
export { type TextAnswer, textAnswer, type TextSection } from "./text_json.ts";
