/**
 * Counters of a relay core that has ended, from the file that held them.
 *
 * @module
 */

import { type CounterCodec, CounterView } from "./abi_counters.ts";
import type { Slot, SlotCounters } from "./types.ts";

/** Reads slot by slot: the file is sparse and may be large. */
export class PastCounters {
  readonly #codec: CounterCodec;
  readonly #file: Deno.FsFile;
  readonly #slots: number;

  /** Opens the file. @throws Error when there is none */
  constructor(codec: CounterCodec, path: string) {
    this.#codec = codec;
    this.#file = Deno.openSync(path, { read: true });
    this.#slots = Math.floor(this.#file.statSync().size / codec.size);
  }

  /** Counters of a slot. @returns undefined where nothing can be made of what is there: it was being written at the end */
  read(slot: Slot): SlotCounters | undefined {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.#slots) return undefined;
    const bytes = new Uint8Array(this.#codec.size);
    this.#file.seekSync(slot * bytes.length, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = this.#file.readSync(bytes.subarray(at));
      if (count === null) return undefined;
      at += count;
    }
    try {
      return new CounterView(this.#codec, bytes.buffer).read(0);
    } catch {
      return undefined;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }
}
