/**
 * The statistics of the process: owns the counters and observers, and brings gauges, totals and rates
 * up to date before a view reads them.
 *
 * @module
 */

import type { CallView, StreamView } from "../call/types.ts";
import { TrafficSums } from "../relay/traffic.ts";
import { KERNEL_OBSTACLES, type KernelObstacle, type LocalAddress } from "../relay/types.ts";
import { Counters } from "./counters.ts";
import { type IntervalReport, IntervalStatistics } from "./interval.ts";
import { countMedia, type MediaCount } from "./media.ts";
import { METRICS } from "./metrics.ts";
import { StatsObserver } from "./observer.ts";
import { type NgObserver, ProxyTable } from "./proxies.ts";
import { countQuality } from "./quality.ts";
import type { KernelHealth, ReportedRelay, StatisticsDeps, ThreadHealth } from "./sources.ts";

/** Rates over the last sampling interval, per second. */
export interface Rates {
  /** Packets received. */
  readonly packets: number;
  /** UDP payload bytes received. */
  readonly bytes: number;
  /** Packets dropped or not sent. */
  readonly errors: number;
}

/** Where a packet was handled. */
export type Path = "userspace" | "kernel";

const NO_RATES: Rates = { packets: 0, bytes: 0, errors: 0 };
const PATHS: readonly Path[] = ["userspace", "kernel"];
/** A walk over all streams may take at most one part in this many of the time. */
const WALK_SHARE = 20;
const SAMPLE_MS = 1000;
/** A media section is in use for this long after a packet. */
const HEARD_MS = 2000;

interface Sample {
  readonly time: number;
  readonly totals: Readonly<Record<Path, Rates>>;
}

/** All statistics of the process. */
export class Statistics {
  /** Every number that has a Prometheus name. */
  readonly counters: Counters = new Counters();
  /** Control requests by client. */
  readonly proxies: ProxyTable;
  /** Hand this to the calls. */
  readonly observer: StatsObserver;
  /** Numbers of the last interval; undefined without {@link StatisticsDeps.intervalMs}. */
  readonly interval: IntervalStatistics | undefined;
  readonly #deps: StatisticsDeps;
  readonly #started: number;
  #interfaces: ReadonlyMap<LocalAddress, TrafficSums> = new Map();
  #all = new TrafficSums();
  #walkedAt = -Infinity;
  #walkedChanges = -1;
  #sample: Sample | undefined;
  #nextSample = -Infinity;
  #rates: Readonly<Record<Path, Rates>> = { userspace: NO_RATES, kernel: NO_RATES };
  #onInterval: ((report: IntervalReport) => void) | undefined;

  /** Uptime starts now. */
  constructor(deps: StatisticsDeps) {
    this.#deps = deps;
    this.#started = deps.clock.now();
    this.proxies = new ProxyTable(this.counters, deps.maxProxies);
    this.interval = deps.intervalMs === undefined ? undefined : new IntervalStatistics({
      clock: deps.clock,
      calls: deps.calls,
      counters: this.counters,
      intervalMs: deps.intervalMs,
    });
    for (const { name, address } of deps.relay.addresses) {
      for (const { name: metric, labels } of METRICS) {
        if (labels.join() === "name,address") this.counters.cell(metric, name, address);
      }
    }
    this.observer = new StatsObserver(this.counters, deps.clock, () => this.interval?.look());
  }

  /** Hand this to the ng dispatcher. */
  readonly ngObserver: NgObserver = (report) => {
    this.proxies.record(report);
    this.interval?.record(report);
  };

  /** Sets who is told of each interval that has ended, with every gauge and total up to date. */
  onInterval(handler: (report: IntervalReport) => void): void {
    this.#onInterval = handler;
  }

  /** Relay whose interfaces are reported. */
  get relay(): ReportedRelay {
    return this.#deps.relay;
  }

  /** The calls that exist now. */
  get calls(): Iterable<CallView> {
    return this.#deps.calls().calls();
  }

  /** Process identifier, for thread reports. */
  get pid(): number {
    return this.#deps.process().pid;
  }

  /** The relay threads, empty without {@link StatisticsDeps.health}. */
  get threads(): readonly ThreadHealth[] {
    return this.#deps.health?.().threads ?? [];
  }

  /** Forwarding in the kernel; undefined without a table. */
  get kernel(): KernelHealth | undefined {
    return this.#deps.kernel?.();
  }

  /** Rates of the last full second. */
  rates(path: Path): Rates {
    return this.#rates[path];
  }

  /** Traffic of one local address as of the last {@link refresh}. */
  interfaceTraffic(local: LocalAddress): TrafficSums {
    return this.#interfaces.get(local) ?? new TrafficSums();
  }

