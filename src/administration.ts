/**
 * Identity and access put together: the database, what guards each listener, what stands behind the admin
 * API. Part of the composition root.
 *
 * @module
 */

import { Access, AccessDatabase, ControlGuard } from "./access/mod.ts";
import type { CallService } from "./call/mod.ts";
import {
  type Config,
  formatSource,
  GROUPS,
  LISTENER_OPTIONS,
  type ListenerKind,
  type LoadedConfig,
  openListeners,
  OPTION_NAMES,
  optionNamed,
  takesEffectAtReload,
} from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { formatEndpoint } from "./core/endpoint.ts";
import { VERSION } from "./daemon/mod.ts";
import { healthFacts, hostFacts, worstLevel } from "./health/mod.ts";
import type { Logger } from "./log/mod.ts";
import { type NgDict, parseRequest } from "./ng/mod.ts";
import type { MetricName, Statistics } from "./stats/mod.ts";
import { asideStamp, databaseFile } from "./store/mod.ts";
import type { NativeRelay } from "./relay/mod.ts";
import { openUpkeep, type Upkeep, type UpkeepParts } from "./upkeep.ts";
import type { ArchiveFile } from "./upkeep/mod.ts";
import {
  type AdminServices,
  type ConfigurationReport,
  type HealthReport,
  jsonOf,
  type ObservationServices,
  type StatusReport,
} from "./web/mod.ts";

/** Sessions that have ended are removed this often, in ms. */
const TIDY_MS = 600_000;
/** Whoever asks `query` for the admin API. */
const LOCAL = { family: 4, address: "127.0.0.1", port: 0 } as const;

/** What is looked at for the admin API. */
export interface AdministrationSources {
  readonly calls: CallService;
  readonly statistics: Statistics;
  readonly native: NativeRelay;
  readonly observation: ObservationServices;
  /** Carries out an ng message without a cookie. */
  readonly ng: AdminServices["ng"];
  /** What upkeep needs besides. */
  readonly upkeep: Pick<
    UpkeepParts,
    "logs" | "args" | "env" | "started" | "identity" | "present" | "reload"
  >;
  /** The Prometheus page, for support bundles. */
  readonly metrics: () => string | Promise<string>;
  /** The configuration in effect; a reload changes it. */
  readonly loaded: () => LoadedConfig;
  /** Wall-clock ms at which the HTTPS certificate expires. */
  readonly certificateExpires: () => number | undefined;
  readonly openFiles: () => number;
}

/** Identity and access. */
export interface Administration {
  /** The check of one kind of listener. */
  guard(kind: ListenerKind): ControlGuard;
  /** What stands behind the admin API; undefined when it is off. */
  services(sources: AdministrationSources): AdminServices | undefined;
  /** Code for the first administrator; undefined once there is one, and when the admin API is off. */
  readonly setupCode: string | undefined;
  /** Takes over which listeners demand credentials; the database stays. */
  reload(config: Config): void;
  /** Once a second. */
  tick(): void;
  close(): void;
}

/**
 * Opens the database that the option `access-db` names. When it cannot be had the admin API is off, after an
 * error in the log.
 *
 * @throws Error when listeners demand tokens, and nobody could tell which are good
 */
export function openAdministration(config: Config, log: Logger, clock: Clock): Administration {
  const path = databaseFile(config["access-db"], config["data-dir"]);
  let database: AccessDatabase | undefined;
  if (path !== undefined) {
    try {
      const opened = AccessDatabase.open(path, asideStamp(clock.wall()));
      database = opened.database;
      if (opened.notice !== undefined) log.error(opened.notice);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      if (config["control-auth"].length > 0) {
        throw new Error(`access-db: ${what}`, { cause: error });
      }
      log.error(
        `the admin API is off: ${what}; give each instance a data-dir or access-db of its own`,
      );
    }
  }
  const access = database && new Access({
    database,
    clock,
    audited: ({ kind, actor, address, action, target }) =>
      log.info(() => `audit: ${kind}: ${actor} from ${address}: ${action} ${target}`),
  });
  let demanded = new Set<string>(config["control-auth"]);
  let tidied = clock.now();
  let upkeep: Upkeep | undefined;
  return {
    guard: (kind) =>
      new ControlGuard({
        demands: () => demanded.has(LISTENER_OPTIONS[kind]),
        identify: access && ((token) => access.tokens.identify(token)),
      }),
    services(sources) {
      if (access === undefined) return undefined;
      const services = adminServices(access, clock, log, sources);
      upkeep = services.upkeep;
      return services.services;
    },
    get setupCode() {
      return access?.signIn.setupCode;
    },
    reload(again) {
      demanded = new Set(again["control-auth"]);
    },
    tick() {
      if (clock.now() - tidied < TIDY_MS) return;
      tidied = clock.now();
      access?.signIn.tidy();
    },
    close() {
      upkeep?.close();
      database?.[Symbol.dispose]();
    },
  };
}

/** What the console says while there is no administrator. */
export function setupText(code: string, https: string | undefined): string {
  const where = https ?? "HOST:PORT of listen-https";
  return [
    "",
    "  There is no administrator yet. Set-up code, good once:",
    `    ${code}`,
    `  Type it at https://${where}/ui/ in a browser, or:`,
    `    curl --insecure https://${where}/api/v1/setup --json \\`,
    `      '{"code": "${code}", "name": "admin", "password": "YOUR PASSWORD"}'`,
    "",
  ].join("\n");
}

