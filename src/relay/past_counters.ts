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
    this.#slots = Math.floor(this.#file.statSync().size / (codec.size + codec.srtpSize));
  }

  /** Counters of a slot. @returns undefined where nothing can be made of what is there: it was being written at the end */
  read(slot: Slot): SlotCounters | undefined {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.#slots) return undefined;
    const { size, srtpSize } = this.#codec;
    const counters = this.#bytes(slot * size, size);
    const srtp = this.#bytes(this.#slots * size + slot * srtpSize, srtpSize);
    if (counters === undefined || srtp === undefined) return undefined;
    try {
      const read = new CounterView(this.#codec, counters.buffer).read(0);
      return srtp.some((byte) => byte !== 0) ? { ...read, srtp } : read;
    } catch {
      return undefined;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #bytes(start: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const count = this.#file.readSync(bytes.subarray(at));
      if (count === null) return undefined;
      at += count;
    }
    return bytes;
  }
}
