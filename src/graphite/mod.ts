/**
 * Statistics sent to a Graphite server at intervals, under rtpengine's names. Owns names, buffering and
 * reconnection; must not know where the numbers come from beyond the face of `src/stats`.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Statistics } from "../stats/mod.ts";
import { type GraphiteConnect, GraphiteExporter, type GraphiteLog } from "./exporter.ts";
import { GraphiteText } from "./text.ts";

export {
  type GraphiteConnect,
  GraphiteExporter,
  type GraphiteExporterOptions,
  type GraphiteLink,
  type GraphiteLog,
  type LinkEvents,
  MAX_BUFFERED,
  MAX_RETRY_MS,
} from "./exporter.ts";
export { connectGraphite } from "./socket.ts";
export { GraphiteText } from "./text.ts";

/** What {@link startGraphite} is made of. */
export interface GraphiteOptions {
  /** Statistics that keep intervals; each interval is sent. */
  readonly statistics: Statistics;
  /** Time. */
  readonly clock: Clock;
  /** Opens a connection to the server. */
  readonly connect: GraphiteConnect;
  /** Text before each name. */
  readonly prefix: string;
  /** Longest wait for the server to connect or to take data, ms; 0 = as long as the system waits. */
  readonly timeoutMs: number;
  /** Where connections that come and go are told. */
  readonly log: GraphiteLog;
}

/** The exporter, at work. */
export interface Graphite {
  /** Call it about once a second. */
  tick(): void;
  /** Closes the connection; what is still buffered is lost. */
  close(): void;
}

/** Sends every interval that ends from now on. */
export function startGraphite(options: GraphiteOptions): Graphite {
  const { statistics, clock, connect, timeoutMs, log } = options;
  const text = new GraphiteText(statistics, options.prefix);
  const exporter = new GraphiteExporter({
    clock,
    connect,
    timeoutMs,
    log,
    count: (result) => statistics.counters.add("rtpedge_graphite_reports_total", 1, result),
  });
  statistics.onInterval((report) => exporter.push(text.render(report)));
  return exporter;
}