  /** Takes a sample for the rates, and ends the interval when it is time; call it about once a second. */
  tick(): void {
    this.#takeSample();
    const report = this.interval?.tick();
    if (report === undefined || this.#onInterval === undefined) return;
    this.refresh();
    this.#onInterval(report);
  }

  /** Brings every gauge and total up to date. */
  refresh(): void {
    const now = this.#deps.clock.now();
    const unchanged = this.observer.changes === this.#walkedChanges;
    if (!unchanged || now - this.#walkedAt >= SAMPLE_MS / 4) this.#walk();
    this.counters.set("rtpengine_uptime_seconds", Math.floor((now - this.#started) / 1000));
    const ended = this.counters.get("rtpengine_sessions_total");
    const seconds = this.counters.get("rtpengine_call_duration_total");
    this.counters.set("rtpengine_call_duration_avg", ended === 0 ? 0 : seconds / ended);
    this.#refreshInterfaces();
    const { quality, relay } = this.#deps;
    if (quality !== undefined) countQuality(this.counters, quality, relay.addresses);
    this.#refreshEngine();
    this.#refreshProcess();
  }

  #takeSample(): void {
    const before = this.#deps.clock.now();
    if (before < this.#nextSample) return;
    this.#walk();
    const after = this.#deps.clock.now();
    this.#nextSample = before + Math.max(SAMPLE_MS / 2, (after - before) * WALK_SHARE);
    const totals = {
      userspace: ratesOf(this.#all, "userspace"),
      kernel: ratesOf(this.#all, "kernel"),
    };
    const sample: Sample = { time: before, totals };
    const last = this.#sample;
    const seconds = last === undefined ? 0 : (sample.time - last.time) / 1000;
    if (last !== undefined && seconds > 0) {
      this.#rates = {
        userspace: perSecond(last.totals.userspace, totals.userspace, seconds),
        kernel: perSecond(last.totals.kernel, totals.kernel, seconds),
      };
    }
    this.#sample = sample;
  }

  /** Sums over all ports, open and closed, and looks at all calls. */
  #walk(): void {
    const media: MediaCount = { userspace: 0, kernel: 0, mixed: 0 };
    const { engine } = this.#deps.relay;
    const since = this.#deps.clock.wall() - HEARD_MS;
    const heard = ({ slot }: StreamView): boolean =>
      slot !== undefined && engine.lastRx(slot) > since;
    const inKernel = ({ slot }: StreamView): boolean =>
      slot !== undefined && engine.forwarding?.(slot)?.forwards === true;
    let own = 0;
    let foreign = 0;
    for (const call of this.#deps.calls().calls()) {
      if (call.foreign) foreign++;
      else own++;
      countMedia(call, media, heard, inKernel);
    }
    const all = new TrafficSums();
    this.#interfaces = this.#deps.relay.traffic();
    for (const sums of this.#interfaces.values()) all.merge(sums);
    this.#all = all;
    this.#walkedAt = this.#deps.clock.now();
    this.#walkedChanges = this.observer.changes;
    const { counters } = this;
    counters.set("rtpengine_sessions", own, "own");
    counters.set("rtpengine_sessions", foreign, "foreign");
    for (const kind of ["userspace", "kernel", "mixed"] as const) {
      counters.set("rtpengine_mediastreams", media[kind], kind);
    }
    for (const path of PATHS) {
      const sums = ratesOf(all, path);
      counters.raise("rtpengine_packets_total", sums.packets, path);
      counters.raise("rtpengine_packet_errors_total", sums.errors, path);
      counters.raise("rtpengine_bytes_total", sums.bytes, path);
    }
    this.#countObstacles();
    if (this.#deps.quality === undefined) {
      counters.raise("rtpengine_packets_lost", all.lost);
      counters.raise("rtpengine_rtp_duplicates", all.duplicates);
      counters.raise("rtpengine_rtp_reordered", all.reordered);
      counters.raise("rtpengine_rtp_seq_resets", all.resets);
    }
    this.counters.raise("rtpedge_relay_punts_total", all.punted);
    this.counters.raise("rtpedge_relay_drops_total", all.dropSource, "source");
    this.counters.raise("rtpedge_relay_drops_total", all.dropMalformed, "malformed");
    this.counters.raise("rtpedge_relay_drops_total", all.dropFiltered, "filtered");
    this.counters.raise("rtpedge_relay_drops_total", all.dropNoRule, "no_rule");
    this.counters.raise("rtpedge_relay_drops_total", all.dropAuth, "not_authentic");
    this.counters.raise("rtpedge_relay_drops_total", all.dropReplay, "replayed");
  }

  /** Why streams are not forwarded in the kernel. */
  #countObstacles(): void {
    const { kernel, relay: { engine } } = this.#deps;
    if (kernel === undefined) return;
    const found = new Map<KernelObstacle, number>();
    for (const call of this.#deps.calls().calls()) {
      for (const { medias } of call.participants) {
        for (const { slot } of medias.flatMap(({ streams }) => streams)) {
          const obstacle = slot === undefined ? undefined : engine.forwarding?.(slot)?.obstacle;
          if (obstacle !== undefined) found.set(obstacle, (found.get(obstacle) ?? 0) + 1);
        }
      }
    }
    for (const obstacle of KERNEL_OBSTACLES) {
      if (obstacle === undefined) continue;
      this.counters.set("rtpedge_kernel_obstacles", found.get(obstacle) ?? 0, obstacle);
    }
    const { up, streams, pushed, pulled } = kernel();
    this.counters.set("rtpedge_kernel_up", up ? 1 : 0);
    this.counters.set("rtpedge_kernel_streams", streams);
    this.counters.set("rtpedge_kernel_moves_total", pushed, "in");
    this.counters.set("rtpedge_kernel_moves_total", pulled, "out");
  }

  #refreshInterfaces(): void {
    for (const local of this.#deps.relay.addresses) {
      const labels = [local.name, local.address] as const;
      const usage = this.#deps.relay.usage(local);
      this.counters.set("rtpengine_ports_used", usage.used, ...labels);
      this.counters.set("rtpengine_ports_free", usage.free, ...labels);
      this.counters.set("rtpengine_ports", usage.total, ...labels);
      const sums = this.interfaceTraffic(local);
      if (this.#deps.quality === undefined) {
        this.counters.raise("rtpengine_interface_packets_lost", sums.lost, ...labels);
        this.counters.raise("rtpengine_interface_duplicates", sums.duplicates, ...labels);
      }
      this.counters.raise("rtpengine_interface_packets", sums.packetsIn, ...labels, "ingress");
      this.counters.raise("rtpengine_interface_bytes", sums.bytesIn, ...labels, "ingress");
      this.counters.raise("rtpengine_interface_errors", sums.errorsIn, ...labels, "ingress");
      this.counters.raise("rtpengine_interface_packets", sums.packetsOut, ...labels, "egress");
      this.counters.raise("rtpengine_interface_bytes", sums.bytesOut, ...labels, "egress");
      this.counters.raise("rtpengine_interface_errors", sums.errorsOut, ...labels, "egress");
    }
  }

  #refreshEngine(): void {
    const { engine } = this.#deps.relay;
    this.counters.clear("rtpedge_relay_engine_info");
    this.counters.set("rtpedge_relay_engine_info", 1, engine.mode, engine.modeReason);
    const health = this.#deps.health?.();
    if (health === undefined) return;
    for (const [ring, lost] of Object.entries(health.ringLost)) {
      this.counters.set("rtpedge_relay_ring_lost_total", lost, ring);
    }
    const pid = String(this.pid);
    health.threads.forEach((thread, number) => {
      const index = String(number);
      this.counters.set("rtpengine_poller_wakeups", thread.wakeups, index, pid, "user");
      this.counters.set("rtpengine_poller_items", thread.batches, index, pid, "user");
      this.counters.set("rtpedge_relay_thread_received_packets_total", thread.rxPackets, index);
      this.counters.set("rtpedge_relay_thread_sent_packets_total", thread.txPackets, index);
      this.counters.set("rtpedge_relay_thread_unknown_packets_total", thread.rxUnknown, index);
      this.counters.set("rtpedge_relay_thread_overflow_packets_total", thread.rxOverflow, index);
      this.counters.set("rtpedge_relay_thread_send_errors_total", thread.txErrors, index);
      this.counters.set("rtpedge_relay_thread_cpu_seconds_total", thread.cpuSeconds, index);
    });
  }

  #refreshProcess(): void {
    const usage = this.#deps.process();
    this.counters.set("rtpedge_process_resident_memory_bytes", usage.residentBytes);
    this.counters.set("rtpedge_process_heap_bytes", usage.heapBytes);
    this.counters.set("rtpedge_process_cpu_seconds_total", usage.cpuSeconds);
  }
}

function ratesOf(sums: TrafficSums, path: Path): Rates {
  const kernel = {
    packets: sums.kernelPackets,
    bytes: sums.kernelBytes,
    errors: sums.kernelErrors,
  };
  if (path === "kernel") return kernel;
  return {
    packets: sums.packetsIn - kernel.packets,
    bytes: sums.bytesIn - kernel.bytes,
    errors: sums.errorsIn + sums.errorsOut - kernel.errors,
  };
}

function perSecond(from: Rates, to: Rates, seconds: number): Rates {
  const rate = (key: keyof Rates): number =>
    Math.max(0, Math.round((to[key] - from[key]) / seconds));
  return { packets: rate("packets"), bytes: rate("bytes"), errors: rate("errors") };
}
