/**
 * Bytes of a datagram to RTCP packets (RFC 3550 appendix A.2).
 *
 * @module
 */

import { RtcpError } from "./error.ts";
import { parseFeedback } from "./parse_feedback.ts";
import { parseXr } from "./parse_xr.ts";
import { Reader } from "./reader.ts";
import {
  type ReportBlock,
  RTCP_TYPES,
  type RtcpBody,
  type RtcpHeader,
  type RtcpPacket,
  type SdesChunk,
  type SdesItem,
} from "./types.ts";

/** Packets in one datagram; more is an attack on whoever reads them. */
const MAX_PACKETS = 64;
const HEADER = 4;
const REPORT = 24;

/** How strict {@link parseRtcp} is. */
export interface ParseOptions {
  /** Packets need not begin with a report (RFC 5506); default true. */
  readonly reducedSize?: boolean;
}

/**
 * Reads one datagram, which is one packet or a compound of several.
 *
 * @throws RtcpError for anything that is not valid RTCP, and nothing else
 */
export function parseRtcp(
  datagram: Uint8Array,
  { reducedSize = true }: ParseOptions = {},
): RtcpPacket[] {
  const reader = new Reader(datagram);
  const packets: RtcpPacket[] = [];
  do {
    if (packets.length === MAX_PACKETS) {
      throw new RtcpError(`there are more than ${MAX_PACKETS} packets in one datagram`);
    }
    const { header, body } = readPacket(reader);
    if (packets.length === 0 && !reducedSize && !isReport(header.packetType)) {
      throw new RtcpError(`a compound begins with packet type ${header.packetType}, not a report`);
    }
    packets.push({ header, ...readBody(header, body) });
  } while (reader.left > 0);
  return packets;
}

function isReport(packetType: number): boolean {
  return packetType === RTCP_TYPES.SR || packetType === RTCP_TYPES.RR;
}

/** One packet without its padding. */
function readPacket(reader: Reader): { header: RtcpHeader; body: Reader } {
  const first = reader.u8();
  if (first >> 6 !== 2) throw new RtcpError(`version ${first >> 6} is not 2`);
  const packetType = reader.u8();
  const length = reader.u16();
  const header = { padding: (first & 0x20) !== 0, count: first & 31, packetType, length };
  const bytes = reader.bytes(length * 4);
  if (!header.padding) return { header, body: new Reader(bytes) };
  if (reader.left > 0) throw new RtcpError("a packet that is not the last one has padding");
  const padding = bytes.at(-1) ?? 0;
  if (padding === 0 || padding % 4 !== 0 || padding > bytes.length) {
    throw new RtcpError(`padding of ${padding} bytes in a packet of ${bytes.length + HEADER}`);
  }
  return { header, body: new Reader(bytes.subarray(0, bytes.length - padding)) };
}

function readBody(header: RtcpHeader, body: Reader): RtcpBody | { type: "unknown" } {
  switch (header.packetType) {
    case RTCP_TYPES.SR: {
      const ssrc = body.u32();
      const sender = {
        ntpSeconds: body.u32(),
        ntpFraction: body.u32(),
        rtpTimestamp: body.u32(),
        packets: body.u32(),
        octets: body.u32(),
      };
      return { type: "SR", ssrc, sender, reports: readReports(header, body) };
    }
    case RTCP_TYPES.RR:
      return { type: "RR", ssrc: body.u32(), reports: readReports(header, body) };
    case RTCP_TYPES.SDES:
      return { type: "SDES", chunks: readChunks(header, body) };
    case RTCP_TYPES.BYE:
      return readBye(header, body);
    case RTCP_TYPES.APP: {
      const { count: subtype } = header;
      const ssrc = body.u32();
      const name = body.text(4);
      return { type: "APP", subtype, ssrc, name, data: body.bytes(body.left) };
    }
    case RTCP_TYPES.RTPFB:
    case RTCP_TYPES.PSFB:
      return parseFeedback(header, body);
    case RTCP_TYPES.XR:
      return parseXr(body);
    default:
      return { type: "unknown" };
  }
}

/** What follows the reports is an extension of the profile and not read. */
function readReports({ count }: RtcpHeader, body: Reader): ReportBlock[] {
  if (count * REPORT > body.left) {
    throw new RtcpError(`${count} reports do not fit into ${body.left} bytes`);
  }
  return Array.from({ length: count }, () => {
    const ssrc = body.u32();
    const loss = body.u32();
    return {
      ssrc,
      fractionLost: loss >>> 24,
      lost: loss << 8 >> 8,
      highestSequence: body.u32(),
      jitter: body.u32(),
      lastSr: body.u32(),
      delay: body.u32(),
    };
  });
}

function readChunks({ count }: RtcpHeader, body: Reader): SdesChunk[] {
  const chunks: SdesChunk[] = [];
  for (let i = 0; i < count; i++) {
    const ssrc = body.u32();
    const items: SdesItem[] = [];
    for (let type = body.u8(); type !== 0; type = body.u8()) {
      items.push({ type, text: body.text(body.u8()) });
    }
    // the list ends with a null byte and is padded with more of them (RFC 3550 section 6.5)
    body.bytes((4 - body.at % 4) % 4);
    chunks.push({ ssrc, items });
  }
  return chunks;
}

function readBye({ count }: RtcpHeader, body: Reader): RtcpBody {
  if (count * 4 > body.left) throw new RtcpError(`${count} sources do not fit into a BYE`);
  const ssrcs = Array.from({ length: count }, () => body.u32());
  return { type: "BYE", ssrcs, reason: body.left > 0 ? body.text(body.u8()) : undefined };
}
