/**
 * What kind of packet a datagram is (RFC 7983, RFC 5761), as the relay core tells them apart.
 *
 * @module
 */

import type { Rule } from "./types.ts";

/** Classes a datagram can have by its bytes alone. */
export type WireClass = "rtp" | "rtcp" | "stun" | "dtls" | "other";

/** @returns undefined for what is neither opaque by the rule nor valid STUN, DTLS, RTP or RTCP */
export function classOf(
  payload: Uint8Array,
  rule: Pick<Rule, "opaque" | "rtcpOnly" | "rtcpMux">,
): WireClass | undefined {
  if (rule.opaque) return "other";
  const first = payload[0];
  if (first === undefined) return undefined;
  if (first <= 3) return "stun";
  if (first >= 20 && first <= 63) return "dtls";
  if (first >> 6 !== 2) return undefined;
  const second = payload[1] ?? 0;
  const rtcp = second >= 192 && second <= 223;
  if (rule.rtcpOnly || (rule.rtcpMux && rtcp)) {
    return rtcp && payload.length >= 8 ? "rtcp" : undefined;
  }
  return payload.length >= 12 + (first & 15) * 4 ? "rtp" : undefined;
}

/** SSRC of a packet that is RTP. */
export function ssrcOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(8);
}

/** Whether the payload type of an RTP packet is one the rule does not let through. */
export function isFiltered(payload: Uint8Array, rule: Pick<Rule, "payloadTypes">): boolean {
  return rule.payloadTypes !== undefined && !rule.payloadTypes.includes(payload[1]! & 0x7f);
}
