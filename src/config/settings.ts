/**
 * From the configuration to the values that may change while the daemon runs.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
import { type Subsystem, SUBSYSTEMS } from "../log/level.ts";
import type { Config } from "./options.ts";

/** Highest log level: debug. */
const MAX_LOG_LEVEL = 7;

/** A new, mutable {@link Settings} from a configuration. */
export function settingsFrom(config: Config): Settings {
  return {
    timeout: config.timeout,
    silentTimeout: config["silent-timeout"],
    finalTimeout: config["final-timeout"],
    offerTimeout: config["offer-timeout"],
    deleteDelay: config["delete-delay"],
    maxSessions: config["max-sessions"],
    maxLoad: config["max-load"],
    maxCpu: config["max-cpu"],
    maxBandwidth: config["max-bandwidth"],
    tos: config.tos,
    controlTos: config["control-tos"],
    saveInterfacePorts: config["save-interface-ports"],
    sipSource: config["sip-source"],
    endpointLearning: config["endpoint-learning"],
    strictSource: config["strict-source"],
    logLevel: Math.min(config["log-level"], MAX_LOG_LEVEL),
  };
}

/** Log levels of the subsystems that have one of their own, for `Logs`. */
export function subsystemLevels(config: Config): Partial<Record<Subsystem, number>> {
  const levels: Partial<Record<Subsystem, number>> = {};
  for (const subsystem of SUBSYSTEMS) {
    const level = config[`log-level-${subsystem}`];
    if (level !== undefined) levels[subsystem] = level;
  }
  return levels;
}
