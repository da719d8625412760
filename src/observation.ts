/**
 * What is watched over time, put together: samples once a second, history, live numbers, control clients.
 * Part of the composition root.
 *
 * @module
 */

import type { Config } from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { CoreMeter, processUsage } from "./daemon/mod.ts";
import { History, HistoryDatabase, type RangeStep, RateMeter, type Sample } from "./history/mod.ts";
import type { Logger } from "./log/mod.ts";
import type { RequestReport } from "./ng/mod.ts";
import type { QualityReader } from "./quality/types.ts";
import type { NativeRelay } from "./relay/mod.ts";
import { ClientTally, type Path, type Statistics } from "./stats/mod.ts";
import { asideStamp, databaseFile } from "./store/mod.ts";
import { LiveHub, type LiveReport, type ObservationServices } from "./web/mod.ts";

/** Steps are written this often, in ms. */
const WRITE_MS = 10_000;
/** Statistics of packets, for sums over paths. */
const PATHS = ["userspace", "kernel"] as const satisfies readonly Path[];
const DROPS = ["source", "malformed", "not_authentic", "replayed"] as const;

/** What is looked at. */
export interface ObservationParts {
  readonly config: Pick<Config, "history-db" | "data-dir">;
  readonly clock: Clock;
  readonly log: Pick<Logger, "error" | "limited">;
  readonly statistics: Statistics;
  readonly native: Pick<NativeRelay, "threads">;
  /** Scores as parties report them; absent = there are none. */
  readonly quality?: QualityReader;
}

/** Everything that is watched. */
export interface Observation {
  /** For the admin API. */
  readonly services: ObservationServices;
  /** Counts a control request. */
  readonly record: (report: RequestReport) => void;
  /** Once a second, after the statistics. */
  tick(): void;
  close(): void;
}

/** Begins to watch; what a former run has seen is taken over. */
export function openObservation(parts: ObservationParts): Observation {
  const { clock, log, statistics } = parts;
  const history = new History();
  const database = openDatabase(parts);
  if (database !== undefined) history.restore(database.load());
  const hub = new LiveHub();
  const tally = new ClientTally(clock);
  const cores = new CoreMeter();
  const sampler = new Sampler(parts, tally);
  const started = clock.now();
  let latest: LiveReport | undefined;
  let due: RangeStep[] = [];
  let written = clock.now();

  const write = (): void => {
    written = clock.now();
    const steps = due;
    due = [];
    if (database === undefined || steps.length === 0) return;
    try {
      database.write(steps, clock.wall());
    } catch (error) {
      log.limited("warning", "history", `the history cannot be written: ${error}`);
    }
  };
  const look = (): LiveReport => {
    const uses = cores.look();
    const sample = { ...sampler.sample(), ...coreSample(uses) };
    const at = clock.wall();
    const interfaces = statistics.relay.addresses.map((local) => {
      const { used, total } = statistics.relay.usage(local);
      return { name: local.name, address: local.address, used, total };
    });
    const ports = Math.max(0, ...interfaces.map(({ used, total }) => total && used / total));
    const uptimeSeconds = Math.floor((clock.now() - started) / 1000);
    return { at, uptimeSeconds, ...sample, ports, cores: uses, interfaces };
  };

  return {
    services: {
      latest: () => latest ??= look(),
      history: (range) => history.read(range, clock.wall()),
      watch: (holds) => hub.watch(holds),
      clients: () =>
        tally.clients().map(({ lastError, ...client }) => ({
          ...client,
          ...(lastError === undefined ? {} : { lastError }),
        })),
    },
    record: (report) => tally.record(report),
    tick() {
      latest = look();
      due.push(...history.add(latest.at, latest));
      if (hub.size > 0) hub.publish(latest);
      if (clock.now() - written >= WRITE_MS) write();
    },
    close() {
      hub.close();
      write();
      database?.[Symbol.dispose]();
    },
  };
}

function openDatabase({ config, clock, log }: ObservationParts): HistoryDatabase | undefined {
  const path = databaseFile(config["history-db"], config["data-dir"]);
  if (path === undefined) return undefined;
  try {
    const { database, notice } = HistoryDatabase.open(path, asideStamp(clock.wall()));
    if (notice !== undefined) log.error(notice);
    return database;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    log.error(`history-db: ${what}; charts begin anew with each start`);
    return undefined;
  }
}

function coreSample(uses: readonly { busy: number; softirq: number }[]): Sample {
  if (uses.length === 0) return {};
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const busy = uses.map((use) => use.busy);
  const softirq = uses.map((use) => use.softirq);
  return {
    cpu: mean(busy),
    cpuMax: Math.max(...busy),
    softirq: mean(softirq),
    softirqMax: Math.max(...softirq),
  };
}

/** Reads what the statistics of this second have found; walks over no calls. */
class Sampler {
  readonly #parts: ObservationParts;
  readonly #tally: ClientTally;
  readonly #meter = new RateMeter<string>();
  #scores = { mos: { total: 0, samples: 0 }, jitter: { total: 0, samples: 0 } };

  constructor(parts: ObservationParts, tally: ClientTally) {
    this.#parts = parts;
    this.#tally = tally;
  }

  sample(): Sample {
    const { statistics, native, clock, quality } = this.#parts;
    const { counters } = statistics;
    const usage = processUsage();
    const rates = PATHS.map((path) => statistics.rates(path));
    const sum = (name: "packets" | "bytes" | "errors") =>
      rates.reduce((total, rate) => total + rate[name], 0);
    const { requests, errors, ms } = this.#tally.totals;
    const change = this.#meter.rates(clock.now(), {
      lost: quality?.totals().packetsLost ?? counters.get("rtpengine_packets_lost"),
      drops: DROPS.reduce((all, why) => all + counters.get("rtpedge_relay_drops_total", why), 0),
      punts: counters.get("rtpedge_relay_punts_total"),
      process: usage.cpuSeconds,
      relay: native.threads().reduce((all, { cpuMs }) => all + cpuMs / 1000, 0),
      requests,
      failures: errors,
      time: ms,
    });
    const packets = sum("packets");
    return {
      calls: counters.get("rtpengine_sessions", "own"),
      foreign: counters.get("rtpengine_sessions", "foreign"),
      packets,
      bytes: sum("bytes"),
      errors: sum("errors"),
      ...(packets > 0 ? { kernel: statistics.rates("kernel").packets / packets } : {}),
      memory: usage.residentBytes,
      ...(change === undefined ? {} : changeOf(change)),
      ...this.#quality(),
    };
  }

  /** Means of what was reported since the last look. */
  #quality(): Sample {
    const totals = this.#parts.quality?.totals();
    if (totals === undefined) return {};
    const sample: { mos?: number; jitter?: number } = {};
    for (const name of ["mos", "jitter"] as const) {
      const { total, samples } = totals[name];
      const last = this.#scores[name];
      if (samples > last.samples) sample[name] = (total - last.total) / (samples - last.samples);
      this.#scores[name] = { total, samples };
    }
    return sample;
  }
}

function changeOf({ time = 0, ...rates }: Record<string, number>): Sample {
  const requests = rates["requests"] ?? 0;
  return { ...rates, ...(requests > 0 ? { latency: time / requests } : {}) };
}
