/**
 * The composition root of the daemon: the only file that knows all the parts. Puts them together as the
 * configuration says, runs until a signal says otherwise.
 *
 * @module
 */

import {
  type CallLog,
  type CallObserver,
  combineObservers,
  createCallService,
} from "./call/mod.ts";
import {
  bannerText,
  type Config,
  type LoadedConfig,
  openListeners,
  settingsFrom,
  subsystemLevels,
  systemHost,
} from "./config/mod.ts";
import { systemClock } from "./core/clock.ts";
import { type Control, createControl } from "./control.ts";
import { PidFile, ServiceManager, SetupCodeFile, VERSION, watchSignals } from "./daemon/mod.ts";
import {
  lineSink,
  lineStyle,
  LogRing,
  Logs,
  stderrStream,
  type Subsystem,
  writeStderr,
} from "./log/mod.ts";
import { openEncryption } from "./encryption.ts";
import { firewallAction, openFirewall } from "./firewall.ts";
import { openKernel } from "./kernel.ts";
import { openPersistence } from "./persistence.ts";
import { MediaRelay, reservePorts, startNativeRelay } from "./relay/mod.ts";
import { createTracing } from "./tracing.ts";
import { warmUp } from "./warm_up.ts";
import { httpPost, type TeardownFormat, TeardownNotifier } from "./teardown/mod.ts";

/** Milliseconds that replies under way get at the end. */
const GRACE_MS = 1000;
const TICK_MS = 1000;
const RTCP_TICK_MS = 100;
/** How the operator calls the program when the launcher does not say. */
const PROGRAM = import.meta.url.endsWith("/src/app.ts")
  ? `npx -y deno@${Deno.version.deno} task`
  : "rtpedge";

function makeLogs(
  { config }: LoadedConfig,
  env: Readonly<Record<string, string>>,
  debugCalls: ReadonlySet<string>,
  ring: LogRing,
): Logs {
  const style = lineStyle({
    format: config["log-format"],
    timestamps: !config["no-log-timestamps"],
    journalStream: env["JOURNAL_STREAM"],
    stderrStream: stderrStream(),
  });
  const line = lineSink(style, writeStderr);
  return new Logs({
    level: config["log-level"],
    levels: subsystemLevels(config),
    sink: (entry) => {
      ring.add(entry);
      line(entry);
    },
    clock: systemClock,
    debugCalls,
  });
}

/**
 * Runs the daemon.
 *
 * @param args the command line that `loaded` is from
 * @returns the exit status
 */
