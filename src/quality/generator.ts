/**
 * RTCP of our own (RFC 3550 section 6): sender reports on behalf of those a party hears, receiver reports
 * on what it sends.
 *
 * @module
 */

import type { SsrcCounters } from "../relay/types.ts";
import {
  buildRtcp,
  MAX_COUNT,
  ntpDelay,
  ntpTime,
  type ReportBlock,
  type RtcpBody,
  type SenderInfo,
} from "../rtcp/mod.ts";
import type { PassedReport } from "./call_quality.ts";

/** Sources one datagram speaks for; more would not fit. */
const MAX_SENDERS = 8;

/** What one datagram is made from. */
export interface ReportInput {
  /** Wall-clock ms. */
  readonly at: number;
  /** RTP sources the party is sent. */
  readonly senders: readonly SsrcCounters[];
  /** RTP sources the party sends. */
  readonly receivers: readonly SsrcCounters[];
  /** Newest sender report that came from one of `receivers`. */
  readonly lastReceived: (ssrc: number) => PassedReport | undefined;
}

/** A datagram and the sender reports in it. */
export interface GeneratedReport {
  /** To send. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Sender reports by SSRC. */
  readonly sent: readonly { readonly ssrc: number; readonly sender: SenderInfo }[];
}

/** Originates RTCP towards one party for one media section. */
export class ReportGenerator {
  readonly #cname: string;
  readonly #ownSsrc: number;
  /** Packets expected and received at the last report, by SSRC. */
  readonly #before = new Map<number, { readonly expected: number; readonly received: number }>();
  /** When the last report was made, wall-clock ms. */
  #last = 0;

  /**
   * Nothing has been reported yet.
   *
   * @param cname canonical name of all sources
   * @param ownSsrc who reports while nobody is heard
   */
  constructor(cname: string, ownSsrc: number) {
    this.#cname = cname;
    this.#ownSsrc = ownSsrc;
  }

  /** The next datagram; undefined when there is nothing to tell. */
  next({ at, senders, receivers, lastReceived }: ReportInput): GeneratedReport | undefined {
    const blocks = receivers.slice(0, MAX_COUNT).map((source) =>
      this.#block(source, lastReceived(source.ssrc), at)
    );
    this.#forget(receivers);
    const since = this.#last;
    this.#last = at;
    // who has been silent since the last report is no sender (RFC 3550 section 6.4)
    const active = senders.filter(({ last, packets }) => packets > 0 && last >= since)
      .slice(0, MAX_SENDERS);
    if (active.length === 0 && blocks.length === 0) return undefined;
    const sent = active.map((source) => ({ ssrc: source.ssrc, sender: senderInfo(source, at) }));
    const first = senders.find(({ packets }) => packets > 0)?.ssrc ?? this.#ownSsrc;
    const bodies: RtcpBody[] = sent.length === 0
      ? [{ type: "RR", ssrc: first, reports: blocks }]
      : sent.map(({ ssrc, sender }, i) => ({
        type: "SR",
        ssrc,
        sender,
        reports: i === 0 ? blocks : [],
      }));
    const names = sent.length === 0 ? [first] : sent.map(({ ssrc }) => ssrc);
    const items = [{ type: 1, text: this.#cname }];
    bodies.push({ type: "SDES", chunks: names.map((ssrc) => ({ ssrc, items })) });
    return { payload: buildRtcp(bodies), sent };
  }

  #block(source: SsrcCounters, passed: PassedReport | undefined, at: number): ReportBlock {
    const expected = source.packets + source.lost;
    const before = this.#before.get(source.ssrc);
    // a source that came back after another took its place is counted anew
    const base = before !== undefined && before.received <= source.packets
      ? before
      : { expected: 0, received: 0 };
    this.#before.set(source.ssrc, { expected, received: source.packets });
    const due = expected - base.expected;
    const lost = due - (source.packets - base.received);
    return {
      ssrc: source.ssrc,
      fractionLost: due <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor(lost * 256 / due)),
      lost: source.lost,
      highestSequence: ((source.cycles << 16) | source.maxSequence) >>> 0,
      jitter: Math.round(source.jitter * source.clockRate / 1000) >>> 0,
      lastSr: passed?.middle ?? 0,
      delay: passed === undefined ? 0 : ntpDelay(at - passed.at),
    };
  }

  #forget(receivers: readonly SsrcCounters[]): void {
    for (const ssrc of this.#before.keys()) {
      if (!receivers.some((source) => source.ssrc === ssrc)) this.#before.delete(ssrc);
    }
  }
}

/** What a source has sent, at the moment `at` (RFC 3550 section 6.4.1). */
function senderInfo(source: SsrcCounters, at: number): SenderInfo {
  const passed = Math.round((at - source.last) * source.clockRate / 1000);
  return {
    ...ntpTime(at),
    rtpTimestamp: (source.lastTimestamp + passed) >>> 0,
    packets: source.packets >>> 0,
    octets: source.payloadBytes >>> 0,
  };
}
