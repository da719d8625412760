/**
 * HEP3: tells a Homer server about RTCP and ng messages. Knows no calls.
 *
 * @module
 */

export type { Clock } from "../core/clock.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export type * from "../rtcp/mod.ts";
export { encodeHep, HEP_PROTOCOLS, type HepCapture } from "./encode.ts";
export { type CapturedNg, type CapturedRtcp, Homer, type HomerOptions } from "./homer.ts";
export { rtcpJson } from "./rtcp_json.ts";
export { type HepSender, type HepServer, openHepSender } from "./sender.ts";
