/**
 * Which options take effect when the configuration is read again, and which at the next start only.
 *
 * @module
 */

import { ALLOW_OPTIONS } from "./listeners.ts";
import { OPTION_NAMES, type OptionName } from "./options.ts";

const LIVE: ReadonlySet<string> = new Set<OptionName>([
  "timeout",
  "silent-timeout",
  "final-timeout",
  "offer-timeout",
  "delete-delay",
  "max-sessions",
  "max-load",
  "max-cpu",
  "max-bandwidth",
  "tos",
  "save-interface-ports",
  "sip-source",
  "endpoint-learning",
  "strict-source",
  "log-level",
  ...OPTION_NAMES.filter((name) => name.startsWith("log-level-")),
  "templates",
  "control-allow",
  ...Object.values(ALLOW_OPTIONS),
  "control-auth",
  "http-hosts",
  "https-cert",
  "https-key",
  "https-client-ca",
]);

/** Whether a change of this option needs no restart. */
export function takesEffectAtReload(name: OptionName): boolean {
  return LIVE.has(name);
}
