/**
 * Commands of `rtpedge ctl` that concern the host, and need no listener of the daemon. Only what a command needs is
 * loaded.
 *
 * @module
 */

import type { Host } from "../config/mod.ts";
import type { Clock } from "../core/clock.ts";
import type { PresetPlaces } from "./apply_preset.ts";
import { requestSystem } from "./system_socket.ts";

/** The commands, with what `--help` says. */
export const APPLIANCE_COMMANDS: Readonly<Record<string, string>> = {
  "selftest": "asks the daemon of this host, and makes a call through it",
  "firewall": "prints nft commands that open what the configuration needs",
  "preset FILE": "takes over network, credentials and options from FILE",
  "update status": "shows the slots of the appliance and their versions",
  "update install [--allow-downgrade] FILE|URL": "installs a signed bundle into the other slot",
  "update rollback": "makes the other slot the one to boot",
  "factory-reset --yes": "forgets configuration, users and history, and restarts",
};

const FIRST_WORDS = new Set(Object.keys(APPLIANCE_COMMANDS).map((line) => line.split(" ")[0]!));
const DEFAULT_CONFIG = "/etc/rtpedge/rtpedge.conf";
const PLACES: Omit<PresetPlaces, "config"> = {
  network: "/etc/systemd/network",
  hostname: "/etc/hostname",
  state: "/var/lib/appliance",
};

/** What the commands need of the process. */
export interface ApplianceDeps {
  /** The environment's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Time. */
  readonly clock: Clock;
  /** Waits. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes answers. */
  readonly stdout: (text: string) => void;
  /** Takes complaints. */
  readonly stderr: (text: string) => void;
  /** Sends a request to the helper of root; the appliance's own when absent. */
  readonly request?: typeof requestSystem;
}

/**
 * Runs one of the commands.
 *
 * @param args what follows `rtpedge ctl`
 * @returns the exit status, or undefined when it is none of these commands
 */
export async function runAppliance(
  args: readonly string[],
  deps: ApplianceDeps,
): Promise<number | undefined> {
  const words = [...args];
  let config = DEFAULT_CONFIG;
  const option = /^--?config-file(?:=(.*))?$/.exec(words[0] ?? "");
  if (option !== null) {
    words.shift();
    config = option[1] ?? words.shift() ?? DEFAULT_CONFIG;
  }
  const [command, ...rest] = words;
  if (command === undefined || !FIRST_WORDS.has(command)) return undefined;
  try {
    // options may follow the command as well
    const at = rest.indexOf("--config-file");
    if (at >= 0) config = rest.splice(at, 2)[1] ?? config;
    return await dispatch(command, rest, config, deps);
  } catch (error) {
    deps.stderr(`rtpedge ctl ${command}: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

async function dispatch(
  command: string,
  rest: readonly string[],
  config: string,
  deps: ApplianceDeps,
): Promise<number> {
  switch (command) {
    case "selftest": {
      const { runSelfTest, selfTestPlan } = await import("./self_test.ts");
      const { askDaemon, openTestSocket } = await import("./self_test_io.ts");
      const plan = selfTestPlan(await loaded(config, deps));
      const { sleep } = deps;
      deps.stdout(`${await runSelfTest(plan, { ask: askDaemon, open: openTestSocket, sleep })}\n`);
      return 0;
    }
    case "firewall": {
      const { firewallText } = await import("./firewall.ts");
      deps.stdout(firewallText(await loaded(config, deps)));
      return 0;
    }
    case "preset":
      return await preset(rest[0], config, deps);
    case "update":
      return await update(rest, deps);
    default:
      if (rest[0] !== "--yes") {
        throw new Error("this forgets configuration, users and history; add --yes to do it");
      }
      return await ask("factory-reset", deps);
  }
}

async function load(
  config: string,
  { env }: Pick<ApplianceDeps, "env">,
  as: (host: Host) => Host = (host) => host,
) {
  const { loadConfig, systemHost } = await import("../config/mod.ts");
  return await loadConfig([`--config-file=${config}`], { env, host: as(systemHost) });
}

/** A host as it will be: with an address, where it has none yet. */
function hostToBe(host: Host): Host {
  return {
    ...host,
    addresses() {
      const now = host.addresses();
      if (now.some(({ device }) => device !== "lo")) return now;
      return [...now, { device: "eth0", family: 4, address: "192.0.2.1" }];
    },
  };
}

async function loaded(config: string, deps: Pick<ApplianceDeps, "env">) {
  const result = await load(config, deps);
  if (result.outcome === "run") return result.loaded;
  throw new Error(result.outcome === "errors" ? result.errors.join("; ") : "no configuration");
}

async function preset(
  file: string | undefined,
  config: string,
  deps: ApplianceDeps,
): Promise<number> {
  if (file === undefined) throw new Error("a file is needed");
  const { parsePreset, redactPreset } = await import("./preset.ts");
  const { applyPreset } = await import("./apply_preset.ts");
  const text = await Deno.readTextFile(file);
  const { preset, problems } = parsePreset(text);
  if (problems.length > 0) throw new Error(`${file}: ${problems.join("; ")}`);
  const done = await applyPreset(preset, { ...PLACES, config }, {
    clock: deps.clock,
    // applied before there is a network
    load: (path) => load(path, deps, hostToBe),
  });
  for (const line of done) deps.stdout(`preset: ${line}\n`);
  // the medium is for everybody to read
  await Deno.writeTextFile(`${file}.applied`, redactPreset(text));
  await Deno.remove(file);
  return 0;
}

async function update(words: readonly string[], deps: ApplianceDeps): Promise<number> {
  const [verb, ...rest] = words;
  switch (verb) {
    case "status":
    case "rollback":
      return await ask(verb, deps);
    case "install": {
      const downgrade = rest.includes("--allow-downgrade");
      const sources = rest.filter((word) => word !== "--allow-downgrade");
      const [source] = sources;
      if (source === undefined || sources.length > 1) throw new Error("one file or URL is needed");
      if (/\s/.test(source)) throw new Error(`"${source}" has a blank in it`);
      const where = /^https?:\/\//.test(source) || source.startsWith("/")
        ? source
        : `${Deno.cwd()}/${source}`;
      return await ask(`install ${downgrade ? "--allow-downgrade " : ""}${where}`, deps);
    }
    default:
      throw new Error(`"${verb ?? ""}" is none of status, install, rollback`);
  }
}

function ask(
  request: string,
  { stdout, request: send = requestSystem }: ApplianceDeps,
): Promise<number> {
  return send(request, (line) => stdout(`${line}\n`));
}
