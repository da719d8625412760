/**
 * Byte strings to bytes, many to one piece of memory: to get memory outside the heap for each of them costs
 * more than to fill it.
 *
 * @module
 */

import { type ByteString, writeBytes } from "./bytes.ts";

/** Large enough for a hundred replies, small enough to be kept for the sake of one. */
const SLAB = 64 * 1024;
/** What is longer gets memory of its own. */
const LONG = SLAB / 8;

/**
 * Hands out bytes. Those handed out one after the other share memory, which is freed when nobody has any of
 * them: for what is short-lived or of one age.
 */
export class ByteSlab {
  #slab: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #at = 0;

  /** Bytes of a byte string. @throws RangeError for chars above 0xFF */
  bytes(text: ByteString): Uint8Array<ArrayBuffer> {
    const { length } = text;
    if (length > LONG) return writeBytes(text, new Uint8Array(length));
    if (this.#at + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB);
      this.#at = 0;
    }
    const bytes = this.#slab.subarray(this.#at, this.#at + length);
    writeBytes(text, bytes);
    this.#at += length;
    return bytes;
  }
}
