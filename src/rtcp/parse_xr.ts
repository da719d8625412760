/**
 * Extended reports (RFC 3611): receiver reference time, DLRR, statistics summary, VoIP metrics.
 *
 * @module
 */

import { RtcpError } from "./error.ts";
import type { Reader } from "./reader.ts";
import type { RtcpBody, StatisticsSummary, VoipMetrics, XrBlock } from "./types.ts";

/** Block types of RFC 3611 section 4. */
export const XR_BLOCKS = { receiverTime: 4, dlrr: 5, statistics: 6, voip: 7 } as const;

/** Reads the body of an extended report. @throws RtcpError */
export function parseXr(body: Reader): RtcpBody {
  const ssrc = body.u32();
  const blocks: XrBlock[] = [];
  while (body.left > 0) {
    const blockType = body.u8();
    const specific = body.u8();
    blocks.push(readBlock(blockType, specific, body.part(body.u16() * 4)));
  }
  return { type: "XR", ssrc, blocks };
}

function readBlock(blockType: number, specific: number, body: Reader): XrBlock {
  switch (blockType) {
    case XR_BLOCKS.receiverTime:
      return { block: "receiver-time", ntpSeconds: body.u32(), ntpFraction: body.u32() };
    case XR_BLOCKS.dlrr:
      if (body.left % 12 !== 0) throw new RtcpError(`DLRR block of ${body.left} bytes`);
      return {
        block: "dlrr",
        reports: Array.from(
          { length: body.left / 12 },
          () => ({ ssrc: body.u32(), lastRr: body.u32(), delay: body.u32() }),
        ),
      };
    case XR_BLOCKS.statistics:
      return readStatistics(specific, body);
    case XR_BLOCKS.voip:
      return readVoip(body);
    default:
      return { block: "other", blockType, data: body.bytes(body.left) };
  }
}

function readStatistics(flags: number, body: Reader): StatisticsSummary {
  return {
    block: "statistics",
    flags,
    ssrc: body.u32(),
    beginSequence: body.u16(),
    endSequence: body.u16(),
    lost: body.u32(),
    duplicates: body.u32(),
    jitter: [body.u32(), body.u32(), body.u32(), body.u32()],
    ttl: [body.u8(), body.u8(), body.u8(), body.u8()],
  };
}

function readVoip(body: Reader): VoipMetrics {
  const metrics = {
    block: "voip",
    ssrc: body.u32(),
    lossRate: body.u8(),
    discardRate: body.u8(),
    burstDensity: body.u8(),
    gapDensity: body.u8(),
    burstDuration: body.u16(),
    gapDuration: body.u16(),
    roundTrip: body.u16(),
    endSystemDelay: body.u16(),
    signalLevel: body.u8(),
    noiseLevel: body.u8(),
    rerl: body.u8(),
    gmin: body.u8(),
    rFactor: body.u8(),
    externalRFactor: body.u8(),
    mosLq: body.u8(),
    mosCq: body.u8(),
    rxConfig: body.u8(),
  } as const;
  body.u8(); // reserved
  return { ...metrics, jitterBuffer: [body.u16(), body.u16(), body.u16()] };
}
