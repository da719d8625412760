/**
 * Packets the conformance suite sends.
 *
 * @module
 */

import { buildReceiverReport, buildRtp } from "../support/rtp.ts";

/** A G.711 packet of 20 ms; the sequence number is in its payload too. */
export function rtp(sequence: number, parts: { ssrc?: number; payloadType?: number } = {}) {
  return buildRtp({
    payloadType: parts.payloadType ?? 8,
    sequence,
    timestamp: sequence * 160,
    ssrc: parts.ssrc ?? 0x11223344,
    payload: new Uint8Array(160).fill(sequence & 0xff),
  });
}

/** A receiver report. */
export function rtcp(): Uint8Array {
  return buildReceiverReport(0x11223344);
}

/** A STUN binding request without attributes (RFC 8489). */
export function stun(): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1);
  view.setUint32(4, 0x2112a442);
  return bytes;
}

/** The beginning of a DTLS handshake record. */
export function dtls(): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set([22, 0xfe, 0xff]);
  return bytes;
}
