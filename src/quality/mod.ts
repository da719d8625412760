/**
 * The quality of media: round trips, jitter, loss and scores from RTCP, and RTCP of our own. No sockets, no
 * clock: packets and times come in, summaries and packets go out.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export type { TrafficSums } from "../relay/traffic.ts";
export type { LocalAddress, SlotCounters, SsrcCounters } from "../relay/types.ts";
export type * from "../rtcp/mod.ts";
export { CallQuality, type PassedReport, type Reception } from "./call_quality.ts";
export { type GeneratedReport, ReportGenerator, type ReportInput } from "./generator.ts";
export {
  QualityHistory,
  type QualityMean,
  type QualityReport,
  type QualitySummary,
} from "./history.ts";
export { DEFAULT_MOS, type MosInput, type MosModel, mosModel, mosScore } from "./mos.ts";
export { type QualitySample, QualitySums, type TrafficSource } from "./sums.ts";
export * from "./types.ts";
