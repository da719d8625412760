/**
 * Captures of single calls as pcapng files. Knows ports and packets, not what a call is.
 *
 * @module
 */

export type { Clock } from "../core/clock.ts";
export type { Endpoint } from "../core/endpoint.ts";
export type { CapturedPacket, PacketCopies, Slot } from "../relay/types.ts";
export {
  type CaptureEnd,
  CaptureLimitError,
  type CaptureLimits,
  type CaptureParts,
  type CapturePort,
  Captures,
  type CaptureState,
  DEFAULT_CAPTURE,
  KEEP_MS,
  MAX_CAPTURE,
  MAX_CAPTURES,
  MAX_TOTAL,
  MIN_CAPTURE,
} from "./captures.ts";
export { pcapngEnd, pcapngHead, pcapngPacket, type UdpPacket } from "./pcapng.ts";
