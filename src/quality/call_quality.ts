/**
 * Round trips and scores of one call, from the reports of its parties.
 *
 * A sender report of one party reaches the other through us. When the other tells how long ago it got it
 * (LSR, DLSR), the time since it passed is the round trip between us and that other party, its leg. Both
 * legs together are the round trip between the parties. What a party reports is filed under its own SSRC:
 * it is what that party hears.
 *
 * @module
 */

import type { LocalAddress } from "../relay/types.ts";
import { ntpMiddle, type ReportBlock, type RtcpPacket, type SenderInfo } from "../rtcp/mod.ts";
import { QualityHistory, type QualitySummary } from "./history.ts";
import { type MosModel, mosScore } from "./mos.ts";
import type { QualitySums } from "./sums.ts";

/** SSRCs one call is followed for. A party that makes up more of them is not worth the memory. */
const MAX_SOURCES = 32;
/** Sender reports remembered for each SSRC. */
const MAX_SENT = 4;
/** A leg is not longer than that, in ms; what says so lies. */
const MAX_LEG_MS = 60_000;
/** Clocks and rounding may make a leg look this much shorter than nothing, in ms. */
const SLACK_MS = 50;

/** A sender report that passed, or that we sent. */
export interface PassedReport {
  /** Middle 32 bits of its NTP time. */
  readonly middle: number;
  /** Wall-clock ms. */
  readonly at: number;
}

/** What is remembered of one SSRC. */
interface Source {
  /** Sender reports it is the sender of, the newest last. */
  readonly passed: PassedReport[];
  /** Newest sender report that came from the party itself. */
  received: PassedReport | undefined;
  /** µs; 0 = not known. */
  leg: number;
  /** What it reports as a receiver. */
  history: QualityHistory | undefined;
}

/** How RTCP came in. */
export interface Reception {
  /** Wall-clock ms. */
  readonly at: number;
  /** Our address. */
  readonly local: LocalAddress;
  /** RTP clock rate of a source in Hz. */
  readonly clockRate: (ssrc: number) => number;
}

/** What is known about the quality of one call. */
export class CallQuality {
  readonly #sources = new Map<number, Source>();
  readonly #model: MosModel;
  readonly #sums: QualitySums;

  /** Nothing known; reports are also added to `sums`. */
  constructor(model: MosModel, sums: QualitySums) {
    this.#model = model;
    this.#sums = sums;
  }

  /** Takes in RTCP of a party. */
  received(packets: readonly RtcpPacket[], reception: Reception): void {
    for (const packet of packets) {
      if (packet.type !== "SR" && packet.type !== "RR") continue;
      if (packet.type === "SR") this.#senderReport(packet.ssrc, packet.sender, reception.at);
      for (const report of packet.reports) this.#report(packet.ssrc, report, reception);
    }
  }

  /** A sender report of our own left towards a party. */
  sent(ssrc: number, sender: SenderInfo, at: number): void {
    const source = this.#source(ssrc);
    if (source !== undefined) remember(source, { middle: ntpMiddle(sender), at });
  }

  /** Newest sender report that came from an SSRC. */
  lastReceived(ssrc: number): PassedReport | undefined {
    return this.#sources.get(ssrc)?.received;
  }

  /** What the party with this SSRC has reported; undefined when nothing. */
  summary(ssrc: number): QualitySummary | undefined {
    return this.#sources.get(ssrc)?.history?.summary();
  }

  /** Mean score of the party that hears worst, 1..5; undefined while no report had a score. */
  get mos(): number | undefined {
    let worst: number | undefined;
    for (const { history } of this.#sources.values()) {
      const mean = history?.mos;
      if (mean !== undefined && (worst === undefined || mean < worst)) worst = mean;
    }
    return worst;
  }

  #senderReport(ssrc: number, sender: SenderInfo, at: number): void {
    const source = this.#source(ssrc);
    if (source === undefined) return;
    source.received = { middle: ntpMiddle(sender), at };
    remember(source, source.received);
  }

  #report(reporter: number, report: ReportBlock, { at, local, clockRate }: Reception): void {
    const about = this.#sources.get(report.ssrc);
    const leg = about && legOf(about, report, at);
    if (about === undefined || leg === undefined) return;
    const source = this.#source(reporter);
    if (source === undefined) return;
    source.leg = leg;
    const other = about.leg;
    const rate = clockRate(report.ssrc);
    const jitter = Math.floor(report.jitter * 1000 / rate);
    const loss = Math.floor(report.fractionLost * 100 / 256);
    const roundTrip = other === 0 ? 0 : leg + other;
    const known = other !== 0 || this.#model.listening;
    const input = { roundTrip: roundTrip / 1000, jitter, loss, clockRate: rate };
    // as it is shown: tenths, not rounded up
    const mos = known ? Math.floor(mosScore(this.#model, input) * 10 + 1e-9) : 0;
    const history = source.history ??= new QualityHistory();
    history.lost = report.lost;
    history.add({ mos, roundTrip, leg, jitter, loss, at });
    this.#sums.report(local, {
      mos: mos === 0 ? undefined : mos / 10,
      jitter,
      roundTrip,
      leg,
      loss,
    });
  }

  #source(ssrc: number): Source | undefined {
    let source = this.#sources.get(ssrc);
    if (source === undefined && this.#sources.size < MAX_SOURCES) {
      source = { passed: [], received: undefined, leg: 0, history: undefined };
      this.#sources.set(ssrc, source);
    }
    return source;
  }
}

function remember(source: Source, report: PassedReport): void {
  source.passed.push(report);
  if (source.passed.length > MAX_SENT) source.passed.shift();
}

/** Round trip to the reporter in µs, at least 1; undefined when the report does not tell. */
function legOf(about: Source, { lastSr, delay }: ReportBlock, at: number): number | undefined {
  if (lastSr === 0) return undefined;
  const passed = about.passed.findLast(({ middle }) => middle === lastSr);
  if (passed === undefined) return undefined;
  const ms = at - passed.at - delay / 65.536;
  if (ms < -SLACK_MS || ms > MAX_LEG_MS) return undefined;
  return Math.max(1, Math.round(ms * 1000));
}
