/**
 * Copies of the packets of some ports, taken from the relay core.
 *
 * @module
 */

import { EventType } from "./abi_events.ts";
import { errnoText } from "./ffi.ts";
import type { FfiCore } from "./ffi_core.ts";
import type { CapturedPacket, PacketCopies, Slot } from "./types.ts";

/** Room for every ring of a few threads; what does not fit is taken the next time. */
const DRAIN_BYTES = 1 << 20;
/** The most of one turn of the event loop. */
const MAX_DRAINS = 16;
const NOT_OPEN = -9;

/** {@link PacketCopies} of a {@link FfiCore}. */
export class FfiPacketCopies implements PacketCopies {
  readonly #core: FfiCore;
  #buffer: Uint8Array<ArrayBuffer> | undefined;

  constructor(core: FfiCore) {
    this.#core = core;
  }

  get lost(): number {
    return Number(this.#core.library.rtpe_capture_lost(this.#core.handle));
  }

  set(slot: Slot, on: boolean): boolean {
    const result = this.#core.library.rtpe_capture_set(this.#core.handle, slot, on ? 1 : 0);
    if (result === NOT_OPEN) return false;
    if (result < 0) throw new Error(`slot ${slot} cannot be captured: ${errnoText(result)}`);
    return true;
  }

  take(): CapturedPacket[] {
    const { library, handle } = this.#core;
    const buffer = this.#buffer ??= new Uint8Array(DRAIN_BYTES);
    const packets: CapturedPacket[] = [];
    for (let turn = 0; turn < MAX_DRAINS; turn++) {
      const length = library.rtpe_capture_drain(handle, buffer, buffer.length);
      if (length < 0) throw new Error(`captured packets cannot be read: ${errnoText(length)}`);
      if (length === 0) break;
      for (const event of this.#core.records(buffer, length)) {
        const { source, destination } = event;
        if (event.type !== EventType.Capture || source === undefined || destination === undefined) {
          continue;
        }
        packets.push({
          slot: event.slot,
          outgoing: event.reason === 1,
          time: event.time,
          source,
          destination,
          payload: event.payload,
        });
      }
    }
    return packets;
  }
}
