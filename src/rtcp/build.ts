/**
 * RTCP packets to the bytes of a datagram.
 *
 * @module
 */

import { toBytes } from "../core/bytes.ts";
import { FMT_AFB, FMT_FIR, FMT_NACK, FMT_PLI, REMB_MAGIC } from "./parse_feedback.ts";
import { XR_BLOCKS } from "./parse_xr.ts";
import {
  type Feedback,
  type ReportBlock,
  RTCP_TYPES,
  type RtcpBody,
  type SdesChunk,
  type XrBlock,
} from "./types.ts";

/** Most reports, chunks or sources one packet can say (RFC 3550 section 6.4.1). */
export const MAX_COUNT = 31;

/**
 * Writes a compound, in the order given.
 *
 * @throws RangeError when a packet has more than 31 entries, or a text more than 255 bytes
 */
export function buildRtcp(packets: readonly RtcpBody[]): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (const packet of packets) writePacket(out, packet);
  return Uint8Array.from(out);
}

function writePacket(out: number[], packet: RtcpBody): void {
  const start = out.length;
  out.push(0, RTCP_TYPES[packet.type], 0, 0);
  const count = writeBody(out, packet);
  if (count > MAX_COUNT) throw new RangeError(`${packet.type} with ${count} entries`);
  while ((out.length - start) % 4 !== 0) out.push(0);
  const words = (out.length - start) / 4 - 1;
  if (words > 0xffff) throw new RangeError(`${packet.type} of ${words} words`);
  out[start] = 0x80 | count;
  out[start + 2] = words >> 8;
  out[start + 3] = words & 0xff;
}

/** @returns the count field */
function writeBody(out: number[], packet: RtcpBody): number {
  switch (packet.type) {
    case "SR": {
      const { ntpSeconds, ntpFraction, rtpTimestamp, packets, octets } = packet.sender;
      u32(out, packet.ssrc, ntpSeconds, ntpFraction, rtpTimestamp, packets, octets);
      return writeReports(out, packet.reports);
    }
    case "RR":
      u32(out, packet.ssrc);
      return writeReports(out, packet.reports);
    case "SDES":
      for (const chunk of packet.chunks) writeChunk(out, chunk);
      return packet.chunks.length;
    case "BYE":
      u32(out, ...packet.ssrcs);
      if (packet.reason !== undefined) text(out, packet.reason);
      return packet.ssrcs.length;
    case "APP":
      u32(out, packet.ssrc);
      if (packet.name.length !== 4) throw new RangeError(`name of ${packet.name.length} bytes`);
      out.push(...toBytes(packet.name), ...packet.data);
      return packet.subtype;
    case "RTPFB":
    case "PSFB":
      u32(out, packet.ssrc, packet.mediaSsrc);
      writeFeedback(out, packet.feedback);
      return formatOf(packet.feedback) ?? packet.format;
    case "XR":
      u32(out, packet.ssrc);
      for (const block of packet.blocks) writeBlock(out, block);
      return 0;
  }
}

function writeReports(out: number[], reports: readonly ReportBlock[]): number {
  for (const { ssrc, fractionLost, lost, highestSequence, jitter, lastSr, delay } of reports) {
    const clamped = Math.max(-0x800000, Math.min(0x7fffff, lost));
    u32(out, ssrc, (fractionLost << 24) | (clamped & 0xffffff));
    u32(out, highestSequence, jitter, lastSr, delay);
  }
  return reports.length;
}

function writeChunk(out: number[], { ssrc, items }: SdesChunk): void {
  const start = out.length;
  u32(out, ssrc);
  for (const { type, text: value } of items) {
    out.push(type);
    text(out, value);
  }
  do out.push(0); while ((out.length - start) % 4 !== 0);
}

function formatOf({ kind }: Feedback): number | undefined {
  switch (kind) {
    case "nack":
      return FMT_NACK;
    case "pli":
      return FMT_PLI;
    case "fir":
      return FMT_FIR;
    case "remb":
      return FMT_AFB;
    case "other":
      return undefined;
  }
}

function writeFeedback(out: number[], feedback: Feedback): void {
  switch (feedback.kind) {
    case "nack":
      for (const { pid, blp } of feedback.items) u16(out, pid, blp);
      return;
    case "pli":
      return;
    case "fir":
      for (const { ssrc, sequence } of feedback.items) u32(out, ssrc, sequence << 24);
      return;
    case "remb": {
      let mantissa = feedback.bitrate;
      let exponent = 0;
      for (; mantissa > 0x3ffff; exponent++) mantissa = Math.floor(mantissa / 2);
      u32(out, REMB_MAGIC, (feedback.ssrcs.length << 24) | (exponent << 18) | mantissa);
      u32(out, ...feedback.ssrcs);
      return;
    }
    case "other":
      out.push(...feedback.data);
  }
}

function writeBlock(out: number[], block: XrBlock): void {
  const start = out.length;
  out.push(0, 0, 0, 0);
  switch (block.block) {
    case "receiver-time":
      out[start] = XR_BLOCKS.receiverTime;
      u32(out, block.ntpSeconds, block.ntpFraction);
      break;
    case "dlrr":
      out[start] = XR_BLOCKS.dlrr;
      for (const { ssrc, lastRr, delay } of block.reports) u32(out, ssrc, lastRr, delay);
      break;
    case "statistics":
      out[start] = XR_BLOCKS.statistics;
      out[start + 1] = block.flags;
      u32(out, block.ssrc);
      u16(out, block.beginSequence, block.endSequence);
      u32(out, block.lost, block.duplicates, ...block.jitter);
      out.push(...block.ttl);
      break;
    case "voip":
      out[start] = XR_BLOCKS.voip;
      u32(out, block.ssrc);
      out.push(block.lossRate, block.discardRate, block.burstDensity, block.gapDensity);
      u16(out, block.burstDuration, block.gapDuration, block.roundTrip, block.endSystemDelay);
      out.push(block.signalLevel, block.noiseLevel, block.rerl, block.gmin, block.rFactor);
      out.push(block.externalRFactor, block.mosLq, block.mosCq, block.rxConfig, 0);
      u16(out, ...block.jitterBuffer);
      break;
    case "other":
      out[start] = block.blockType;
      out.push(...block.data);
  }
  const words = (out.length - start) / 4 - 1;
  out[start + 2] = words >> 8;
  out[start + 3] = words & 0xff;
}

function u16(out: number[], ...values: readonly number[]): void {
  for (const value of values) out.push((value >> 8) & 0xff, value & 0xff);
}

function u32(out: number[], ...values: readonly number[]): void {
  for (const value of values) {
    out.push(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }
}

function text(out: number[], value: string): void {
  if (value.length > 255) throw new RangeError(`text of ${value.length} bytes`);
  out.push(value.length, ...toBytes(value));
}
