/**
 * What RTCP tells about calls: takes the copies the relay core hands up, keeps the quality of each call, has
 * reports of our own sent, passes what came in to whoever traces it.
 *
 * @module
 */

import { type Endpoint } from "../core/endpoint.ts";
import type { Clock } from "../core/clock.ts";
import {
  CallQuality,
  DEFAULT_MOS,
  type MosModel,
  type QualitySummary,
  type QualitySums,
} from "../quality/mod.ts";
import type { Relay, RelayEvent, Slot } from "../relay/types.ts";
import { buildRtcp, parseRtcp, type RtcpBody, type RtcpPacket } from "../rtcp/mod.ts";
import { RtcpError } from "../rtcp/error.ts";
import type { Call } from "./call.ts";
import { ClockRates } from "./clock_rates.ts";
import type { Media } from "./media.ts";
import { RtcpReports } from "./rtcp_reports.ts";
import { endsRtcp, rtcpSlot } from "./rules.ts";
import { sectionsOn } from "./rules_bundle.ts";
import { sendRtcp } from "./secure/send_rtcp.ts";
import { SlotIndex } from "./slot_index.ts";

/** RTCP that came in, for traces. */
export interface RtcpReception {
  /** SIP Call-ID. */
  readonly callId: string;
  /** What it says. */
  readonly packets: readonly RtcpPacket[];
  /** Who sent it. */
  readonly source: Endpoint;
  /** Our address it came to. */
  readonly local: Endpoint;
  /** Wall-clock ms. */
  readonly at: number;
}

/** How quality is watched. */
export interface QualityOptions {
  /** Where all reports are summed up. */
  readonly sums: QualitySums;
  /** How scores are computed. */
  readonly mos?: MosModel;
  /** ms between reports of our own; 5000 when absent. */
  readonly interval?: number;
  /** Jitter of received RTP is sampled every second. */
  readonly measure?: boolean;
  /** Told of all RTCP that comes in. */
  readonly onRtcp?: (reception: RtcpReception) => void;
  /** 0 ≤ x < 1, for tests. */
  readonly random?: () => number;
}

const INTERVAL_MS = 5000;
const MEASURE_MS = 1000;
/** SSRCs remembered for each section; as many as the core counts. */
const MAX_REPORTERS = 4;

/** RTCP of all calls. */
export class RtcpMonitor {
  readonly #relay: Relay;
  readonly #clock: Clock;
  readonly #options: QualityOptions;
  readonly #index = new SlotIndex();
  readonly #qualities = new Map<Call, CallQuality>();
  /** SSRCs that RTCP of a party came from, the newest last. */
  readonly #reporters = new WeakMap<Media, number[]>();
  readonly #reports: RtcpReports;
  readonly #rates: ClockRates;
  #measured = -Infinity;

  /** Knows of no call yet. */
  constructor(relay: Relay, clock: Clock, options: QualityOptions) {
    this.#relay = relay;
    this.#clock = clock;
    this.#options = options;
    this.#rates = new ClockRates(relay.engine);
    const { interval = INTERVAL_MS, random = Math.random } = options;
    this.#reports = new RtcpReports({ relay, clock, interval, random });
  }

  /** A call has begun or changed; everything of it is in place. */
  update(call: Call): void {
    let quality = this.#qualities.get(call);
    if (quality === undefined) {
      const { mos = DEFAULT_MOS, sums } = this.#options;
      this.#qualities.set(call, quality = new CallQuality(mos, sums));
    }
    this.#index.update(call);
    this.#reports.update(call, quality);
    for (const { medias } of call.participants) {
      for (const media of medias) this.#rates.update(media);
    }
  }

  /** A call is gone. */
  remove(call: Call): void {
    this.#index.remove(call);
    this.#reports.remove(call);
    this.#qualities.delete(call);
  }

  /** What the party with an SSRC has reported. */
  summary(call: Call, ssrc: number): QualitySummary | undefined {
    return this.#qualities.get(call)?.summary(ssrc);
  }

  /** Mean score of the party that hears worst, 1..5; undefined while nobody has reported. */
  mos(call: Call): number | undefined {
    return this.#qualities.get(call)?.mos;
  }