export async function serve(
  loaded: LoadedConfig,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { config, interfaces, listeners } = loaded;
  const clock = systemClock;
  const debugCalls = new Set<string>();
  const ring = new LogRing();
  const logs = makeLogs(loaded, env, debugCalls, ring);
  const log = logs.logger("core");
  for (const warning of loaded.warnings) log.warning(warning);
  const action = await firewallAction(config);
  if (action !== undefined) {
    Deno.stdout.writeSync(new TextEncoder().encode(action.text));
    return action.code;
  }
  const settings = settingsFrom(config);
  const threads = config["num-threads"] || navigator.hardwareConcurrency;
  const mode = config["relay-mode"];
  let secureTimer: ReturnType<typeof setTimeout> | undefined;
  const [persistence, encryption] = await Promise.all([
    openPersistence({ config, env, log, now: clock.wall() }),
    openEncryption({
      config,
      clock,
      links: () => native.dtls,
      logs: { ice: callLog(logs, "ice"), crypto: callLog(logs, "crypto") },
      failed: (error) => log.error(() => `no new DTLS certificate: ${error}`),
      wake(ms) {
        clearTimeout(secureTimer);
        // what has come is looked at first: an answer that is there makes a repetition needless
        secureTimer = setTimeout(() => setImmediate(() => calls.runSecure()), Math.ceil(ms));
      },
    }),
  ]);
  const native = startNativeRelay({
    ...(persistence?.countersPath === undefined ? {} : { countersPath: persistence.countersPath }),
    mode,
    threads,
    coalesceUs: config["relay-coalesce"],
    holdPorts: mode !== "sockets" && !reservePorts(interfaces.addresses),
    onError: (error) =>
      log.error(() => `relay event: ${error instanceof Error ? error.stack : error}`),
  });
  const kernel = openKernel({ config, native, log, adopt: persistence !== undefined });
  const controlEndpoints = Object.values(listeners).flat();
  const firewall = openFirewall(config, log);
  const relay = new MediaRelay(native.engine, clock, {
    ...(firewall === undefined ? {} : { watcher: firewall }),
    addresses: interfaces.addresses,
    aliases: interfaces.aliases,
    controlEndpoints,
    hostAddresses: systemHost.addresses().map(({ address }) => address),
  });
  const tracing = createTracing({
    config,
    logs,
    clock,
    addresses: interfaces.addresses,
    traffic: (local) => control.statistics.interfaceTraffic(local),
  });
  const control: Control = createControl({
    loaded,
    logs,
    ring,
    debugCalls,
    settings,
    clock,
    relay,
    native,
    kernel,
    args,
    env,
    quality: tracing.sums,
    trace: tracing.ng,
  });
  const teardown = teardownObserver(config, logs);
  const observers = [
    control.statistics.observer,
    tracing.observer,
    persistence?.observer,
    teardown,
  ];
  const calls = createCallService({
    relay,
    settings,
    clock,
    observer: combineObservers(
      observers.filter((observer) => observer !== undefined),
      (error) => log.error(() => `an observer of calls failed: ${error}`),
    ),
    log: callLog(logs),
    load: control.load,
    debugCalls,
    quality: tracing.quality,
    secure: encryption.options,
    source: encryption.source,
    ssrcReporting: tracing.ssrcReporting,
  });
  const resumed = persistence?.resume(calls, native);
  if (resumed !== undefined && resumed.calls + resumed.refused > 0) {
    log.notice(`${resumed.calls} calls go on, ${resumed.refused} cannot`);
  }
  kernel?.resumed();
  await firewall?.start();
  const open = await control.listen(calls).catch((error: unknown) => {
    kernel?.close(calls.registry.size > 0);
    native.engine.shutdown();
    throw error;
  });
  const ended = Promise.withResolvers<string>();
  watchSignals({
    stop(name, again) {
      if (again) Deno.exit(1);
      ended.resolve(name);
    },
    reload: () => void control.reload(),
    shiftLogLevel: (step) => control.shiftLogLevel(step),
  });
  const pidFile = config.pidfile === undefined
    ? undefined
    : PidFile.write(config.pidfile, Deno.pid);
  writeStderr(
    bannerText({
      version: VERSION,
      program: env["RTPEDGE_PROGRAM"] ?? PROGRAM,
      listeners: open.addresses,
      interfaces,
      controlAllow: config["control-allow"],
      open: openListeners(open.addresses, config),
      relayMode: native.engine.mode,
      relayReason: native.engine.modeReason,
      threads,
      ...(loaded.file === undefined ? {} : { file: loaded.file }),
      ...(open.fingerprint === undefined ? {} : { fingerprint: open.fingerprint }),
    }).trimEnd(),
  );
  if (open.notice !== undefined) writeStderr(open.notice);
  log.info("ready");
  const manager = new ServiceManager(env, Deno.pid);
  manager.ready(`relaying in ${native.engine.mode} mode`);
  const alive = manager.watchdogMs === 0
    ? undefined
    : setInterval(() => manager.alive(), manager.watchdogMs);
  const setupCode = new SetupCodeFile(env["RUNTIME_DIRECTORY"]);
  setupCode.update(control.setupCode);
  let ending = false;
  const warm = warmUp({
    settings,
    clock,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    stopped: () => ending,
  }).catch((error) => log.warning(() => `warming up: ${error}`));

  const timer = setInterval(() => {
    calls.tick();
    control.tick();
    setupCode.update(control.setupCode);
    persistence?.tick();
    void encryption.tick();
  }, TICK_MS);
  const rtcpTimer = setInterval(() => {
    calls.tickRtcp();
    kernel?.tick();
  }, RTCP_TICK_MS);
  const signal = await ended.promise;
  ending = true;
  manager.stopping();
  clearInterval(alive);
  await warm;
  clearInterval(timer);
  clearInterval(rtcpTimer);
  clearTimeout(secureTimer);
  const { size } = calls.registry;
  log.notice(`${signal}: ${persistence === undefined ? "ending" : "leaving"} ${size} calls`);
  await open.close(GRACE_MS);
  // journalled calls go on with the next start
  if (persistence === undefined) calls.shutdown();
  else await persistence.close();
  kernel?.close(persistence !== undefined && size > 0);
  native.engine.shutdown();
  await firewall?.close(persistence !== undefined && size > 0);
  tracing.close();
  pidFile?.remove();
  log.info("ended");
  return 0;
}

/** Who tells the SIP side that a call has timed out; nobody without `b2b-url`. */
function teardownObserver(config: Config, logs: Logs): CallObserver | undefined {
  const url = config["b2b-url"];
  if (url === undefined) return undefined;
  const log = callLog(logs);
  return new TeardownNotifier({
    url,
    format: config["xmlrpc-format"] as TeardownFormat,
    post: httpPost,
    failed: (callId, message) => log.warn(callId, message),
  });
}

function callLog(logs: Logs, subsystem: Subsystem = "core"): CallLog {
  const logger = logs.logger(subsystem);
  return {
    debug: (callId, message) => logger.forCall(callId).debug(message),
    info: (callId, message) => logger.forCall(callId).info(message),
    // one kind of warning is what stands before its details
    warn(callId, message) {
      logger.forCall(callId).limited("warning", message.split(":")[0] ?? "", message);
    },
  };
}
