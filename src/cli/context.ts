/**
 * What the commands work with.
 *
 * @module
 */

import type { CallRegistry } from "../call/types.ts";
import type { ByteString } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import type { Settings } from "../core/settings.ts";
import type { Statistics } from "../stats/mod.ts";
import { LogLevels } from "./log_levels.ts";

/** What {@link createCli} needs from the rest of the program. */
export interface CliDeps {
  /** Time for durations. */
  readonly clock: Clock;
  /** Read and changed in place. */
  readonly settings: Settings;
  /** Shown by most of the `list` commands. */
  readonly statistics: Statistics;
  /** Listed and terminated. */
  readonly calls: CallRegistry;
  /** Log levels by subsystem; made from `settings` when absent. */
  readonly logLevels?: LogLevels;
  /** Limit on open files of this process; absent = unknown, shown as 0. */
  readonly openFiles?: () => number;
  /** Sets that limit; false = the system did not allow it. Absent = it cannot be changed. */
  readonly setOpenFiles?: (limit: number) => boolean;
  /** Configured value of an option by its long name, for `params`; undefined = at its default. */
  readonly option?: (name: string) => string | undefined;
  /** Marks every call as own or foreign; absent = there is no standby role to switch. */
  readonly setForeign?: (foreign: boolean) => void;
  /** Call-ids whose log lines are written at debug level; absent = a set nobody reads. */
  readonly debugCalls?: Set<ByteString>;
}

/** Redis settings that can be shown and set although no Redis is configured. */
export interface RedisSettings {
  allowedErrors: number;
  /** Seconds. */
  disableTime: number;
  /** Milliseconds. */
  connectTimeout: number;
  /** Milliseconds. */
  commandTimeout: number;
}

/** The values `params` compares. */
export interface Parameters {
  readonly settings: Settings;
  readonly redis: RedisSettings;
  readonly levels: ReadonlyMap<string, number>;
  /** Relay threads. */
  readonly threads: number;
}

/** The context every command gets. */
export class CliContext {
  readonly deps: CliDeps;
  readonly logLevels: LogLevels;
  readonly debugCalls: Set<ByteString>;
  readonly redis: RedisSettings = {
    allowedErrors: -1,
    disableTime: 10,
    connectTimeout: 1000,
    commandTimeout: 0,
  };
  /** Parameters at the time of creation. */
  readonly start: Parameters;

  constructor(deps: CliDeps) {
    this.deps = deps;
    this.logLevels = deps.logLevels ?? new LogLevels(deps.settings);
    this.debugCalls = deps.debugCalls ?? new Set();
    this.start = this.current();
  }

  /** A copy of the parameters as they are now. */
  current(): Parameters {
    return {
      settings: { ...this.deps.settings },
      redis: { ...this.redis },
      levels: new Map(this.logLevels.entries()),
      threads: this.deps.statistics.threads.length,
    };
  }
}
