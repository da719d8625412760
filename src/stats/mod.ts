/**
 * Statistics: each counter is declared once, views of it are Prometheus, jsonstats and text. Owns what
 * is counted and how it is named; must not know the transports that carry a view.
 *
 * @module
 */

export { type ClientReport, ClientTally, MAX_CLIENTS } from "./client_tally.ts";
export { type CommandName, COMMANDS } from "./commands.ts";
export { type Cell, Counters, type Series } from "./counters.ts";
export { jsonStats, statisticsReply } from "./jsonstats.ts";
export {
  type CommandReport,
  type IntervalDeps,
  type IntervalReport,
  IntervalStatistics,
  type Spread,
} from "./interval.ts";
export { type FamilyMix, familyMix } from "./media.ts";
export {
  CURRENT_ITEMS,
  interfaceItems,
  type Item,
  MOS_ITEMS,
  RATE_ITEMS,
  type SeriesRef,
  TOTAL_ITEMS,
  VOIP_ITEMS,
} from "./layout.ts";
export {
  type MetricBody,
  type MetricName,
  METRICS,
  type MetricSpec,
  type MetricType,
  QUALITIES,
  type Quality,
  SINGLE_METRICS,
} from "./metrics.ts";
export { StatsObserver } from "./observer.ts";
export { PrometheusPage } from "./prometheus.ts";
export { MAX_PROXIES, type NgObserver, OTHER_PROXY, type ProxyRow, ProxyTable } from "./proxies.ts";
export type {
  KernelHealth,
  ProcessUsage,
  RelayHealth,
  ReportedRelay,
  StatisticsDeps,
  ThreadHealth,
} from "./sources.ts";
export { type Path, type Rates, Statistics } from "./statistics.ts";
