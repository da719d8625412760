/**
 * The control side put together: statistics, control tree, metrics, listeners, certificate, reload. The
 * second half of the composition root.
 *
 * @module
 */

import { openAdministration, setupText } from "./administration.ts";
import type { CallService, LoadSample } from "./call/mod.ts";
import { cliReply, createCli, LogLevels } from "./cli/mod.ts";
import {
  allowListOf,
  type Config,
  embeddedDefaults,
  isOptionName,
  LISTENER_OPTIONS,
  type ListenerKind,
  loadConfig,
  type LoadedConfig,
  optionNamed,
  settingsFrom,
  subsystemLevels,
  systemHost,
} from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { formatEndpoint } from "./core/endpoint.ts";
import type { Settings } from "./core/settings.ts";
import { SourceLimiter } from "./core/token_bucket.ts";
import { CpuMeter, openFilesLimit, processUsage, VERSION } from "./daemon/mod.ts";
import { type HttpsIdentity, httpsIdentity, tlsOf } from "./identity.ts";
import type { KernelForwarding } from "./kernel.ts";
import { LegacyCalls, Mediaproxy, Rtpproxy } from "./legacy/mod.ts";
import { connectGraphite, type Graphite, startGraphite } from "./graphite/mod.ts";
import { type Logger, type LogRing, type Logs, SUBSYSTEMS } from "./log/mod.ts";
import { NgDispatcher, NgError, type NgLog, type TracedExchange } from "./ng/mod.ts";
import { openObservation } from "./observation.ts";
import { limitOpenFiles, type NativeRelay, type Relay } from "./relay/mod.ts";
import type { QualityReader } from "./quality/types.ts";
import { PrometheusPage, Statistics, statisticsReply } from "./stats/mod.ts";
import {
  Admission,
  type ConsoleListener,
  DEFAULT_LIMITS,
  type ListenAddresses,
  listenConsole,
  startListeners,
  type TransportContext,
} from "./transport/mod.ts";

import { type AdminServices, createConsoleApp, hostCheck } from "./web/mod.ts";

/** Control clients whose request rate is kept. */
const MAX_SOURCES = 65_536;

/** What the control side is made of. */
export interface ControlParts {
  readonly loaded: LoadedConfig;
  readonly logs: Logs;
  /** The last entries. */
  readonly ring: LogRing;
  /** Calls that are logged at debug level; the control tree changes it. */
  readonly debugCalls: Set<string>;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly relay: Relay;
  readonly native: NativeRelay;
  /** Forwarding in the kernel; absent without a table. */
  readonly kernel?: KernelForwarding | undefined;
  /** The command line and the environment, to load the configuration again. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Quality of media; absent = only what the relay counts. */
  readonly quality?: QualityReader;
  /** Given every ng request with its reply. */
  readonly trace?: ((exchange: TracedExchange) => void) | undefined;
}

/** The listeners, open. */
export interface OpenControl {
  readonly addresses: ListenAddresses;
  /** SHA-256 of the HTTPS certificate. */
  readonly fingerprint: string | undefined;
  /** What the console has to say about a set-up that is not done; undefined when it is. */
  readonly notice: string | undefined;
  close(graceMs: number): Promise<void>;
}

/** The control side. */
export interface Control {
  readonly statistics: Statistics;
  /** How busy the host is, for the call limits. */
  readonly load: () => LoadSample;
  /** Code for the first administrator, while there is none. */
  readonly setupCode: string | undefined;
  /** Opens the listeners. @throws Error naming the address that cannot be had */
  listen(calls: CallService): Promise<OpenControl>;
  /** Once a second. */
  tick(): void;
  /**
   * Reads configuration and certificates again; whatever is wrong with them is logged and changes nothing.
   *
   * @returns what is wrong
   */
  reload(): Promise<string | undefined>;
  shiftLogLevel(step: -1 | 1): void;
}

