/**
 * `rtpedge doctor`, put together: asks the daemon, or looks at host and configuration without one. Part of the
 * composition root.
 *
 * @module
 */

import {
  embeddedDefaults,
  loadConfig,
  type LoadedConfig,
  openListeners,
  systemHost,
} from "./config/mod.ts";
import { systemClock } from "./core/clock.ts";
import { healthFacts, hostFacts, worstLevel } from "./health/mod.ts";
import { writeOut } from "./stdout.ts";
import { databaseFile } from "./store/mod.ts";
import { healthStatus, healthText, runAdminCommand } from "./terminal/mod.ts";
import { reachOf, terminalIo } from "./terminal_io.ts";
import { GENERATED, loadIdentity, uploadedIdentity } from "./tls/mod.ts";

type Environment = Readonly<Record<string, string>>;

/** Runs the command. @returns the exit status */
export async function doctor(args: readonly string[], env: Environment): Promise<number> {
  const json = args.includes("--json");
  if (args.includes("--help")) {
    writeOut(new TextEncoder().encode(DOCTOR_HELP));
    return 0;
  }
  const io = terminalIo(env);
  const rest = args.filter((arg) => arg !== "--json");
  if (rest.length === 0 && reachOf(env).sockets().length > 0) {
    return await runAdminCommand(["health", ...args], io, reachOf(env));
  }
  const start = rest.length === 0 || rest[0] === "start";
  const result = await loadConfig(rest[0] === "start" ? rest.slice(1) : rest, {
    env,
    host: systemHost,
    ...(start ? { embedded: embeddedDefaults(env) } : {}),
  });
  if (result.outcome !== "run") {
    const errors = result.outcome === "errors" ? result.errors : [`what is ${result.outcome}?`];
    if (json) io.out(`${JSON.stringify({ level: "problem", errors }, null, 2)}\n`);
    else for (const error of errors) io.err(`the daemon would not start: ${error}\n`);
    return 1;
  }
  const facts = factsWithoutDaemon(result.loaded);
  const level = worstLevel(facts);
  if (json) io.out(`${JSON.stringify({ level, daemon: false, facts }, null, 2)}\n`);
  else {
    io.out(healthText(level, facts, io.paint));
    io.err("no daemon was asked: this is what the host and the configuration say\n");
  }
  return healthStatus(level);
}

const DOCTOR_HELP = `Usage: rtpedge doctor [--json] [OPTIONS OF THE DAEMON]

Says what is well, what is not, and what to do. Where a daemon runs that this user may ask (as
root or its user), it is asked; else, or with options of the daemon such as --config-file=FILE,
the host and that configuration are looked at. Exit status 1: there is a problem.
`;

function factsWithoutDaemon({ config, interfaces, listeners }: LoadedConfig) {
  const directory = config["data-dir"];
  const looked = existing(directory);
  return healthFacts({
    now: systemClock.wall(),
    ...hostFacts(looked),
    relay: undefined,
    overflow: undefined,
    ringLost: {},
    // root can give the daemon whatever it needs
    table: config.table,
    ports: [],
    openFiles: undefined,
    mediaPorts: interfaces.addresses.map(({ portMin, portMax }) => [portMin, portMax]),
    certificateExpires: listeners.https.length === 0 ? undefined : certificateEnd(config),
    open: openListeners(listeners, config),
    journalled: databaseFile(config.journal, directory) !== undefined,
  });
}

/** The nearest directory that is there: the first start makes the others. */
function existing(path: string): string {
  for (let at = path; at.lastIndexOf("/") > 0; at = at.slice(0, at.lastIndexOf("/"))) {
    try {
      Deno.statSync(at);
      return at;
    } catch {
      continue;
    }
  }
  return "/";
}

function certificateEnd(config: LoadedConfig["config"]): number | undefined {
  const directory = config["data-dir"];
  try {
    const option = config["https-cert"];
    if (option !== undefined) return loadIdentity(option, config["https-key"]).notAfter;
    return uploadedIdentity(directory)?.notAfter ??
      loadIdentity(`${directory}/${GENERATED.cert}`, `${directory}/${GENERATED.key}`).notAfter;
  } catch {
    return undefined;
  }
}
