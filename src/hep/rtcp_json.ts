/**
 * RTCP in the JSON that Homer reads. The name `ntp_timestamp_usec` is Homer's; what it holds is the
 * fraction of the NTP timestamp.
 *
 * @module
 */

import { toText } from "../core/bytes.ts";
import type { ReportBlock, RtcpPacket, SdesChunk } from "../rtcp/mod.ts";

/** The text for one datagram; undefined when there is no report in it. */
export function rtcpJson(packets: readonly RtcpPacket[]): string | undefined {
  const parts: string[] = [];
  const report = packets.find(({ type }) => type === "SR" || type === "RR");
  if (report?.type === "SR") {
    const { ntpSeconds, ntpFraction, octets, rtpTimestamp, packets: count } = report.sender;
    parts.push(
      `"sender_information":{"ntp_timestamp_sec":${ntpSeconds},` +
        `"ntp_timestamp_usec":${ntpFraction},"octets":${octets},` +
        `"rtp_timestamp":${rtpTimestamp}, "packets":${count}}`,
    );
  }
  if (report?.type !== "SR" && report?.type !== "RR") return undefined;
  const { ssrc, header, reports } = report;
  parts.push(
    `"ssrc":${ssrc},"type":${header.packetType},"report_count":${reports.length}`,
    `"report_blocks":[${reports.map(blockJson).join(",")}]`,
  );
  const chunks = packets.flatMap((packet) => packet.type === "SDES" ? packet.chunks : []);
  if (chunks.length > 0) {
    parts.push(
      `"sdes_report_count":${chunks.length}`,
      `"sdes_information": [ ${chunks.flatMap(itemsJson).join(",")}]`,
    );
  }
  return `{ ${parts.join(",")} }`;
}

function blockJson(report: ReportBlock): string {
  return JSON.stringify({
    source_ssrc: report.ssrc,
    highest_seq_no: report.highestSequence,
    fraction_lost: report.fractionLost,
    ia_jitter: report.jitter,
    // 24 bits as they stand in the packet
    packets_lost: report.lost & 0xffffff,
    lsr: report.lastSr,
    dlsr: report.delay,
  });
}

function itemsJson({ ssrc, items }: SdesChunk): string[] {
  return items.map(({ type, text }) =>
    JSON.stringify({ sdes_chunk_ssrc: ssrc, type, text: toText(text) })
  );
}
