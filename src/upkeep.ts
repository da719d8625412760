/**
 * Upkeep put together: logs, certificate, configuration file, backups, captures, the system. Part of the
 * composition root.
 *
 * @module
 */

import { type Access, actorOf } from "./access/mod.ts";
import type { CallService } from "./call/mod.ts";
import { type CapturePort, Captures } from "./capture/mod.ts";
import {
  ALLOW_OPTIONS,
  embeddedDefaults,
  formatCidr,
  LISTENER_OPTIONS,
  type ListenerKind,
  loadConfig,
  type LoadedConfig,
  OPTION_NAMES,
  optionNamed,
  systemHost,
} from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { formatEndpoint } from "./core/endpoint.ts";
import { VERSION } from "./daemon/mod.ts";
import { clientIssuers, type HttpsIdentity, httpsNames } from "./identity.ts";
import type { Logger, LogRing } from "./log/mod.ts";
import type { PacketCopies } from "./relay/mod.ts";
import { asideStamp } from "./store/mod.ts";
import {
  type ArchiveFile,
  BackupKeeper,
  ConfigurationFile,
  ConfigurationHistory,
  gzip,
  HttpsCertificate,
  type OptionTexts,
  reasonOf,
  redact,
  redactConfiguration,
  systemFiles,
  tar,
  updateStatus,
} from "./upkeep/mod.ts";
import { type AllowListReport, lineOf, type SystemReport, type UpkeepServices } from "./web/mod.ts";

/** Packets of captures are taken this often, in ms. */
const CAPTURE_MS = 100;

/** What upkeep is made of. */
export interface UpkeepParts {
  readonly access: Access;
  readonly calls: CallService;
  readonly copies: PacketCopies;
  readonly logs: LogRing;
  readonly log: Logger;
  readonly clock: Clock;
  /** The command line and the environment, to load a configuration. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The configuration at the start, and the one in effect. */
  readonly started: LoadedConfig;
  readonly loaded: () => LoadedConfig;
  /** What HTTPS presents. */
  readonly identity: () => HttpsIdentity | undefined;
  /** Reads certificate files again. @throws Error; then nothing has changed */
  readonly present: () => Promise<void>;
  /** Reads everything again. @returns what went wrong */
  readonly reload: () => Promise<string | undefined>;
  /** What else a support bundle holds. */
  readonly bundle: () => Promise<readonly ArchiveFile[]>;
}

/** Upkeep, running. */
export interface Upkeep {
  readonly services: UpkeepServices;
  close(): void;
}

/** Begins: the history is opened, captures are taken care of. */
export function openUpkeep(parts: UpkeepParts): Upkeep {
  const { access, clock, loaded, log, logs } = parts;
  const directory = parts.started.config["data-dir"];
  const history = openHistory(directory, clock, log);
  const configuration = new ConfigurationFile({
    path: configurationPath(parts.started),
    section: parts.started.config["config-section"],
    read: (text) => readConfiguration(parts, text),
    inEffect: () => optionTexts(loaded()),
    atStart: optionTexts(parts.started),
    reload: parts.reload,
    history,
    clock,
    files: systemFiles,
  });
  const certificates = new HttpsCertificate({
    directory,
    names: () => httpsNames(loaded()),
    presented() {
      const identity = parts.identity();
      return { origin: identity?.origin ?? "none", path: identity?.path, identity };
    },
    present: parts.present,
    clientIssuers: () => clientIssuers(loaded().config),
    clientsMust: () => loaded().config["https-client-cert"] === "required",
    clock,
  });
  const keeper = new BackupKeeper({
    product: VERSION,
    host: Deno.hostname(),
    clock,
    configuration,
    certificates,
    access,
    actor: ({ subject }) => actorOf(subject),
  });
  const captures = new Captures({
    copies: parts.copies,
    clock,
    application: `rtpedge ${VERSION}`,
    portsOf: (callId) => portsOf(parts.calls, callId),
  });
  const timer = setInterval(() => captures.tick(), CAPTURE_MS);
  return {
    services: {
      logs,
      certificates,
      configuration,
      captures,
      backups: {
        make: (passphrase) => keeper.make(passphrase),
        inspect: (text, passphrase) => keeper.inspect(text, passphrase),
        restore: (text, passphrase, which, by) => keeper.restore(text, passphrase, which, by),
        support: () => supportBundle(parts, configuration),
      },
      allowLists: () => allowLists(loaded()),
      system: () => systemReport(parts, configuration),
    },
    close() {
      clearInterval(timer);
      history[Symbol.dispose]();
    },
  };
}

/** Where the configuration file lies, or would; undefined = there is to be none. */
function configurationPath({ config }: LoadedConfig): string | undefined {
  const path = config["config-file"];
  return path === "none" || path === "" ? undefined : path;
}

