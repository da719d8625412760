/**
 * Feedback packets: RFC 4585 sections 6.1 to 6.3, RFC 5104 section 4.3.1, and the receiver's estimated
 * maximum bit rate (draft-alvestrand-rmcat-remb).
 *
 * @module
 */

import { RtcpError } from "./error.ts";
import type { Reader } from "./reader.ts";
import { type Feedback, RTCP_TYPES, type RtcpBody, type RtcpHeader } from "./types.ts";

/** RTPFB format: packets are missing. */
export const FMT_NACK = 1;
/** PSFB format: picture loss. */
export const FMT_PLI = 1;
/** PSFB format: a full intra frame is asked for. */
export const FMT_FIR = 4;
/** PSFB format: application layer feedback. */
export const FMT_AFB = 15;
/** `REMB` */
export const REMB_MAGIC = 0x52454d42;

/** Reads a feedback packet. @throws RtcpError */
export function parseFeedback({ packetType, count }: RtcpHeader, body: Reader): RtcpBody {
  const type = packetType === RTCP_TYPES.RTPFB ? "RTPFB" : "PSFB";
  const ssrc = body.u32();
  const mediaSsrc = body.u32();
  return { type, format: count, ssrc, mediaSsrc, feedback: readControl(type, count, body) };
}

function readControl(type: "RTPFB" | "PSFB", format: number, body: Reader): Feedback {
  if (type === "RTPFB" && format === FMT_NACK) {
    const items = list(body.left, 4, () => ({ pid: body.u16(), blp: body.u16() }));
    return { kind: "nack", items };
  }
  if (type === "PSFB" && format === FMT_PLI) return { kind: "pli" };
  if (type === "PSFB" && format === FMT_FIR) {
    const items = list(body.left, 8, () => ({ ssrc: body.u32(), sequence: body.u32() >>> 24 }));
    return { kind: "fir", items };
  }
  if (type === "PSFB" && format === FMT_AFB) return readApplication(body);
  return { kind: "other", data: body.bytes(body.left) };
}

function readApplication(body: Reader): Feedback {
  const data = body.bytes(body.left);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (data.length < 8 || view.getUint32(0) !== REMB_MAGIC) return { kind: "other", data };
  const word = view.getUint32(4);
  const count = word >>> 24;
  if (8 + count * 4 > data.length) {
    throw new RtcpError(`${count} sources do not fit into a REMB of ${data.length} bytes`);
  }
  return {
    kind: "remb",
    bitrate: (word & 0x3ffff) * 2 ** ((word >>> 18) & 63),
    ssrcs: Array.from({ length: count }, (_, i) => view.getUint32(8 + i * 4)),
  };
}

function list<T>(bytes: number, size: number, read: () => T): T[] {
  if (bytes === 0 || bytes % size !== 0) {
    throw new RtcpError(`feedback of ${bytes} bytes is not made of entries of ${size}`);
  }
  return Array.from({ length: bytes / size }, read);
}
