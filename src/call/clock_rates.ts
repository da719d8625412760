/**
 * Tells the engine the RTP clock rates of payload types, which jitter is measured with.
 *
 * @module
 */

import type { RelayEngine } from "../relay/types.ts";
import type { Media } from "./media.ts";

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
    const rates = ratesOf(media);
    const slots = media.entries.map(({ pair }) => pair.rtp.slot);
    const text = JSON.stringify([slots, rates]);
    if (rates.length === 0 && !this.#told.has(media)) return;
    if (this.#told.get(media) === text) return;
    this.#told.set(media, text);
    for (const slot of slots) {
      for (const [payloadType, rate] of rates) this.#engine.setClockRate(slot, payloadType, rate);
    }
  }
}

/** Payload types whose rate is not the default: its own, and those the others told it to use. */
function ratesOf(media: Media): readonly (readonly [number, number])[] {
  const rates = new Map<number, number>();
  const codecs = [
    ...media.state.codecs,
    ...media.sinks.flatMap(({ sink }) => sink.state.codecs),
  ];
  for (const { payloadType, encoding } of codecs) {
    const rate = Number(encoding?.split("/")[1]);
    if (!Number.isInteger(rate) || rate <= 0 || rate > 0xffffffff || rates.has(payloadType)) {
      continue;
    }
    rates.set(payloadType, rate);
  }
  return [...rates].filter(([, rate]) => rate !== DEFAULT_RATE).slice(0, MAX_RATES);
}
