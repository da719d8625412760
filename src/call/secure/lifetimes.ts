/**
 * Lifetimes of SDES keys: how many packets a party has said that it, or we that we, will send under one (RFC
 * 4568 section 6.1). Whoever encrypts has to stop there (RFC 3711 section 9.2).
 *
 * @module
 */

import type { Slot, SlotCounters } from "../../relay/types.ts";
import { type CryptoAttribute, lifetimeOf } from "../../srtp/mod.ts";
import type { Call } from "../call.ts";
import type { CallLog } from "../call_log.ts";
import type { Media } from "../media.ts";
import { carrierOf, expire } from "./protection.ts";

/** Between two looks, ms: the packets of so long may be too many, and as many at the start are not counted. */
const INTERVAL = 5_000;

/** What {@link Lifetimes} works with. */
export interface LifetimeContext {
  readonly counters: (slot: Slot) => SlotCounters;
  readonly log: CallLog;
  /** Rules of a call are to be made anew. */
  readonly changed: (call: Call) => void;
}

/** One key of a section, and the counters when it was first seen. */
interface Use {
  readonly keySalt: string;
  readonly base: readonly number[];
  over: boolean;
}

type Direction = "receive" | "send";

/**
 * Watches keys that have a lifetime. SRTP and SRTCP count each by itself. Under a key of ours nothing more is sent
 * once it is over; a party that goes on is only warned about, since what it sends is as authentic as before.
 * Packets count from when this process has first seen a key; the limits of the core, 2^48 and 2^31, are kept across
 * restarts.
 */
export class Lifetimes {
  readonly #context: LifetimeContext;
  readonly #uses = new WeakMap<Media, Map<Direction, Use>>();
  #last = -Infinity;

  /** Knows of no key yet. */
  constructor(context: LifetimeContext) {
    this.#context = context;
  }

  /** Looks at all calls, if it is time to. @param now monotonic ms */
  check(calls: Iterable<Call>, now: number): void {
    if (now - this.#last < INTERVAL) return;
    this.#last = now;
    for (const call of calls) {
      for (const media of call.participants.flatMap(({ medias }) => medias)) {
        const keying = media.state.secure?.keying;
        if (keying?.type !== "sdes" || carrierOf(media) !== media) continue;
        for (const direction of ["receive", "send"] as const) {
          this.#look(call, media, direction, keying[direction]);
        }
      }
    }
  }

  #look(call: Call, media: Media, direction: Direction, crypto: CryptoAttribute): void {
    const lifetime = lifetimeOf(crypto);
    if (lifetime === undefined || media.active === undefined) return;
    const counts = this.#counts(media, direction);
    const use = this.#useOf(media, direction, crypto, counts);
    if (!counts.some((count, i) => count - (use.base[i] ?? 0) >= lifetime)) return;
    if (use.over) return;
    use.over = true;
    if (direction === "send") {
      expire(media, crypto.keySalt);
      this.#context.changed(call);
    }
    const said = `the lifetime of ${crypto.lifetime} packets is over`;
    this.#context.log.warn(
      call.callId,
      direction === "send"
        ? `SDES: ${said}, nothing more is sent under our key until there is another`
        : `SDES: ${said}, but the party goes on under its key`,
    );
  }

  /** What counts: authentic packets of the party, or what has left. */
  #counts(media: Media, direction: Direction): number[] {
    const { pair } = media.active!;
    return [pair.rtp.slot, pair.rtcp.slot].map((slot) => {
      const { rxPackets, rxErrors, txPackets } = this.#context.counters(slot);
      return direction === "send" ? txPackets : rxPackets - rxErrors;
    });
  }

  #useOf(
    media: Media,
    direction: Direction,
    { keySalt }: CryptoAttribute,
    counts: readonly number[],
  ): Use {
    let uses = this.#uses.get(media);
    if (uses === undefined) this.#uses.set(media, uses = new Map());
    const known = uses.get(direction);
    if (known?.keySalt === keySalt) return known;
    const use = { keySalt, base: counts, over: false };
    uses.set(direction, use);
    return use;
  }
}
