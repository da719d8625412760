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
    this.remove(call);
    const slots: Slot[] = [];
    for (const { medias } of call.participants) {
      for (const media of medias) {
        for (const { pair } of media.entries) {
          for (const port of [pair.rtp, pair.rtcp]) {
            this.#owners.set(port.slot, { call, media, port });
            slots.push(port.slot);
          }
        }
      }
    }
    this.#slots.set(call, slots);
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
