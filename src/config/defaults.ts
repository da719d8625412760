/**
 * The free-standing configuration of `rtpedge start`: safe, on loopback only, and complete, so that a first
 * look needs no file. It is weaker than a configuration file, the environment and the command line. The file
 * named here need not exist: the dashboard writes it.
 *
 * @module
 */

import type { OptionName } from "./options.ts";
import type { Given } from "./source.ts";
import type { Environment } from "./sources.ts";

/** Values of the `start` command, by option. */
export function embeddedDefaults(env: Environment): readonly Given[] {
  const values: Partial<Record<OptionName, readonly string[]>> = {
    "config-file": [`${stateDirectory(env)}/rtpedge.conf`],
    "foreground": ["true"],
    "log-stderr": ["true"],
    "interface": ["127.0.0.1"],
    "listen-ng": ["127.0.0.1:2223"],
    "listen-tcp-ng": ["127.0.0.1:2223"],
    "listen-http": ["127.0.0.1:2225"],
    "listen-https": ["127.0.0.1:2226"],
    "listen-cli": ["127.0.0.1:9900"],
    "control-allow": ["127.0.0.0/8", "::1"],
    "control-rate": ["5000"],
    "endpoint-learning": ["heuristic"],
    "strict-source": ["true"],
    "table": ["-1"],
    "data-dir": [stateDirectory(env)],
    "journal": ["calls.db"],
    "access-db": ["access.db"],
    "history-db": ["history.db"],
    "http-hosts": ["localhost"],
  };
  return Object.entries(values).map(([name, texts]) => ({
    name,
    texts,
    source: { kind: "embedded" },
  }));
}

/** `rtpedge` below XDG_STATE_HOME, or where the XDG base directory specification has it otherwise. */
export function stateDirectory(env: Environment): string {
  const state = env["XDG_STATE_HOME"];
  // relative paths are to be ignored, says the specification
  if (state?.startsWith("/")) return `${state}/rtpedge`;
  const home = env["HOME"];
  return home?.startsWith("/") ? `${home}/.local/state/rtpedge` : "/var/lib/rtpedge";
}
