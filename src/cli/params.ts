/**
 * The `params` commands: what was configured, what is in force, and the way back.
 *
 * @module
 */

import type { CliContext, Parameters } from "./context.ts";
import { hundredths, microseconds, NUMBERS, type Parameter, TEXTS } from "./param_table.ts";
import type { Command } from "./tree.ts";

/** A parameter that `set` can change, as `params diff` names it. */
interface Changeable {
  readonly name: string;
  readonly read: (parameters: Parameters) => number;
}

const CHANGEABLE: readonly Changeable[] = [
  { name: "max-sessions", read: ({ settings }) => settings.maxSessions },
  { name: "max-cpu", read: ({ settings }) => hundredths(settings.maxCpu) },
  { name: "max-load", read: ({ settings }) => hundredths(settings.maxLoad) },
  { name: "max-bw", read: ({ settings }) => settings.maxBandwidth },
  { name: "timeout", read: ({ settings }) => microseconds(settings.timeout) },
  { name: "silent-timeout", read: ({ settings }) => microseconds(settings.silentTimeout) },
  { name: "final-timeout", read: ({ settings }) => microseconds(settings.finalTimeout) },
  { name: "offer-timeout", read: ({ settings }) => microseconds(settings.offerTimeout) },
  { name: "delete-delay", read: ({ settings }) => microseconds(settings.deleteDelay) },
  { name: "control-tos", read: ({ settings }) => settings.controlTos },
  { name: "redis_allowed_errors", read: ({ redis }) => redis.allowedErrors },
  { name: "redis_disable_time", read: ({ redis }) => microseconds(redis.disableTime) },
  { name: "redis_cmd_timeout", read: ({ redis }) => redis.commandTimeout },
  { name: "redis_connect_timeout-db", read: ({ redis }) => redis.connectTimeout },
];

function parameterLines(
  context: CliContext,
  parameters: Parameters,
  list: readonly Parameter[],
): string {
  return list.map((entry) => parameterLine(context, parameters, entry)).join("");
}

function parameterLine(context: CliContext, parameters: Parameters, entry: Parameter): string {
  if (entry.live !== undefined) return `${entry.name} = ${entry.live(parameters)}\n`;
  const text = entry.option === undefined ? undefined : context.deps.option?.(entry.option);
  if (entry.repeated) {
    const values = text === undefined || text === "" ? [] : text.split(";");
    return values.map((value) => `${entry.name} = ${value.trim()}\n`).join("");
  }
  const shown = text === undefined
    ? fallbackText(context, entry)
    : entry.show?.(text) ?? truth(text);
  const hidden = entry.secret === true && shown !== "" && shown !== entry.fallback;
  return `${entry.name} = ${hidden ? "(hidden)" : shown}\n`;
}

function fallbackText(context: CliContext, { fallback = "", along }: Parameter): string {
  const other = along === undefined ? undefined : context.deps.option?.(along.option);
  return other === undefined ? fallback : along!.fallback;
}

/** Flags are printed as numbers. */
function truth(text: string): string {
  return text === "true" ? "1" : text === "false" ? "0" : text;
}

function allText(context: CliContext, parameters: Parameters): string {
  const levels = Array.from(
    parameters.levels,
    ([system, level]) => `log-level-${system} = ${level}\n`,
  );
  const interfaces = context.deps.statistics.relay.addresses.map(({ name, address }, index) =>
    `interface[${index}] = ${name}\\${address}\n`
  );
  return levels.join("") + parameterLines(context, parameters, NUMBERS) +
    `[max-cpu = ${parameters.settings.maxCpu.toFixed(1)}]\n` +
    `[max-load = ${parameters.settings.maxLoad.toFixed(2)}]\n` +
    interfaces.join("") + parameterLines(context, parameters, TEXTS);
}

function differences(context: CliContext): string {
  const { start } = context;
  const now = context.current();
  let text = "";
  for (const [system, level] of now.levels) {
    const before = start.levels.get(system);
    if (before !== level) text += `log-level-${system}: ${before} => ${level}\n`;
  }
  for (const { name, read } of CHANGEABLE) {
    const before = read(start);
    const after = read(now);
    if (before !== after) text += `${name}: ${before} => ${after}\n`;
  }
  return text;
}

function revert(context: CliContext): string {
  const { start } = context;
  Object.assign(context.deps.settings, start.settings);
  Object.assign(context.redis, start.redis);
  context.logLevels.restore(start.levels);
  return "";
}

/** The commands below `params`. */
export const PARAMS_COMMANDS: readonly Command<CliContext>[] = [
  {
    name: "start",
    help: "print initial startup configuration values",
    run: (context) => allText(context, context.start),
  },
  {
    name: "current",
    help: "print current configuration values",
    run: (context) => allText(context, context.current()),
  },
  {
    name: "diff",
    help: "print difference between current and initial config",
    run: differences,
  },
  { name: "revert", help: "revert config options to startup values", run: revert },
];
