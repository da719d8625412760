/**
 * Log levels: the numbers of syslog, which rtpengine's options use, and their names.
 *
 * @module
 */

/** Level names; the position is the number. */
export const LEVEL_NAMES = [
  "emergency",
  "alert",
  "critical",
  "error",
  "warning",
  "notice",
  "info",
  "debug",
] as const;

/** Name of a level. */
export type LevelName = typeof LEVEL_NAMES[number];

/** Number of a level, 0 (worst) to 7. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Lowest threshold: nothing is logged. */
export const MIN_THRESHOLD = -1;

/** Highest threshold: everything is logged. */
export const MAX_THRESHOLD = 7;

const LEVELS: Readonly<Record<LevelName, Level>> = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/** Number of a named level. */
export function levelOf(name: LevelName): Level {
  return LEVELS[name];
}

/** Brings any number into the range of thresholds. */
export function clampThreshold(level: number): number {
  return Math.max(MIN_THRESHOLD, Math.min(MAX_THRESHOLD, Math.trunc(level)));
}

/** The parts of the daemon that have a log level of their own: `log-level-NAME`. */
export const SUBSYSTEMS = [
  "core",
  "control",
  "http",
  "rtcp",
  "ice",
  "crypto",
  "srtp",
  "codec",
  "transcoding",
  "dtx",
  "ffmpeg",
  "spandsp",
  "internals",
] as const;

/** Name of such a part. */
export type Subsystem = typeof SUBSYSTEMS[number];