function adminServices(
  access: Access,
  clock: Clock,
  log: Logger,
  sources: AdministrationSources,
): { readonly services: AdminServices; readonly upkeep: Upkeep } {
  const { calls, native, loaded } = sources;
  const upkeep = openUpkeep({
    ...sources.upkeep,
    access,
    calls,
    copies: native.copies,
    log,
    clock,
    loaded,
    bundle: () => bundleFiles(sources, clock.wall()),
  });
  const services: AdminServices = {
    access,
    clock,
    version: VERSION,
    calls: calls.registry,
    query(callId) {
      const dict: NgDict = new Map([["command", "query"], ["call-id", callId]]);
      const request = parseRequest(dict, { transport: "tcp", peer: LOCAL, local: LOCAL });
      return jsonOf(calls.handlers.get("query")?.(request));
    },
    mos: (callId) => calls.mos(callId),
    status: () => statusOf(sources),
    configuration: () => configurationOf(sources.loaded()),
    health: () => healthOf(sources, clock.wall()),
    observation: sources.observation,
    ng: sources.ng,
    upkeep: upkeep.services,
  };
  return { services, upkeep };
}

/** State, health, configuration and metrics, for a support bundle. */
async function bundleFiles(sources: AdministrationSources, now: number): Promise<ArchiveFile[]> {
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  return [
    { name: "status.json", text: json(statusOf(sources)) },
    { name: "health.json", text: json(healthOf(sources, now)) },
    { name: "configuration.json", text: json(configurationOf(sources.loaded())) },
    { name: "metrics.txt", text: await sources.metrics() },
  ];
}

function statusOf({ statistics, native, loaded }: AdministrationSources): StatusReport {
  statistics.refresh();
  const { counters, relay } = statistics;
  const [user, kernel] = [statistics.rates("userspace"), statistics.rates("kernel")];
  const both = (name: MetricName): number =>
    counters.get(name, "userspace") + counters.get(name, "kernel");
  const { config, listeners } = loaded();
  const demanded = new Set<string>(config["control-auth"]);
  return {
    version: VERSION,
    pid: statistics.pid,
    uptimeSeconds: counters.get("rtpengine_uptime_seconds"),
    calls: {
      own: counters.get("rtpengine_sessions", "own"),
      foreign: counters.get("rtpengine_sessions", "foreign"),
    },
    relay: {
      mode: relay.engine.mode,
      reason: relay.engine.modeReason,
      threads: native.threads().length,
    },
    rates: {
      packets: user.packets + kernel.packets,
      bytes: user.bytes + kernel.bytes,
      errors: user.errors + kernel.errors,
    },
    totals: {
      calls: counters.get("rtpengine_sessions_total"),
      packets: both("rtpengine_packets_total"),
      bytes: both("rtpengine_bytes_total"),
      errors: both("rtpengine_packet_errors_total"),
      averageCallSeconds: counters.get("rtpengine_call_duration_avg"),
      packetsLost: counters.get("rtpengine_packets_lost"),
      oneWayCalls: counters.get("rtpengine_one_way_sessions_total"),
      silentStreams: counters.get("rtpengine_zero_packet_streams_total"),
    },
    interfaces: relay.addresses.map((local) => ({
      name: local.name,
      address: local.address,
      ports: { ...relay.usage(local) },
    })),
    listeners: Object.entries(LISTENER_OPTIONS).flatMap(([kind, option]) =>
      listeners[kind as ListenerKind].map((endpoint) => ({
        kind: option,
        address: formatEndpoint(endpoint),
        credential: demanded.has(option),
      }))
    ),
    process: {
      residentBytes: counters.get("rtpedge_process_resident_memory_bytes"),
      heapBytes: counters.get("rtpedge_process_heap_bytes"),
      cpuSeconds: counters.get("rtpedge_process_cpu_seconds_total"),
    },
  };
}

function configurationOf({ config, sources }: LoadedConfig): ConfigurationReport {
  const groupOf = new Map(
    GROUPS.flatMap(({ title, options }) => Object.keys(options).map((name) => [name, title])),
  );
  return {
    options: OPTION_NAMES.map((name) => {
      const option = optionNamed(name);
      const source = sources.get(name) ?? { kind: "default" };
      const isDefault = source.kind === "default";
      const text = option.write(config[name]);
      return {
        name,
        value: option.secret && text !== "" ? "***" : isDefault ? option.defaultText || text : text,
        isDefault,
        source: formatSource(source),
        group: groupOf.get(name) ?? "",
        help: option.help,
        allowed: option.allowed,
        unit: option.unit,
        inEffect: option.status === "now",
        inFile: option.surface === "everywhere" && name !== "config-file" &&
          name !== "config-section",
        live: takesEffectAtReload(name),
      };
    }),
  };
}

function healthOf(sources: AdministrationSources, now: number): HealthReport {
  const { statistics, native, loaded } = sources;
  const { config, interfaces, listeners } = loaded();
  const { relay } = statistics;
  const { punts, datagrams } = native.lost();
  const facts = healthFacts({
    now,
    ...hostFacts(config["data-dir"]),
    relay: { mode: relay.engine.mode, reason: relay.engine.modeReason },
    kernel: statistics.kernel,
    table: config.table,
    overflow: native.threads().reduce((sum, { rxOverflow }) => sum + rxOverflow, 0),
    ringLost: { punt: punts, control: datagrams },
    ports: relay.addresses.map((local) => ({
      name: local.name,
      address: local.address,
      ...relay.usage(local),
    })),
    openFiles: sources.openFiles(),
    mediaPorts: interfaces.addresses.map(({ portMin, portMax }) => [portMin, portMax]),
    certificateExpires: sources.certificateExpires(),
    open: openListeners(listeners, config),
    journalled: databaseFile(config.journal, config["data-dir"]) !== undefined,
  });
  return { level: worstLevel(facts), facts };
}
