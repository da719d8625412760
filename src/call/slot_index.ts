/**
 * Which section of which call a port belongs to.
 *
 * @module
 */

import type { RelayPort, Slot } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { Media } from "./media.ts";

/** What a port is for. */
export interface SlotOwner {
  readonly call: Call;
  readonly media: Media;
  readonly port: RelayPort;
}

/** Owners of ports, kept up to date by who hears of changes of calls. */
export class SlotIndex {
  readonly #owners = new Map<Slot, SlotOwner>();
  readonly #slots = new Map<Call, Slot[]>();

  /** Owner of a port; undefined for one that no call has. */
  get(slot: Slot): SlotOwner | undefined {
    return this.#owners.get(slot);
  }

  /** Takes in the ports a call has now. */
  update(call: Call): void {
    if (this.#isCurrent(call)) return;
    this.remove(call);
    const slots: Slot[] = [];
    for (const { medias } of call.participants) {
      for (const media of medias) {
        for (const { rtp, rtcp } of media.pairs) {
          for (const port of [rtp, rtcp]) {
            this.#owners.set(port.slot, { call, media, port });
            slots.push(port.slot);
          }
        }
      }
    }
    this.#slots.set(call, slots);
  }

  /** Most messages change no port. */
  #isCurrent(call: Call): boolean {
    const slots = this.#slots.get(call);
    if (slots === undefined) return false;
    let i = 0;
    for (const { medias } of call.participants) {
      for (const media of medias) {
        for (const { rtp, rtcp } of media.pairs) {
          if (!this.#owns(call, media, rtp, slots[i++])) return false;
          if (!this.#owns(call, media, rtcp, slots[i++])) return false;
        }
      }
    }
    return i === slots.length;
  }

  #owns(call: Call, media: Media, port: RelayPort, slot: Slot | undefined): boolean {
    const owner = this.#owners.get(port.slot);
    return port.slot === slot && owner?.call === call && owner.media === media &&
      owner.port === port;
  }

  /** Forgets the ports of a call. */
  remove(call: Call): void {
    for (const slot of this.#slots.get(call) ?? []) {
      // the port may be another call's by now
      if (this.#owners.get(slot)?.call === call) this.#owners.delete(slot);
    }
    this.#slots.delete(call);
  }
}
