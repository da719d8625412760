/**
 * Calls: the graph of Call → Participant → Media → Stream with subscriptions as edges, the commands that
 * change it, and the timers that end it. Knows nothing of the text of descriptions or of sockets.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { Clock } from "../core/clock.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export type { Settings } from "../core/settings.ts";
export type { NgHandler, NgRequest } from "../ng/request.ts";
export type { NgDict, NgSource, NgTransport, NgValue, ReplyDict, ReplyValue } from "../ng/types.ts";
export type {
  MosModel,
  QualityMean,
  QualityReport,
  QualitySample,
  QualitySummary,
  QualitySums,
  TrafficSource,
} from "../quality/mod.ts";
export type * from "../quality/types.ts";
export type { AttributeEdit } from "../ng/attribute_edits.ts";
export type {
  DtlsEngine,
  DtlsHandshake,
  DtlsKeys,
  DtlsNews,
  DtlsPath,
  DtlsRole,
  DtlsTerms,
  KeySalt,
} from "../dtls/types.ts";
export type { Fingerprint, HashName } from "../dtls/fingerprint.ts";
export type { SuiteName } from "../srtp/mod.ts";
export type { TrafficSums } from "../relay/traffic.ts";
export type * from "../relay/types.ts";
export type * from "../rtcp/types.ts";
export type { CallLog } from "./call_log.ts";
export type { SsrcReporting } from "./context.ts";
export type { LoadSample } from "./limits.ts";
export { combineObservers } from "./observers.ts";
export type { QualityOptions, RtcpReception } from "./rtcp_monitor.ts";
export type { PastSlots } from "./resume.ts";
export type { SecureOptions } from "./secure/secure_media.ts";
export { type CallService, type CallServiceOptions, createCallService } from "./service.ts";
export * from "./types.ts";
export type { Gate } from "./gate.ts";
export type { SecureStep } from "./secure/timeline.ts";
