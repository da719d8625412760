/**
 * RTCP sender reports for the live comparison (RFC 3550 section 6.4.1).
 *
 * @module
 */

import { fromBytes, toBytes } from "../support/mod.ts";

/** What one party reports about what it sends and hears. */
export interface Report {
  /** SSRC of the reporting party. */
  readonly ssrc: number;
  /** SSRC it hears. */
  readonly heard: number;
  /** Interarrival jitter in units of the clock rate. */
  readonly jitter: number;
  /** A report of the other party that was received: what it answers to. */
  readonly answers?: string;
  /** Seconds since that report was received. */
  readonly delay?: number;
}

const NTP_EPOCH = 2_208_988_800;

/** A sender report with one report block. @param now wall-clock ms */
export function buildSenderReport(report: Report, now: number): string {
  const view = new DataView(new ArrayBuffer(52));
  view.setUint8(0, 0x81);
  view.setUint8(1, 200);
  view.setUint16(2, 12);
  view.setUint32(4, report.ssrc);
  view.setUint32(8, Math.floor(now / 1000) + NTP_EPOCH);
  view.setUint32(12, Math.floor((now % 1000) / 1000 * 2 ** 32));
  view.setUint32(20, 100);
  view.setUint32(24, 16_000);
  view.setUint32(28, report.heard);
  view.setUint32(36, 4);
  view.setUint32(40, report.jitter);
  if (report.answers !== undefined) {
    const heard = toBytes(report.answers);
    // The middle 32 bits of its NTP time.
    view.setUint32(44, new DataView(heard.buffer, heard.byteOffset).getUint32(10));
    view.setUint32(48, Math.round((report.delay ?? 0) * 65_536));
  }
  return fromBytes(new Uint8Array(view.buffer));
}
