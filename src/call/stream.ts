/**
 * The packet streams of a media section as views see them.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { RelayPort, Slot, SlotCounters } from "../relay/types.ts";
import type { Media } from "./media.ts";
import { cryptoSuite, streamSecurityFlags } from "./secure/flags.ts";
import { sendingPair } from "./secure/protection.ts";
import type { StreamView } from "./types.ts";

/** Reads counters of a slot; the call service puts the engine's here. */
export type CounterReader = (slot: number) => SlotCounters;

/** RTP and RTCP stream of a section. */
export function streamViews(media: Media): readonly StreamView[] {
  return [new Stream(media, "rtp"), new Stream(media, "rtcp")];
}

/** One component. Made when it is looked at. */
class Stream implements StreamView {
  readonly #media: Media;

  constructor(media: Media, readonly component: "rtp" | "rtcp") {
    this.#media = media;
  }

  get local(): StreamView["local"] {
    const port = this.#port();
    if (port !== undefined) return { address: port.local, port: port.port };
    const { active, live, entries } = this.#media;
    const never = live && active?.muxed === true && active === entries[0];
    return never ? { address: active.pair.local, port: 0 } : undefined;
  }

  get advertised(): Endpoint | undefined {
    const { state } = this.#media;
    return this.component === "rtp" ? state.rtp : state.rtcp;
  }

  get endpoint(): Endpoint | undefined {
    return this.#counters()?.remote ?? this.advertised;
  }

  get slot(): Slot | undefined {
    return this.#port()?.slot;
  }

  counters(): SlotCounters | undefined {
    return this.#media.riding ? undefined : this.#counters();
  }

  #counters(): SlotCounters | undefined {
    const port = this.#port();
    const read = this.#media.participant.counters;
    return port && read(port.slot);
  }

  get cryptoSuite(): string | undefined {
    return cryptoSuite(this.#media, this.component);
  }

  get flags(): readonly string[] {
    const { state } = this.#media;
    const muxed = state.mux !== "none";
    const flags: string[] = [];
    const { entries, participant } = this.#media;
    const used = entries.length > 0 || state.bundle !== undefined || state.rtp !== undefined ||
      participant.removed;
    if (used && this.component === "rtp") flags.push("RTP");
    if (used && (this.component === "rtcp" || muxed)) flags.push("RTCP");
    if (this.component === "rtcp" && muxed) flags.push("fallback RTCP");
    if (this.advertised !== undefined) flags.push("filled");
    const counters = this.#counters();
    if (counters?.confirmed === true && counters.rxPackets > 0) flags.push("confirmed");
    if (counters?.kernel?.forwards === true) flags.push("kernelized");
    if (counters?.kernel?.obstacle === "not supported") flags.push("no kernel support");
    flags.push(...streamSecurityFlags(this.#media, this.component));
    if (state.strictSource) flags.push("strict source address");
    if (state.handover) flags.push("media handover");
    return flags;
  }

  #port(): RelayPort | undefined {
    const { active, state, live } = this.#media;
    if (!live || active === undefined) return undefined;
    if (this.component === "rtp") return sendingPair(this.#media, "rtp").rtp;
    return state.muxTold ? undefined : sendingPair(this.#media, "rtcp").rtcp;
  }
}
