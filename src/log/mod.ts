/**
 * Structured logs. Owns levels, the look of lines, the rate limit on lines that packets provoke. Does not
 * know calls, only their ids.
 *
 * @example
 * ```ts
 * import { systemClock } from "../core/clock.ts";
 * import { lineSink, Logs } from "./mod.ts";
 *
 * const lines: string[] = [];
 * const style = { format: "default", timestamps: false, journal: false } as const;
 * const sink = lineSink(style, (line) => lines.push(line));
 * const logs = new Logs({ level: 6, sink, clock: systemClock });
 * logs.logger("control").forCall("abc").info("Creating new call");
 * if (lines[0] !== "INFO: [abc]: [control] Creating new call") throw new Error(lines[0]);
 * ```
 *
 * @module
 */

export { type Clock } from "../core/clock.ts";
export {
  type Entry,
  type Fields,
  type Format,
  formatEntry,
  type LineStyle,
  printable,
} from "./format.ts";
export {
  type Level,
  LEVEL_NAMES,
  type LevelName,
  levelOf,
  type Subsystem,
  SUBSYSTEMS,
} from "./level.ts";
export { DEFAULT_LIMIT, type LimitOptions, RateLimit, type Verdict } from "./limit.ts";
export { type EntrySink, type Logger, Logs, type LogsOptions, type Message } from "./logs.ts";
export {
  DEFAULT_RING,
  type KeptEntry,
  type LogFilter,
  LogRing,
  matcher,
  type RingLimits,
} from "./ring.ts";
export {
  lineSink,
  lineStyle,
  type LineWriter,
  stderrStream,
  type StyleOptions,
  writeStderr,
} from "./sink.ts";