/** Puts the control side together; nothing is open yet. */
export function createControl(parts: ControlParts): Control {
  const { loaded, logs, settings, clock, relay, native, kernel } = parts;
  const log = logs.logger("control");
  const administration = openAdministration(loaded.config, log, clock);
  let calls: CallService | undefined;
  const statistics = new Statistics({
    clock,
    relay,
    calls: () => calls?.registry ?? NO_CALLS,
    health: () => ({
      threads: native.threads().map((thread) => ({ ...thread, cpuSeconds: thread.cpuMs / 1000 })),
      ringLost: { punt: native.lost().punts, control: native.lost().datagrams },
    }),
    process: processUsage,
    ...(kernel === undefined ? {} : { kernel: () => kernel.status }),
    ...(parts.quality === undefined ? {} : { quality: parts.quality }),
    ...(loaded.config.graphite === undefined
      ? {}
      : { intervalMs: loaded.config["graphite-interval"] * 1000 }),
  });
  const observation = openObservation({
    config: loaded.config,
    clock,
    log,
    statistics,
    native,
    ...(parts.quality === undefined ? {} : { quality: parts.quality }),
  });
  const graphite = graphiteOf(parts, statistics);
  const admissions = admissionsOf(loaded.config, clock);
  const levels = new LogLevels(settings);
  levels.restore(thresholds(logs));
  const ngLog: NgLog = (level, message, details) => log.log(level, message, details);
  const load = loadSampler(statistics, clock);
  let open: Awaited<ReturnType<typeof startListeners>> | undefined;
  let current = loaded;
  let isOurHost = hostsOf(loaded.config);
  let identity: HttpsIdentity | undefined;

  const presentAgain = async (): Promise<void> => {
    const again = await httpsIdentity(current, clock);
    if (again !== undefined) open?.replaceTls(tlsOf(current.config, again));
    identity = again;
  };
  const reload = async (): Promise<string | undefined> => {
    try {
      const next = await loadAgain(parts);
      const { config } = next;
      const presented = await httpsIdentity(next, clock);
      const tls = presented && tlsOf(config, presented);
      // everything that can fail comes first
      if (tls !== undefined) open?.replaceTls(tls);
      current = next;
      identity = presented;
      Object.assign(settings, settingsFrom(config));
      const own = subsystemLevels(config);
      for (const name of SUBSYSTEMS) logs.setLevel(own[name] ?? settings.logLevel, name);
      levels.restore(thresholds(logs));
      for (const kind of LISTENER_KINDS) {
        admissions[kind].replaceAllowList(allowListOf(config, kind));
      }
      administration.reload(config);
      isOurHost = hostsOf(config);
      log.notice("configuration and certificates were read again");
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.error(`reload: ${reason}; nothing was changed`);
      return reason;
    }
  };

  return {
    statistics,
    load,
    get setupCode() {
      return administration.setupCode;
    },
    async listen(service) {
      calls = service;
      const cli = createCli({
        clock,
        settings,
        statistics,
        calls: service.registry,
        logLevels: levels,
        debugCalls: parts.debugCalls,
        setForeign: (foreign) => service.setForeign(foreign),
        openFiles: openFilesLimit,
        setOpenFiles: limitOpenFiles,
        option: (name) => optionText(current.config, name),
      });
      const run = (line: string): string => {
        const text = cli.run(line);
        applyLevels(levels, logs);
        return text;
      };
      const page = new PrometheusPage(statistics);
      const dispatcher = new NgDispatcher({
        handlers: new Map([
          ...service.handlers,
          ["statistics", () => ({ statistics: statisticsReply(statistics) })],
          ["cli", (request) => {
            if (request.source.callsOnly === true) throw new NgError(CLI_REFUSED);
            return cliReply(request, run);
          }],
        ]),
        clock,
        log: ngLog,
        observer(report) {
          statistics.ngObserver(report);
          observation.record(report);
        },
        templates: () => current.templates,
        ...(parts.trace === undefined ? {} : { trace: parts.trace }),
      });
      const legacy = new LegacyCalls({
        handlers: service.handlers,
        registry: service.registry,
        settings,
        clock,
      });
      const context: TransportContext = {
        handlers: {
          ng: dispatcher,
          cli: run,
          metrics: () => page.render(),
          rtpproxy: new Rtpproxy({ calls: legacy, clock, log: ngLog }),
          mediaproxy: new Mediaproxy({
            calls: legacy,
            clock,
            log: ngLog,
            version: VERSION,
            bandwidth: () => mediaRate(statistics),
          }),
        },
        admission: admissions.ng,
        limits: DEFAULT_LIMITS,
        clock,
        log: ngLog,
        isOurHost: (host) => isOurHost(host),
      };
      identity = await httpsIdentity(loaded, clock);
      const admin = administration.services({
        upkeep: {
          logs: parts.ring,
          args: parts.args,
          env: parts.env,
          started: loaded,
          identity: () => identity,
          present: presentAgain,
          reload,
        },
        metrics: () => page.render(),
        calls: service,
        statistics,
        native,
        observation: observation.services,
        ng: (payload, source) => dispatcher.handlePlain(payload, source),
        loaded: () => current,
        certificateExpires: () => identity?.notAfter,
        openFiles: openFilesLimit,
      });
      open = await startListeners({
        listen: loaded.listeners,
        ...(identity === undefined ? {} : { tls: tlsOf(loaded.config, identity) }),
        contextOf: (kind) => ({ admission: admissions[kind], guard: administration.guard(kind) }),
        ...(admin === undefined ? {} : { admin }),
        controlTos: settings.controlTos,
        sockets: native.controlSockets,
        context,
      });
      const onHost = admin && await openConsole(loaded.config, admin, ngLog, log);
      return {
        addresses: open.addresses,
        fingerprint: identity?.fingerprint,
        get notice() {
          const { setupCode } = administration;
          const https = open?.addresses.https[0];
          return setupCode && setupText(setupCode, https && formatEndpoint(https));
        },
        async close(graceMs) {
          graphite?.close();
          observation.close();
          await Promise.all([open?.close(graceMs), onHost?.close(graceMs)]);
          administration.close();
        },
      };
    },
    tick() {
      statistics.tick();
      graphite?.tick();
      observation.tick();
      administration.tick();
      logs.tellSuppressed();
    },
    reload,
    shiftLogLevel(step) {
      logs.shiftLevels(step);
      levels.restore(thresholds(logs));
    },
  };
}

