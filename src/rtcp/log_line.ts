/**
 * RTCP as one line of a log (`log-facility-rtcp`).
 *
 * @module
 */

import { XR_BLOCKS } from "./parse_xr.ts";
import type { ReportBlock, RtcpPacket, VoipMetrics, XrBlock } from "./types.ts";

type Fields = readonly (readonly [string, number])[];

/** The line for one datagram; undefined when there is no report in it. */
export function rtcpLogLine(packets: readonly RtcpPacket[]): string | undefined {
  if (!packets.some(({ type }) => type === "SR" || type === "RR")) return undefined;
  return packets.flatMap(packetFields).map(([name, value]) => `${name}=${value}`).join(", ");
}

function packetFields(packet: RtcpPacket): Fields {
  switch (packet.type) {
    case "SR": {
      const { ntpSeconds, ntpFraction, rtpTimestamp, packets, octets } = packet.sender;
      return [
        ...headerFields(packet),
        ["ssrc", packet.ssrc],
        ["ntp_sec", ntpSeconds],
        ["ntp_fractions", ntpFraction],
        ["rtp_ts", rtpTimestamp],
        ["sender_packets", packets],
        ["sender_bytes", octets],
        ...packet.reports.flatMap(blockFields),
      ];
    }
    case "RR":
      return [
        ...headerFields(packet),
        ["ssrc", packet.ssrc],
        ...packet.reports.flatMap(blockFields),
      ];
    case "SDES":
      return headerFields(packet);
    case "XR":
      return [...headerFields(packet), ["ssrc", packet.ssrc], ...packet.blocks.flatMap(xrFields)];
    default:
      return [];
  }
}

function headerFields({ header }: RtcpPacket): Fields {
  return [
    ["version", 2],
    ["padding", header.padding ? 1 : 0],
    ["count", header.count],
    ["payloadtype", header.packetType],
    ["length", header.length],
  ];
}

function blockFields(report: ReportBlock): Fields {
  return [
    ["ssrc", report.ssrc],
    ["fraction_lost", report.fractionLost],
    // 24 bits as they stand in the packet
    ["packet_loss", report.lost & 0xffffff],
    ["last_seq", report.highestSequence],
    ["jitter", report.jitter],
    ["last_sr", report.lastSr],
    ["delay_since_last_sr", report.delay],
  ];
}

function xrFields(block: XrBlock): Fields {
  const header = (type: number, specific: number, length: number): Fields => [
    ["rb_header_blocktype", type],
    ["rb_header_blockspecdata", specific],
    ["rb_header_blocklength", length],
  ];
  switch (block.block) {
    case "receiver-time":
      return header(XR_BLOCKS.receiverTime, 0, 2);
    case "dlrr":
      return header(XR_BLOCKS.dlrr, 0, block.reports.length * 3);
    case "statistics":
      return header(XR_BLOCKS.statistics, block.flags, 9);
    case "voip":
      return [...header(XR_BLOCKS.voip, 0, 8), ...voipFields(block)];
    case "other":
      return header(block.blockType, 0, block.data.length / 4);
  }
}

function voipFields(metrics: VoipMetrics): Fields {
  const [nominal, longest, absolute] = metrics.jitterBuffer;
  const fields: Fields = [
    ["ssrc", metrics.ssrc],
    ["loss_rate", metrics.lossRate],
    ["discard_rate", metrics.discardRate],
    ["burst_den", metrics.burstDensity],
    ["gap_den", metrics.gapDensity],
    ["burst_dur", metrics.burstDuration],
    ["gap_dur", metrics.gapDuration],
    ["rnd_trip_delay", metrics.roundTrip],
    ["end_sys_delay", metrics.endSystemDelay],
    ["signal_lvl", metrics.signalLevel],
    ["noise_lvl", metrics.noiseLevel],
    ["rerl", metrics.rerl],
    ["gmin", metrics.gmin],
    ["r_factor", metrics.rFactor],
    ["ext_r_factor", metrics.externalRFactor],
    ["mos_lq", metrics.mosLq],
    ["mos_cq", metrics.mosCq],
    ["rx_config", metrics.rxConfig],
    ["jb_nom", nominal],
    ["jb_max", longest],
    ["jb_abs_max", absolute],
  ];
  return fields.map(([name, value]) => [`rb_voip_mtc_${name}`, value]);
}