  /** SSRCs that RTCP of the party of a section came from, the newest last. */
  reporters(media: Media): readonly number[] {
    return this.#reporters.get(media) ?? [];
  }

  /** Sends and samples what is due; call it a few times a second. */
  tick(): void {
    this.#reports.tick();
    if (this.#options.measure !== true) return;
    const now = this.#clock.now();
    if (now - this.#measured < MEASURE_MS) return;
    this.#measured = now;
    for (const call of this.#qualities.keys()) this.#measure(call);
  }

  /** Takes in an event of the engine; those that are not about RTCP change nothing. */
  handle(event: RelayEvent): void {
    if (event.type !== "punt" || event.class !== "rtcp") return;
    const owner = this.#index.get(event.slot);
    if (owner === undefined) return;
    const { call, media, port } = owner;
    let packets: RtcpPacket[];
    try {
      packets = parseRtcp(event.payload);
    } catch (error) {
      // the core has forwarded it or not; there is nothing to learn from it
      if (error instanceof RtcpError) return;
      throw error;
    }
    this.#qualities.get(call)?.received(packets, {
      at: event.time,
      local: port.local,
      clockRate: (ssrc) => this.#clockRate(call, ssrc),
    });
    this.#remember(media, packets);
    if (endsRtcp(media.state)) this.#forwardFeedback(media, packets);
    const { address, family } = port.local;
    this.#options.onRtcp?.({
      callId: call.callId,
      packets,
      source: event.source,
      local: { address, family, port: port.port },
      at: event.time,
    });
  }

  #remember(media: Media, packets: readonly RtcpPacket[]): void {
    const [first] = packets;
    if (first?.type !== "SR" && first?.type !== "RR") return;
    let known = this.#reporters.get(media);
    if (known === undefined) this.#reporters.set(media, known = []);
    if (known.includes(first.ssrc)) return;
    known.push(first.ssrc);
    if (known.length > MAX_REPORTERS) known.shift();
  }

  /** Feedback is for the encoder of the other party, also where reports end here (RFC 4585). */
  #forwardFeedback(media: Media, packets: readonly RtcpPacket[]): void {
    const feedback = packets.filter((packet): packet is RtcpPacket & RtcpBody =>
      packet.type === "RTPFB" || packet.type === "PSFB"
    );
    const [first] = feedback;
    if (first === undefined || !("ssrc" in first)) return;
    const report: RtcpBody = { type: "RR", ssrc: first.ssrc, reports: [] };
    const payload = buildRtcp([report, ...feedback]);
    // in a bundle the encoder is behind any of its sections, which may share a port on the far side too
    const sections = media.active === undefined ? [media] : sectionsOn(media, media.active);
    const sinks = new Map<Slot, Media>();
    for (const { sink } of sections.flatMap((section) => section.sinks)) {
      if (sink.live && !sink.state.held && sink.refused === undefined) {
        sinks.set(rtcpSlot(sink), sink);
      }
    }
    for (const sink of sinks.values()) sendRtcp(this.#relay.engine, sink, payload);
  }

  /** RTP clock rate of a source of a call, in Hz. */
  #clockRate({ participants }: Call, ssrc: number): number {
    for (const { medias } of participants) {
      for (const { pairs } of medias) {
        for (const { rtp } of pairs) {
          const { ssrcs } = this.#relay.engine.counters(rtp.slot);
          const source = ssrcs.find((one) => one.ssrc === ssrc);
          if (source !== undefined) return source.clockRate;
        }
      }
    }
    return 8000;
  }

  #measure({ participants }: Call): void {
    const { engine } = this.#relay;
    const since = this.#clock.wall() - MEASURE_MS;
    for (const { medias } of participants) {
      for (const { local, rtp } of medias.flatMap(({ pairs }) => pairs)) {
        if (engine.lastRx(rtp.slot) < since) continue;
        for (const { last, jitter } of engine.counters(rtp.slot).ssrcs) {
          if (last >= since) this.#options.sums.measured(local, Math.round(jitter));
        }
      }
    }
  }
}
