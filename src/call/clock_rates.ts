/**
 * Tells the engine the RTP clock rates of payload types, which jitter is measured with.
 *
 * @module
 */

import type { Codec } from "../negotiate/mod.ts";
import type { RelayEngine } from "../relay/types.ts";
import type { Media } from "./media.ts";
import { sectionsOn } from "./rules_bundle.ts";

/** What the engine takes when it is told nothing. */
const DEFAULT_RATE = 8000;
/** Rates one port can have. */
const MAX_RATES = 8;

/** RTP clock rates that have been told, by section. */
export class ClockRates {
  readonly #engine: RelayEngine;
  readonly #told = new WeakMap<Media, string>();

  /** Nothing told yet. */
  constructor(engine: RelayEngine) {
    this.#engine = engine;
  }

  /** Tells the rates of what a party may send, on all ports of its section, if they have changed. */
  update(media: Media): void {
    if (media.state.kind !== "rtp" || media.entries.length === 0) return;
    const rates = ratesOf(sharing(media));
    if (rates.length === 0 && !this.#told.has(media)) return;
    const slots = media.pairs.map(({ rtp }) => rtp.slot);
    const text = JSON.stringify([slots, rates]);
    if (this.#told.get(media) === text) return;
    this.#told.set(media, text);
    for (const slot of slots) {
      for (const [payloadType, rate] of rates) this.#engine.setClockRate(slot, payloadType, rate);
    }
  }
}

/** The sections whose packets come to the ports of this one. */
function sharing(media: Media): readonly Media[] {
  const { active } = media;
  return active === undefined || media.state.bundle === undefined
    ? [media]
    : sectionsOn(media, active);
}

/** Payload types whose rate is not the default: their own, and those the others told them to use. */
function ratesOf(sections: readonly Media[]): readonly (readonly [number, number])[] {
  const lists: (readonly Codec[])[] = [];
  for (const { state, sinks } of sections) {
    lists.push(state.codecs);
    for (const { sink } of sinks) lists.push(sink.state.codecs);
  }
  if (lists.every(usesDefault)) return [];
  const rates = new Map<number, number>();
  for (const codecs of lists) {
    for (const { payloadType, encoding } of codecs) {
      const rate = rateOf(encoding);
      if (rate !== undefined && !rates.has(payloadType)) rates.set(payloadType, rate);
    }
  }
  return [...rates].filter(([, rate]) => rate !== DEFAULT_RATE).slice(0, MAX_RATES);
}

/** Lists of codecs that have been looked at; the same few are shared by many calls. */
const looked = new WeakMap<readonly Codec[], boolean>();

/** Whether no codec of a list has another rate than the default. */
function usesDefault(codecs: readonly Codec[]): boolean {
  let uses = looked.get(codecs);
  if (uses === undefined) {
    uses = codecs.every(({ encoding }) => (rateOf(encoding) ?? DEFAULT_RATE) === DEFAULT_RATE);
    looked.set(codecs, uses);
  }
  return uses;
}

/** Clock rate in Hz that an encoding names; undefined when there is none or it cannot be. */
function rateOf(encoding: string | undefined): number | undefined {
  const rate = Number(encoding?.split("/")[1]);
  return Number.isInteger(rate) && rate > 0 && rate <= 0xffffffff ? rate : undefined;
}
