/**
 * `generate RTCP`: when reports of our own are due, what they are made from, and where they go.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { type CallQuality, ReportGenerator } from "../quality/mod.ts";
import type { Relay, Slot, SsrcCounters } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { Media, Subscription } from "./media.ts";
import { endsRtcp } from "./rules.ts";
import { sendRtcp } from "./secure/send_rtcp.ts";

/** Most of the random time added to the interval, in ms. */
const SPREAD_MS = 1000;

/** What {@link RtcpReports} works with. */
export interface ReportsContext {
  readonly relay: Relay;
  readonly clock: Clock;
  /** ms between reports. */
  readonly interval: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

interface Schedule {
  readonly call: Call;
  readonly generator: ReportGenerator;
  readonly quality: CallQuality;
  /** Monotonic ms. */
  due: number;
}

/** Reports of our own for all calls. */
export class RtcpReports {
  readonly #context: ReportsContext;
  readonly #schedules = new Map<Media, Schedule>();
  readonly #cnames = new WeakMap<Call, string>();

  /** Nothing is due. */
  constructor(context: ReportsContext) {
    this.#context = context;
  }

  /** Takes in what has become of a call. */
  update(call: Call, quality: CallQuality): void {
    for (const { medias } of call.participants) {
      for (const media of medias) {
        const wanted = media.live && endsRtcp(media.state);
        if (!wanted) this.#schedules.delete(media);
        else if (!this.#schedules.has(media)) this.#begin(call, media, quality);
      }
    }
  }

  /** Forgets a call. */
  remove(call: Call): void {
    for (const { medias } of call.participants) {
      for (const media of medias) this.#schedules.delete(media);
    }
  }

  /** Sends what is due; call it a few times a second. */
  tick(): void {
    if (this.#schedules.size === 0) return;
    const { clock, random, interval } = this.#context;
    const now = clock.now();
    for (const [media, schedule] of this.#schedules) {
      if (now < schedule.due) continue;
      schedule.due = now + interval + random() * SPREAD_MS;
      this.#send(media, schedule);
    }
  }

  #begin(call: Call, media: Media, quality: CallQuality): void {
    const { clock, interval, random } = this.#context;
    let cname = this.#cnames.get(call);
    if (cname === undefined) {
      cname = Array.from({ length: 12 }, () => Math.floor(random() * 16).toString(16)).join("");
      this.#cnames.set(call, cname);
    }
    this.#schedules.set(media, {
      call,
      generator: new ReportGenerator(cname, Math.floor(random() * 2 ** 32)),
      quality,
      due: clock.now() + interval + random() * SPREAD_MS,
    });
  }

  #send(media: Media, { call, generator, quality }: Schedule): void {
    const { relay, clock } = this.#context;
    const { state, refused, active } = media;
    if (call.foreign || active === undefined || state.held || refused !== undefined) return;
    if (state.natWait && !this.#heard(media)) return;
    const report = generator.next({
      at: clock.wall(),
      senders: media.sources.filter((edge) => passes(call, edge))
        .flatMap(({ source }) => this.#ssrcs(source)),
      receivers: this.#ssrcs(media),
      lastReceived: (ssrc) => quality.lastReceived(ssrc),
    });
    if (report === undefined || !sendRtcp(relay.engine, media, report.payload)) return;
    for (const { ssrc, sender } of report.sent) quality.sent(ssrc, sender, clock.wall());
  }

  /** RTP sources heard from a party within two intervals. */
  #ssrcs({ pairs }: Media): SsrcCounters[] {
    const { relay, clock, interval } = this.#context;
    const since = clock.wall() - 2 * (interval + SPREAD_MS);
    return pairs.flatMap(({ rtp }) =>
      relay.engine.counters(rtp.slot).ssrcs.filter(({ last }) => last >= since)
    );
  }

  #heard({ pairs }: Media): boolean {
    const heard = (slot: Slot): boolean => this.#context.relay.engine.lastRx(slot) > 0;
    return pairs.some(({ rtp, rtcp }) => heard(rtp.slot) || heard(rtcp.slot));
  }
}

/** Whether media of an edge is forwarded: who sends nothing has no sender report. */
function passes(call: Call, { source, sink, gate }: Subscription): boolean {
  const closed = [call.gate, source.participant.gate, gate].some(({ media }) => media);
  return source.live && source.state.recv && source.state.echo === "none" && sink.state.send &&
    !call.dropTraffic && !closed;
}
