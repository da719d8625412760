/**
 * What kind of packet a datagram is (RFC 7983, RFC 5761) and whether its headers hold what they claim
 * (RFC 3550), for engines written in TypeScript.
 *
 * @module
 */

import type { PacketClass, Rule } from "./types.ts";

/** Classes a datagram can have by its bytes alone. */
export type WireClass = Extract<PacketClass, "rtp" | "rtcp" | "stun" | "dtls" | "other">;

/**
 * @returns undefined for what is malformed; on an opaque port everything is `other` but STUN and DTLS that
 * the rule hands up
 */
export function classOf(
  packet: Uint8Array,
  rule: Pick<Rule, "opaque" | "rtcpOnly" | "rtcpMux" | "punt">,
): WireClass | undefined {
  const first = packet[0];
  if (first === undefined) return undefined;
  if (!rule.opaque && first >> 6 === 2) {
    const second = packet[1] ?? 0;
    const isRtcp = rule.rtcpMux ? second >= 192 && second <= 223 : rule.rtcpOnly;
    if (isRtcp) return isValidRtcp(packet) ? "rtcp" : undefined;
    return isValidRtp(packet) ? "rtp" : undefined;
  }
  const wanted = (kind: PacketClass) => !rule.opaque || rule.punt.includes(kind);
  if (wanted("stun") && isStun(packet)) return "stun";
  if (wanted("dtls") && isDtls(packet)) return "dtls";
  return "other";
}

/** SSRC of a packet that is valid RTP. */
export function ssrcOf(packet: Uint8Array): number {
  return viewOf(packet).getUint32(8);
}

/** Payload of a packet that is valid RTP: no header, contributing source, extension or padding. */
export function payloadOf(packet: Uint8Array): Uint8Array {
  let start = 12 + (packet[0]! & 15) * 4;
  if (packet[0]! & 0x10) start += 4 + viewOf(packet).getUint16(start + 2) * 4;
  const padding = packet[0]! & 0x20 ? packet.at(-1)! : 0;
  return packet.subarray(start, packet.length - padding);
}

/** RFC 3550 sections 5.1 and 5.3.1. */
export function isValidRtp(packet: Uint8Array): boolean {
  const size = packet.length;
  if (size < 12 || packet[0]! >> 6 !== 2) return false;
  const payloadType = packet[1]! & 0x7f;
  if (payloadType >= 72 && payloadType <= 76) return false; // RTCP 200..204
  let need = 12 + (packet[0]! & 15) * 4;
  if (size < need) return false;
  if (packet[0]! & 0x10) {
    if (size < need + 4) return false;
    need += 4 + viewOf(packet).getUint16(need + 2) * 4;
    if (size < need) return false;
  }
  if (packet[0]! & 0x20) {
    const padding = packet[size - 1]!;
    if (size === need || padding === 0 || padding > size - need) return false;
  }
  return true;
}

/** RFC 3550 section 6.1 and A.2; reduced-size RTCP (RFC 5506) is fine. */
export function isValidRtcp(packet: Uint8Array): boolean {
  if (packet.length < 8) return false;
  let at = 0;
  let lastPadded = false;
  while (at < packet.length) {
    const rest = packet.subarray(at);
    if (rest.length < 4 || rest[0]! >> 6 !== 2 || lastPadded) return false;
    const type = rest[1]!;
    if (type < 192 || type > 223) return false;
    const size = (viewOf(rest).getUint16(2) + 1) * 4;
    const count = rest[0]! & 31;
    if (size > rest.length || size < promisedBy(type, count)) return false;
    if (type === 203) {
      const reason = 4 + count * 4;
      if (reason < size && reason + 1 + rest[reason]! > size) return false;
    }
    if (rest[0]! & 0x20) {
      const padding = rest[size - 1]!;
      if (padding === 0 || padding % 4 !== 0 || padding > size - 4) return false;
      lastPadded = true;
    }
    at += size;
  }
  return true;
}

/** Bytes an RTCP packet must have by its own type and count. */
function promisedBy(type: number, count: number): number {
  switch (type) {
    case 200:
      return 28 + count * 24;
    case 201:
      return 8 + count * 24;
    case 202:
      return 4 + count * 8;
    case 203:
      return 4 + count * 4;
    case 204:
    case 205:
    case 206:
      return 12;
    default:
      return 4;
  }
}

function isStun(packet: Uint8Array): boolean {
  if (packet.length < 20 || packet[0]! > 3) return false;
  const view = viewOf(packet);
  const length = view.getUint16(2);
  return view.getUint32(4) === 0x2112a442 && length % 4 === 0 && length + 20 <= packet.length;
}

function isDtls(packet: Uint8Array): boolean {
  const type = packet[0]!;
  return packet.length >= 13 && type >= 20 && type <= 63 && (packet[1] === 0xfe || type >= 32);
}

function viewOf(packet: Uint8Array): DataView {
  return new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
}
