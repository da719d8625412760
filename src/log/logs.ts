/**
 * Loggers: by subsystem, by call, with levels that can change at any time. LogTape carries the entries from
 * here to the sink; nothing outside this folder knows it.
 *
 * @module
 */

import { configureSync, getLogger, type LogLevel, type LogRecord } from "@logtape/logtape";
import type { Clock } from "../core/clock.ts";
import type { Entry, Fields } from "./format.ts";
import {
  clampThreshold,
  type Level,
  type LevelName,
  levelOf,
  type Subsystem,
  SUBSYSTEMS,
} from "./level.ts";
import { type LimitOptions, RateLimit } from "./limit.ts";

/** A message, or how to make it when it is needed. */
export type Message = string | (() => string);

/** Where entries go. */
export type EntrySink = (entry: Entry) => void;

/** Logs for one subsystem, and perhaps one call. */
export interface Logger {
  /** Whether entries of this level are logged; look before making an expensive message. */
  enabled(level: LevelName): boolean;
  /** Logs at a level given by name. */
  log(level: LevelName, message: Message, fields?: Fields): void;
  /**
   * Logs what a packet provoked: a few lines for each key and window, the others are counted and the count
   * is logged with the next line.
   *
   * @param key what kind of line this is, and perhaps from where
   */
  limited(level: LevelName, key: string, message: Message, fields?: Fields): void;
  /** The daemon cannot go on. */
  critical(message: Message, fields?: Fields): void;
  /** Something asked for was not done. */
  error(message: Message, fields?: Fields): void;
  /** Something may be wrong. */
  warning(message: Message, fields?: Fields): void;
  /** Normal but worth noticing. */
  notice(message: Message, fields?: Fields): void;
  /** What happens in normal operation. */
  info(message: Message, fields?: Fields): void;
  /** What only a developer wants. */
  debug(message: Message, fields?: Fields): void;
  /** The same logger with a call-id on every line. */
  forCall(callId: string): Logger;
}

/** How {@link Logs} are made. */
export interface LogsOptions {
  /** Threshold of all subsystems, -1..7. */
  readonly level: number;
  /** Thresholds that differ. */
  readonly levels?: Readonly<Partial<Record<Subsystem, number | undefined>>>;
  /** Takes every entry. */
  readonly sink: EntrySink;
  /** Time of entries and of the rate limit. */
  readonly clock: Clock;
  /** For lines that packets provoke. */
  readonly limit?: LimitOptions;
  /** Calls whose entries are logged whatever their level; looked at on each use. */
  readonly debugCalls?: ReadonlySet<string>;
}

const NO_FIELDS: Fields = {};
const NO_CALLS: ReadonlySet<string> = new Set();
const CATEGORY = "rtpedge";

/** The nearest of LogTape's levels, for its own filters; entries carry the exact one. */
const TRANSPORT_LEVELS: readonly LogLevel[] = [
  "fatal",
  "fatal",
  "fatal",
  "error",
  "warning",
  "info",
  "info",
  "debug",
];

/** All loggers of the process. There is one sink at a time: a second `Logs` takes it over. */
export class Logs {
  readonly #thresholds = new Map<Subsystem, number>();
  readonly #loggers = new Map<Subsystem, SubsystemLogger>();
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  readonly #debugCalls: ReadonlySet<string>;

  /** Makes the loggers and connects them to the sink. */
  constructor({ level, levels = {}, sink, clock, limit, debugCalls = NO_CALLS }: LogsOptions) {
    this.#clock = clock;
    this.#debugCalls = debugCalls;
    this.#limit = new RateLimit(clock, limit);
    configureSync({
      reset: true,
      sinks: { main: (record) => sink(entryOf(record)) },
      loggers: [
        { category: [CATEGORY], lowestLevel: "trace", sinks: ["main"] },
        { category: ["logtape", "meta"], lowestLevel: "fatal", sinks: [] },
      ],
    });
    for (const subsystem of SUBSYSTEMS) {
      this.setLevel(levels[subsystem] ?? level, subsystem);
    }
  }

