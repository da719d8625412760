/**
 * What statistics say of RTP sources: counters, and what the party that sends them has reported.
 *
 * @module
 */

import type { QualityMean, QualityReport, QualitySummary } from "../quality/mod.ts";
import type { ReplyDict, ReplyValue } from "../ng/types.ts";
import type { SsrcCounters } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import type { Media } from "./media.ts";

/** What is shown of a source. */
type Counted = Pick<
  SsrcCounters,
  "ssrc" | "bytes" | "packets" | "lastTimestamp" | "cycles" | "maxSequence"
>;

const NOTHING = { bytes: 0, packets: 0, lastTimestamp: 0, cycles: 0, maxSequence: 0 };

/** Gathers the sources of a call while its sections are walked. */
export class SsrcStatistics {
  readonly #context: CallContext;
  readonly #call: Call;
  readonly #all = new Map<string, ReplyValue>();

  /** Nothing gathered. */
  constructor(context: CallContext, call: Call) {
    this.#context = context;
    this.#call = call;
  }

  /** The dictionary for all, keyed by SSRC; undefined unless asked for. */
  all(): ReplyValue | undefined {
    const { ssrcReporting } = this.#context;
    return ssrcReporting === "full" || ssrcReporting === "global" ? this.#all : undefined;
  }

  /** RTP sources of a party, the newest first; those known from RTCP alone have counted nothing. */
  sources(media: Media): readonly Counted[] {
    const rtp = media.streams.find(({ component }) => component === "rtp");
    const heard = rtp?.counters()?.ssrcs.toReversed() ?? [];
    const silent = this.#context.rtcp.reporters(media)
      .filter((ssrc) => !heard.some((source) => source.ssrc === ssrc));
    return [...heard, ...silent.toReversed().map((ssrc) => ({ ...NOTHING, ssrc }))];
  }

  /** What a party sends. */
  ingress(sources: readonly Counted[]): ReplyValue[] {
    return sources.flatMap((source) => {
      const summary = this.#context.rtcp.summary(this.#call, source.ssrc);
      const told = { ...counted(source), ...reported(summary) };
      this.#all.set(String(source.ssrc), told);
      return this.#inline(source, told);
    });
  }

  /** What a party is sent. */
  egress(sources: readonly Counted[]): ReplyValue[] {
    return sources.flatMap((source) => this.#inline(source, counted(source)));
  }

  #inline({ ssrc: SSRC }: Counted, told: ReplyDict): ReplyDict[] {
    switch (this.#context.ssrcReporting) {
      case "full":
      case "inline":
        return [{ SSRC, ...told }];
      case "global":
        return [{ SSRC }];
      case "none":
        return [];
    }
  }
}

function counted(source: Counted): ReplyDict {
  return {
    bytes: source.bytes,
    packets: source.packets,
    "last RTP timestamp": source.lastTimestamp,
    "last RTP seq": source.cycles * 65536 + source.maxSequence,
  };
}

function reported(summary: QualitySummary | undefined): ReplyDict {
  // as rtpengine has it: nothing is shown before there is a score
  if (summary?.average === undefined) return {};
  const { lost, average, lowest, highest, progression } = summary;
  return {
    "cumulative loss": Math.max(0, lost),
    "average MOS": { ...mean(average), samples: average.samples },
    "lowest MOS": lowest && report(lowest),
    "highest MOS": highest && report(highest),
    "MOS progression": {
      interval: progression.interval,
      entries: progression.entries.map(report),
    },
  };
}

function mean(values: Omit<QualityMean, "samples">): ReplyDict {
  return {
    MOS: values.mos,
    "round-trip time": values.roundTrip,
    "round-trip time leg": values.leg,
    jitter: values.jitter,
    "packet loss": values.loss,
  };
}

function report(values: QualityReport): ReplyDict {
  return { ...mean(values), "reported at": Math.floor(values.at / 1000) };
}
