/**
 * The `list` commands, also reachable as `get`.
 *
 * @module
 */

import { jsonStats } from "../stats/mod.ts";
import type { CliContext } from "./context.ts";
import { LOG_SYSTEMS } from "./log_levels.ts";
import { sessionCountText, sessionsText } from "./sessions.ts";
import { countersText, interfacesText, totalsText } from "./totals.ts";
import type { Command } from "./tree.ts";

type ListCommand = Command<CliContext>;

function value(
  name: string,
  help: string,
  text: (context: CliContext) => string,
): ListCommand {
  return { name, help, run: (context) => `${text(context)}\n` };
}

function limit(
  name: string,
  help: string,
  title: string,
  text: (context: CliContext) => string | number,
): ListCommand {
  return value(
    name,
    help,
    (context) => `Maximum ${title} configured on rtpengine: ${text(context)}`,
  );
}

function parameter(
  name: string,
  option: string,
  text: (context: CliContext) => string | number,
): ListCommand {
  return value(name, `print ${option} parameter`, (context) => String(text(context)));
}

function logLevelText(context: CliContext, system: string): string {
  if (system === "") {
    return Array.from(context.logLevels.entries(), ([name, level]) => `${name} = ${level}\n`)
      .join("");
  }
  const level = context.logLevels.get(system);
  return level === undefined ? "" : `${level}\n`;
}

/** The commands below `list`. */
export const LIST_COMMANDS: readonly ListCommand[] = [
  { name: "numsessions", help: "print the number of sessions", run: sessionCountText },
  {
    name: "sessions",
    args: "<callid> | all | own | foreign",
    help: "list sessions, or print details or one session",
    run: sessionsText,
  },
  {
    name: "totals",
    help: "print total statistics",
    run: ({ deps }) => totalsText(deps.statistics),
  },
  {
    name: "counters",
    help: "print per-second counters",
    run: ({ deps }) => countersText(deps.statistics),
  },
  limit(
    "maxopenfiles",
    "print the number of allowed open files",
    "open-files",
    ({ deps }) => `${deps.openFiles?.() ?? 0}; cat /proc/${deps.statistics.pid}/limits`,
  ),
  limit(
    "maxsessions",
    "print the number of allowed sessions",
    "sessions",
    ({ deps }) => deps.settings.maxSessions,
  ),
  limit(
    "maxcpu",
    "print maximum CPU usage allowed",
    "CPU usage",
    ({ deps }) => deps.settings.maxCpu.toFixed(1),
  ),
  limit(
    "maxload",
    "print maximum load average allowed",
    "load average",
    ({ deps }) => deps.settings.maxLoad.toFixed(2),
  ),
  limit(
    "maxbw",
    "print maximum bandwidth usage average allowed",
    "bandwidth",
    ({ deps }) => deps.settings.maxBandwidth,
  ),
  parameter("timeout", "timeout", ({ deps }) => `TIMEOUT=${deps.settings.timeout}`),
  parameter(
    "silenttimeout",
    "silent-timeout",
    ({ deps }) => `SILENT_TIMEOUT=${deps.settings.silentTimeout}`,
  ),
  parameter(
    "offertimeout",
    "offer-timeout",
    ({ deps }) => `OFFER_TIMEOUT=${deps.settings.offerTimeout}`,
  ),
  parameter(
    "finaltimeout",
    "final-timeout",
    ({ deps }) => `FINAL_TIMEOUT=${deps.settings.finalTimeout}`,
  ),
  {
    name: "loglevels",
    help: "list available log levels",
    run: () => LOG_SYSTEMS.map(({ name, description }) => `${name} - ${description}\n`).join(""),
  },
  {
    name: "loglevel",
    args: "[<system>]",
    help: "print all current log levels, or one log level",
    run: logLevelText,
  },
  parameter("redisallowederrors", "redis-allowed-errors", ({ redis }) => redis.allowedErrors),
  parameter("redisdisabletime", "redis-disable-time", ({ redis }) => redis.disableTime),
  parameter("redisconnecttimeout", "redis-connect-timeout", ({ redis }) => redis.connectTimeout),
  parameter("rediscmdtimeout", "redis-cmd-timeout", ({ redis }) => redis.commandTimeout),
  parameter("controltos", "control-tos", ({ deps }) => deps.settings.controlTos),
  parameter("deletedelay", "delete-delay", ({ deps }) => deps.settings.deleteDelay),
  {
    name: "interfaces",
    help: "print local interface/port statistics",
    run: ({ deps }) => interfacesText(deps.statistics),
  },
  {
    name: "jsonstats",
    help: "print total statistics in JSON format",
    run: ({ deps }) => jsonStats(deps.statistics),
  },
  { name: "transcoders", help: "print transcoding statistics", run: () => "No stats entries\n" },
];