  /** The logger of a subsystem. */
  logger(subsystem: Subsystem): Logger {
    let logger = this.#loggers.get(subsystem);
    if (logger === undefined) {
      const state = { threshold: this.level(subsystem), debugCalls: this.#debugCalls };
      logger = new SubsystemLogger(subsystem, this.#clock, this.#limit, state);
      this.#loggers.set(subsystem, logger);
    }
    return logger;
  }

  /** Threshold of a subsystem. */
  level(subsystem: Subsystem): number {
    return this.#thresholds.get(subsystem)!;
  }

  /** Changes the threshold of one subsystem, or of all of them; outside -1..7 is brought inside. */
  setLevel(level: number, subsystem?: Subsystem): void {
    const threshold = clampThreshold(level);
    for (const name of subsystem === undefined ? SUBSYSTEMS : [subsystem]) {
      this.#thresholds.set(name, threshold);
      const logger = this.#loggers.get(name);
      if (logger !== undefined) logger.threshold = threshold;
    }
  }

  /** Raises (1) or lowers (-1) every threshold, as the signals USR2 and USR1 do. */
  shiftLevels(step: number): void {
    for (const subsystem of SUBSYSTEMS) this.setLevel(this.level(subsystem) + step, subsystem);
  }

  /** Logs how many lines were held back where no further line will tell; for a slow timer. */
  tellSuppressed(): void {
    for (const { key, suppressed } of this.#limit.takeOverdue()) {
      this.logger("core").notice(`suppressed ${suppressed} lines`, { key });
    }
  }
}

/** Shared by a subsystem's logger and those of its calls. */
interface State {
  threshold: number;
  readonly debugCalls: ReadonlySet<string>;
}

abstract class BaseLogger implements Logger {
  abstract enabled(level: LevelName): boolean;
  abstract log(level: LevelName, message: Message, fields?: Fields): void;
  abstract limited(level: LevelName, key: string, message: Message, fields?: Fields): void;
  abstract forCall(callId: string): Logger;

  critical(message: Message, fields?: Fields): void {
    this.log("critical", message, fields);
  }

  error(message: Message, fields?: Fields): void {
    this.log("error", message, fields);
  }

  warning(message: Message, fields?: Fields): void {
    this.log("warning", message, fields);
  }

  notice(message: Message, fields?: Fields): void {
    this.log("notice", message, fields);
  }

  info(message: Message, fields?: Fields): void {
    this.log("info", message, fields);
  }

  debug(message: Message, fields?: Fields): void {
    this.log("debug", message, fields);
  }
}

class SubsystemLogger extends BaseLogger {
  readonly #subsystem: Subsystem;
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #callId: string | undefined;
  readonly #state: State;

  constructor(
    subsystem: Subsystem,
    clock: Clock,
    limit: RateLimit,
    state: State,
    callId?: string,
  ) {
    super();
    this.#subsystem = subsystem;
    this.#clock = clock;
    this.#limit = limit;
    this.#callId = callId;
    this.#state = state;
  }

  set threshold(threshold: number) {
    this.#state.threshold = threshold;
  }

  enabled(level: LevelName): boolean {
    return this.#passes(levelOf(level));
  }

  log(level: LevelName, message: Message, fields: Fields = NO_FIELDS): void {
    const number = levelOf(level);
    if (this.#passes(number)) this.#emit(number, message, fields);
  }

  limited(level: LevelName, key: string, message: Message, fields: Fields = NO_FIELDS): void {
    const number = levelOf(level);
    if (!this.#passes(number)) return;
    const { pass, suppressed } = this.#limit.take(`${this.#subsystem} ${key}`);
    if (!pass) return;
    if (suppressed > 0) this.#emit(number, `suppressed ${suppressed} lines`, { key });
    this.#emit(number, message, fields);
  }

  forCall(callId: string): Logger {
    return new SubsystemLogger(this.#subsystem, this.#clock, this.#limit, this.#state, callId);
  }

  #passes(level: Level): boolean {
    const { threshold, debugCalls } = this.#state;
    if (level <= threshold) return true;
    return debugCalls.size > 0 && this.#callId !== undefined && debugCalls.has(this.#callId);
  }

  #emit(level: Level, message: Message, fields: Fields): void {
    const text = typeof message === "string" ? message : message();
    const properties: Properties = {
      level,
      callId: this.#callId ?? callIdIn(fields),
      fields: this.#callId === undefined ? withoutCallId(fields) : fields,
    };
    // emit() takes the text as it is: a template would give {…} in it a meaning
    getLogger([CATEGORY, this.#subsystem]).emit({
      timestamp: this.#clock.wall(),
      level: TRANSPORT_LEVELS[level]!,
      message: [text],
      rawMessage: text,
      properties: { ...properties },
    });
  }
}

interface Properties {
  readonly level: Level;
  readonly callId: string | undefined;
  readonly fields: Fields;
}

const CALL_ID_FIELD = "call-id";

function callIdIn(fields: Fields): string | undefined {
  const value = fields[CALL_ID_FIELD];
  return typeof value === "string" ? value : undefined;
}

function withoutCallId(fields: Fields): Fields {
  if (callIdIn(fields) === undefined) return fields;
  const { [CALL_ID_FIELD]: _, ...others } = fields;
  return others;
}

function entryOf({ category, timestamp, message, properties }: LogRecord): Entry {
  const { level, callId, fields } = properties as unknown as Properties;
  return {
    time: timestamp,
    level,
    subsystem: category[1] ?? "",
    callId,
    message: String(message[0]),
    fields,
  };
}
