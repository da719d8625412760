/**
 * The `set` commands.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
import type { CliContext } from "./context.ts";
import { type Parsed, parseDecimal, parseInteger, parseUnsigned } from "./numbers.ts";
import { type Command, MORE_PARAMETERS, splitWord } from "./tree.ts";

type SetCommand = Command<CliContext>;

/** Smallest limit of open files that may be asked for. */
const MIN_OPEN_FILES = 65536;
/** The system error number of an operation that is not permitted (EPERM on Linux). */
const NOT_PERMITTED = 1;

function command(
  name: string,
  args: string,
  help: string,
  apply: (context: CliContext, text: string) => string,
): SetCommand {
  return {
    name,
    args,
    help,
    run: (context, rest) => rest === "" ? MORE_PARAMETERS : apply(context, rest),
  };
}

function fail(name: string, text: string, reason: string): string {
  return `Fail setting ${name} to ${text}; ${reason}\n`;
}

function success(name: string, value: number | string): string {
  return `Success setting ${name} to ${value}\n`;
}

/** A setting that takes any number its reader accepts. */
function numeric(
  name: string,
  args: string,
  help: string,
  title: string,
  parse: (text: string) => Parsed,
  apply: (settings: Settings, value: number) => void,
  show: (value: number) => string = String,
): SetCommand {
  return command(name, args, help, (context, text) => {
    const parsed = parse(text);
    if (parsed.failure !== undefined) return fail(title, text, parsed.failure);
    apply(context.deps.settings, parsed.value);
    return success(title, show(parsed.value));
  });
}

/** A limit is kept to hundredths; what is finer is cut off. */
function cut(value: number): number {
  return Math.trunc(value * 100) / 100;
}

function timeout(
  name: string,
  option: string,
  key: "timeout" | "silentTimeout" | "offerTimeout" | "finalTimeout",
): SetCommand {
  return numeric(
    name,
    "<uint>",
    `set the --${option} parameter`,
    "timeout",
    parseUnsigned,
    (settings, value) => settings[key] = value,
  );
}

function setMaxOpenFiles({ deps }: CliContext, text: string): string {
  const parsed = parseUnsigned(text);
  if (parsed.failure !== undefined) return fail("open_files", text, parsed.failure);
  if (parsed.value < MIN_OPEN_FILES) {
    return fail("open_files", text, `can't set it under ${MIN_OPEN_FILES}`);
  }
  return deps.setOpenFiles?.(parsed.value) === true
    ? success("open_files", parsed.value)
    : fail("open_files", text, `errno = ${NOT_PERMITTED}`);
}

function setMaxSessions(context: CliContext, text: string): string {
  const parsed = parseInteger(text);
  if (parsed.failure !== undefined) return fail("maxsessions", text, parsed.failure);
  if (parsed.value < -1) {
    return fail("maxsessions", text, "either positive or -1 values allowed");
  }
  context.deps.settings.maxSessions = parsed.value;
  return success(
    "maxsessions",
    parsed.value < 0 ? `${parsed.value}; disable feature` : parsed.value,
  );
}

function setLogLevel(context: CliContext, text: string): string {
  const [first, second] = splitWord(text);
  if (/^\d/.test(first)) {
    const level = parseUnsigned(first);
    if (level.failure !== undefined) return fail("loglevel", first, level.failure);
    context.logLevels.setAll(level.value);
    return success("loglevel", level.value);
  }
  if (second === "") return MORE_PARAMETERS;
  const level = parseUnsigned(second);
  if (level.failure !== undefined) return fail("loglevel", second, level.failure);
  return context.logLevels.set(first, level.value)
    ? success("loglevel", level.value)
    : fail("loglevel", second, `no subsystem named ${first}`);
}

function setControlTos(context: CliContext, text: string): string {
  const { value } = parseInteger(text);
  if (value === undefined || value < 0 || value > 255) {
    return `Invalid control-tos value ${text}, must be between 0 and 255\n`;
  }
  context.deps.settings.controlTos = value;
  return success("control-tos", value);
}

function setDeleteDelay(context: CliContext, text: string): string {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    return "Invalid delete-delay value\n";
  }
  context.deps.settings.deleteDelay = Number(text);
  return success("delete-delay", Number(text));
}

function redis(
  name: string,
  args: string,
  option: string,
  key: keyof CliContext["redis"],
  minimum: number,
): SetCommand {
  return command(name, args, `set the --${option} parameter`, (context, text) => {
    const { value } = parseInteger(text);
    if (value === undefined || value < minimum) {
      const bound = minimum === 1 ? "> 0" : `>= ${minimum}`;
      return `Invalid ${option} value ${text}, must be ${bound}\n`;
    }
    context.redis[key] = value;
    return success(option, value);
  });
}

function redisDisable(_context: CliContext, text: string): string {
  return text === "1" ? "No redis write to disable\n" : "No redis write to re-enable\n";
}

/** The commands below `set`. */
export const SET_COMMANDS: readonly SetCommand[] = [
  command("maxopenfiles", "<uint>", "set the max number of allowed open files", setMaxOpenFiles),
  command("maxsessions", "<int>", "set the max number of allowed sessions", setMaxSessions),
  numeric(
    "maxcpu",
    "<float>",
    "set maximum CPU usage allowed",
    "maxcpu",
    parseDecimal,
    (settings, value) => settings.maxCpu = cut(value),
    (value) => value.toFixed(1),
  ),
  numeric(
    "maxload",
    "<float>",
    "set maximum load average allowed",
    "maxload",
    parseDecimal,
    (settings, value) => settings.maxLoad = cut(value),
    (value) => value.toFixed(2),
  ),
  numeric(
    "maxbw",
    "<uint>",
    "set maximum bandwidth usage average allowed",
    "maxbw",
    parseUnsigned,
    (settings, value) => settings.maxBandwidth = value,
  ),
  timeout("timeout", "timeout", "timeout"),
  timeout("silenttimeout", "silent-timeout", "silentTimeout"),
  timeout("offertimeout", "offer-timeout", "offerTimeout"),
  timeout("finaltimeout", "final-timeout", "finalTimeout"),
  command(
    "loglevel",
    "<uint> | <sys> <uint>",
    "set one or all log levels to new value (1-7)",
    setLogLevel,
  ),
  redis("redisallowederrors", "<int>", "redis-allowed-errors", "allowedErrors", -1),
  redis("redisdisabletime", "<uint>", "redis-disable-time", "disableTime", 0),
  command("redisdisable", "0 | 1", "toggle disable writing to Redis", redisDisable),
  redis("redisconnecttimeout", "<uint>", "redis-connect-timeout", "connectTimeout", 1),
  redis("rediscmdtimeout", "<uint>", "redis-cmd-timeout", "commandTimeout", 0),
  command("controltos", "<uint>", "set the --control-tos parameter", setControlTos),
  command("deletedelay", "<uint>", "set the --delete-delay parameter", setDeleteDelay),
];
