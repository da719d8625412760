/**
 * RTCP packets as values. Numbers are as on the wire unless a comment says otherwise.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";

/** Packet types of RFC 3550, RFC 3611 and RFC 4585. */
export const RTCP_TYPES = {
  /** Sender report. */
  SR: 200,
  /** Receiver report. */
  RR: 201,
  /** Source description. */
  SDES: 202,
  /** End of a source. */
  BYE: 203,
  /** Application-defined. */
  APP: 204,
  /** Feedback on transport (RFC 4585). */
  RTPFB: 205,
  /** Feedback on payload (RFC 4585). */
  PSFB: 206,
  /** Extended report (RFC 3611). */
  XR: 207,
} as const;

/** The first 32 bits of a packet. */
export interface RtcpHeader {
  /** Padding follows. */
  readonly padding: boolean;
  /** Report count, source count, subtype or feedback format, 0..31. */
  readonly count: number;
  /** 0..255 */
  readonly packetType: number;
  /** Length in 32-bit words minus one. */
  readonly length: number;
}

/** What a receiver says of one source (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  /** The source reported on. */
  readonly ssrc: number;
  /** Loss since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Packets lost since the beginning, signed 24 bits. */
  readonly lost: number;
  /** Extended highest sequence number. */
  readonly highestSequence: number;
  /** Interarrival jitter in timestamp units. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 = none. */
  readonly lastSr: number;
  /** Time since it came, in 1/65536 s. */
  readonly delay: number;
}

/** What a sender says of itself (RFC 3550 section 6.4.1). */
export interface SenderInfo {
  /** Seconds since 1900. */
  readonly ntpSeconds: number;
  /** Fraction of a second in 1/2^32. */
  readonly ntpFraction: number;
  /** The same moment in units of the RTP clock. */
  readonly rtpTimestamp: number;
  /** Packets sent. */
  readonly packets: number;
  /** Payload bytes sent. */
  readonly octets: number;
}

/** One item of a source description. */
export interface SdesItem {
  /** 1 = CNAME, see RFC 3550 section 6.5. */
  readonly type: number;
  /** At most 255 bytes. */
  readonly text: ByteString;
}

/** Items of one source. */
export interface SdesChunk {
  /** The source. */
  readonly ssrc: number;
  /** Its items. */
  readonly items: readonly SdesItem[];
}

/** One block of an extended report (RFC 3611). */
export type XrBlock =
  | { readonly block: "receiver-time"; readonly ntpSeconds: number; readonly ntpFraction: number }
  | {
    readonly block: "dlrr";
    /** `lastRr` is the middle of an NTP time, `delay` counts 1/65536 s. */
    readonly reports: readonly {
      readonly ssrc: number;
      readonly lastRr: number;
      readonly delay: number;
    }[];
  }
  | StatisticsSummary
  | VoipMetrics
  | { readonly block: "other"; readonly blockType: number; readonly data: Uint8Array };

/** RFC 3611 section 4.6. */
export interface StatisticsSummary {
  /** Which block. */
  readonly block: "statistics";
  /** Flags and reserved bits, byte 1 of the block. */
  readonly flags: number;
  /** The source reported on. */
  readonly ssrc: number;
  /** First sequence number of the interval. */
  readonly beginSequence: number;
  /** Last sequence number of it plus one. */
  readonly endSequence: number;
  /** Packets lost. */
  readonly lost: number;
  /** Packets that came twice. */
  readonly duplicates: number;
  /** Jitter in timestamp units: smallest, largest, mean, deviation. */
  readonly jitter: readonly [number, number, number, number];
  /** TTL or hop limit: smallest, largest, mean, deviation. */
  readonly ttl: readonly [number, number, number, number];
}

/** RFC 3611 section 4.7. */
export interface VoipMetrics {
  /** Which block. */
  readonly block: "voip";
  /** The source reported on. */
  readonly ssrc: number;
  /** In 1/256. */
  readonly lossRate: number;
  /** In 1/256. */
  readonly discardRate: number;
  /** In 1/256. */
  readonly burstDensity: number;
  /** In 1/256. */
  readonly gapDensity: number;
  /** ms */
  readonly burstDuration: number;
  /** ms */
  readonly gapDuration: number;
  /** ms */
  readonly roundTrip: number;
  /** ms */
  readonly endSystemDelay: number;
  /** dBm, as an unsigned byte. */
  readonly signalLevel: number;
  /** dBm, as an unsigned byte. */
  readonly noiseLevel: number;
  /** Residual echo return loss, dB. */
  readonly rerl: number;
  /** Gap threshold. */
  readonly gmin: number;
  /** 0..100, 127 = unknown. */
  readonly rFactor: number;
  /** 0..100, 127 = unknown. */
  readonly externalRFactor: number;
  /** Listening quality × 10, 127 = unknown. */
  readonly mosLq: number;
  /** Conversational quality × 10, 127 = unknown. */
  readonly mosCq: number;
  /** Receiver configuration. */
  readonly rxConfig: number;
  /** Jitter buffer: nominal, longest, absolute longest delay, ms. */
  readonly jitterBuffer: readonly [number, number, number];
}

/** What a feedback packet asks (RFC 4585, RFC 5104, REMB). */
export type Feedback =
  | {
    readonly kind: "nack";
    readonly items: readonly { readonly pid: number; readonly blp: number }[];
  }
  | { readonly kind: "pli" }
  | {
    readonly kind: "fir";
    readonly items: readonly { readonly ssrc: number; readonly sequence: number }[];
  }
  | { readonly kind: "remb"; readonly bitrate: number; readonly ssrcs: readonly number[] }
  | { readonly kind: "other"; readonly data: Uint8Array };

/** What one packet of a compound says, header aside. */
export type RtcpBody =
  | {
    readonly type: "SR";
    readonly ssrc: number;
    readonly sender: SenderInfo;
    readonly reports: readonly ReportBlock[];
  }
  | { readonly type: "RR"; readonly ssrc: number; readonly reports: readonly ReportBlock[] }
  | { readonly type: "SDES"; readonly chunks: readonly SdesChunk[] }
  | {
    readonly type: "BYE";
    readonly ssrcs: readonly number[];
    readonly reason?: ByteString | undefined;
  }
  | {
    readonly type: "APP";
    readonly subtype: number;
    readonly ssrc: number;
    /** Four bytes. */
    readonly name: ByteString;
    readonly data: Uint8Array;
  }
  | {
    readonly type: "RTPFB" | "PSFB";
    /** FMT, 0..31. */
    readonly format: number;
    readonly ssrc: number;
    readonly mediaSsrc: number;
    readonly feedback: Feedback;
  }
  | { readonly type: "XR"; readonly ssrc: number; readonly blocks: readonly XrBlock[] };

/** A packet of a compound that was received. `unknown` types are counted, not read. */
export type RtcpPacket =
  & { readonly header: RtcpHeader }
  & (RtcpBody | { readonly type: "unknown" });
