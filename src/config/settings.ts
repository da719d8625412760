/**
 * From the configuration to the values that may change while the daemon runs.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
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
    sipSource: config["sip-source"],
    endpointLearning: config["endpoint-learning"],
    strictSource: config["strict-source"],
    logLevel: Math.min(config["log-level"], MAX_LOG_LEVEL),
  };
}
