/**
 * What statistics are read from: the relay and its threads, the calls, the process, the quality of media.
 *
 * @module
 */

import type { CallRegistry } from "../call/types.ts";
import type { Clock } from "../core/clock.ts";
import type { QualityReader } from "../quality/types.ts";
import type { Relay, RelayEngine } from "../relay/types.ts";

/** Numbers of one relay thread since the start. */
export interface ThreadHealth {
  /** Times it woke up to look for packets. */
  readonly wakeups: number;
  /** Batches of packets handled. */
  readonly batches: number;
  /** Packets received. */
  readonly rxPackets: number;
  /** Packets sent. */
  readonly txPackets: number;
  /** Packets for ports that are not open. */
  readonly rxUnknown: number;
  /** Packets lost in a full receive buffer. */
  readonly rxOverflow: number;
  /** Packets the system did not take. */
  readonly txErrors: number;
  /** Processor time used. */
  readonly cpuSeconds: number;
}

/** Numbers of the relay core that belong to no port. */
export interface RelayHealth {
  /** One entry for each thread. */
  readonly threads: readonly ThreadHealth[];
  /** Records lost, by ring name (`punt`, `control`). */
  readonly ringLost: Readonly<Record<string, number>>;
}

/** What this process uses. */
export interface ProcessUsage {
  /** Process identifier. */
  readonly pid: number;
  /** Resident memory. */
  readonly residentBytes: number;
  /** JavaScript heap in use. */
  readonly heapBytes: number;
  /** Processor time of all threads. */
  readonly cpuSeconds: number;
}

/** The part of {@link Relay} that is reported. */
export interface ReportedRelay extends Pick<Relay, "addresses" | "usage" | "traffic"> {
  /** The engine in use. */
  readonly engine: Pick<RelayEngine, "mode" | "modeReason" | "lastRx" | "forwarding">;
}

/** How forwarding in the kernel is doing. */
export interface KernelHealth {
  /** The table is there. */
  readonly up: boolean;
  /** Ports whose packets the module forwards. */
  readonly streams: number;
  /** Ports whose packets do not get to it. */
  readonly missed: number;
  /** Ports it had no room for. */
  readonly refused: number;
  /** Moves into the kernel since the start. */
  readonly pushed: number;
  /** Moves back. */
  readonly pulled: number;
}

/** What {@link Statistics} needs from the rest of the program. */
export interface StatisticsDeps {
  /** Wall-clock time for durations, monotonic time for rates. */
  readonly clock: Clock;
  /** Interfaces and engine that are reported. */
  readonly relay: ReportedRelay;
  /** Asked at the time of use, because the calls themselves need the observer made here. */
  readonly calls: () => CallRegistry;
  /** Absent = the engine has no threads of its own. */
  readonly health?: () => RelayHealth;
  /** Forwarding in the kernel; absent = no table is in use. */
  readonly kernel?: () => KernelHealth;
  /** What the process uses now. */
  readonly process: () => ProcessUsage;
  /** Control clients with rows of their own. */
  readonly maxProxies?: number;
  /** Quality of media; absent = only what the relay counts. */
  readonly quality?: QualityReader;
  /** Length of the intervals that are summed up, in ms; absent = none are. */
  readonly intervalMs?: number;
}