function openHistory(directory: string, clock: Clock, log: Logger): ConfigurationHistory {
  try {
    return ConfigurationHistory.open(
      `${directory}/configuration.db`,
      asideStamp(clock.wall()),
    );
  } catch (error) {
    log.warning(() => `former configurations are not kept: ${reasonOf(error)}`);
    return ConfigurationHistory.inMemory();
  }
}

async function readConfiguration({ args, env, started }: UpkeepParts, text: string) {
  const path = configurationPath(started);
  const start = args[0] === "start";
  const result = await loadConfig(start ? args.slice(1) : args, {
    env,
    host: {
      ...systemHost,
      readFile: (file) => file === path ? text : systemHost.readFile(file),
    },
    ...(start ? { embedded: embeddedDefaults(env) } : {}),
  });
  switch (result.outcome) {
    case "run": {
      const { warnings } = result.loaded;
      return { errors: [], warnings, options: optionTexts(result.loaded) };
    }
    case "errors":
      return { errors: result.errors, warnings: result.warnings, options: undefined };
    default:
      throw new Error(`a running program was started to ${result.outcome}`);
  }
}

function optionTexts({ config }: LoadedConfig): OptionTexts {
  return new Map(
    OPTION_NAMES.filter((name) => optionNamed(name).surface !== "command line")
      .map((name) => [name, optionNamed(name).write(config[name])]),
  );
}

/** Ports of a call; undefined = it is over. */
export function portsOf({ registry }: CallService, callId: string): CapturePort[] | undefined {
  const call = registry.get(callId);
  if (call === undefined || call.deleting) return undefined;
  return call.participants.flatMap(({ medias }) =>
    medias.flatMap(({ streams }) =>
      streams.flatMap(({ local, slot }) => {
        if (local === undefined || slot === undefined) return [];
        const { family, address } = local.address;
        return [{ slot, local: { family, address, port: local.port } }];
      })
    )
  );
}

function allowLists({ config, listeners }: LoadedConfig): AllowListReport[] {
  const common = config["control-allow"].map(formatCidr);
  const demanded = new Set<string>(config["control-auth"]);
  return Object.entries(LISTENER_OPTIONS).map(([kind, listener]) => {
    const option = ALLOW_OPTIONS[kind as ListenerKind];
    const own = config[option].map(formatCidr);
    return {
      listener,
      option,
      addresses: listeners[kind as ListenerKind].map(formatEndpoint),
      own,
      effective: own.length > 0 ? own : common,
      credential: demanded.has(listener),
    };
  });
}

function systemReport({ started, clock }: UpkeepParts, file: ConfigurationFile): SystemReport {
  const updates = updateStatus({ read: readIfAllowed });
  const path = file.current().path;
  const uptime = Deno.osUptime();
  return {
    version: VERSION,
    runtime: `deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
    hostname: Deno.hostname(),
    system: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readIfAllowed("/etc/os-release") ?? "")?.[1] ??
      Deno.build.os,
    kernel: Deno.osRelease(),
    architecture: Deno.build.arch,
    processors: navigator.hardwareConcurrency,
    hostUptimeSeconds: Math.floor(uptime),
    started: Math.floor(clock.wall() - clock.now()),
    pid: Deno.pid,
    dataDirectory: started.config["data-dir"],
    ...(path === undefined ? {} : { configurationFile: path }),
    ...(updates === undefined ? {} : { updates }),
  };
}

async function supportBundle(parts: UpkeepParts, configuration: ConfigurationFile) {
  const { clock, logs } = parts;
  const now = clock.wall();
  const stamp = asideStamp(now);
  const folder = `rtpedge-support-${stamp}`;
  const { text, path, pending } = configuration.current();
  const log = logs.read({}, { limit: Infinity }).map((entry) => `${lineOf(entry)}\n`).join("");
  const files: ArchiveFile[] = [
    { name: "system.json", text: JSON.stringify(systemReport(parts, configuration), null, 2) },
    {
      name: "configuration-file.txt",
      text: `# ${path ?? "no file"}\n${redactConfiguration(text)}`,
    },
    { name: "configuration-pending.txt", text: pending.join("\n") },
    { name: "log.txt", text: log },
    { name: "host/snmp.txt", text: readIfAllowed("/proc/net/snmp") ?? "" },
    { name: "host/softnet.txt", text: readIfAllowed("/proc/net/softnet_stat") ?? "" },
    { name: "host/modules.txt", text: readIfAllowed("/proc/modules") ?? "" },
    { name: "host/limits.txt", text: readIfAllowed("/proc/self/limits") ?? "" },
    ...await parts.bundle(),
  ];
  const archive = tar(
    files.map(({ name, text }) => ({ name: `${folder}/${name}`, text: redact(text) })),
    now,
  );
  return { name: `${folder}.tar.gz`, body: await gzip(archive) };
}

/** What the host does not show everybody is no error. */
function readIfAllowed(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