/** The socket for whoever works on this host; without it only `rtpedge ctl` is the poorer. */
async function openConsole(
  config: Config,
  admin: AdminServices,
  ngLog: NgLog,
  log: Logger,
): Promise<ConsoleListener | undefined> {
  try {
    const app = createConsoleApp(admin, ngLog);
    return await listenConsole(`${config["data-dir"]}/console`, app, DEFAULT_LIMITS);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    log.warning(() => `ctl on this host needs a token: the socket cannot be opened: ${why}`);
    return undefined;
  }
}

/** The export to a Graphite server, when one is configured. */
function graphiteOf(
  { loaded, clock, logs }: ControlParts,
  statistics: Statistics,
): Graphite | undefined {
  const { config } = loaded;
  const server = config.graphite;
  if (server?.host === undefined) return undefined;
  const log = logs.logger("core");
  return startGraphite({
    statistics,
    clock,
    connect: connectGraphite(server.host, server.port),
    prefix: config["graphite-prefix"],
    timeoutMs: config["graphite-timeout"] * 1000,
    log: (level, message) => log.log(level, `graphite: ${message}`),
  });
}

const NO_CALLS = { size: 0, calls: () => [], get: () => undefined, terminate: () => false };

/** @throws Error with everything that is wrong */
async function loadAgain({ args, env }: ControlParts): Promise<LoadedConfig> {
  const start = args[0] === "start";
  const result = await loadConfig(start ? args.slice(1) : args, {
    env,
    host: systemHost,
    ...(start ? { embedded: embeddedDefaults(env) } : {}),
  });
  if (result.outcome === "run") return result.loaded;
  throw new Error(result.outcome === "errors" ? result.errors.join("; ") : result.outcome);
}

const LISTENER_KINDS = Object.keys(LISTENER_OPTIONS) as readonly ListenerKind[];
const CLI_REFUSED = "The command cli needs a credential with the scope admin";

/** One admission for each kind of listener; a source has one rate limit for all. */
function admissionsOf(config: Config, clock: Clock): Record<ListenerKind, Admission> {
  const limits = rateOf(config).rate;
  const limiter = limits && new SourceLimiter(clock, limits);
  const make = (kind: ListenerKind) =>
    new Admission({ allow: allowListOf(config, kind), clock, limiter });
  return {
    ng: make("ng"),
    tcpNg: make("tcpNg"),
    http: make("http"),
    https: make("https"),
    cli: make("cli"),
    rtpproxy: make("rtpproxy"),
    mediaproxy: make("mediaproxy"),
  };
}

/** The check of Host headers; without names all are ours. */
function hostsOf(config: Config): (host: string | undefined) => boolean {
  const names = config["http-hosts"];
  return names.length === 0 ? () => true : hostCheck([...names, Deno.hostname()]);
}

function rateOf(config: Config) {
  const rate = config["control-rate"];
  return rate === 0 ? {} : { rate: { rate, burst: rate, maxSources: MAX_SOURCES } };
}

/** An option as it is written in a file; undefined when it is at its default. */
function optionText(config: Config, name: string): string | undefined {
  if (!isOptionName(name)) return undefined;
  const option = optionNamed(name);
  const text = option.write(config[name]);
  return text === option.write(option.default) ? undefined : text;
}

/** Levels as they are in force. */
function thresholds(logs: Logs): Map<string, number> {
  return new Map(SUBSYSTEMS.map((name) => [name, logs.level(name)]));
}

function applyLevels(levels: LogLevels, logs: Logs): void {
  const known = new Set<string>(SUBSYSTEMS);
  for (const [name, level] of levels.entries()) {
    const subsystem = SUBSYSTEMS.find((one) => known.has(name) && one === name);
    if (subsystem !== undefined && logs.level(subsystem) !== level) logs.setLevel(level, subsystem);
  }
}

/** How busy the host is. */
function loadSampler(statistics: Statistics, clock: Clock): () => LoadSample {
  const meter = new CpuMeter(clock);
  return () => ({
    load: Deno.loadavg()[0] ?? 0,
    cpu: meter.percent(),
    bandwidth: mediaRate(statistics),
  });
}

/** Bytes of media per second. */
function mediaRate(statistics: Statistics): number {
  return statistics.rates("userspace").bytes + statistics.rates("kernel").bytes;
}
