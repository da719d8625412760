/**
 * Reads big-endian fields of one packet and never beyond its end.
 *
 * @module
 */

import { type ByteString, fromBytes } from "../core/bytes.ts";
import { RtcpError } from "./error.ts";

/** A cursor over the bytes of one packet. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** Starts at the first of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Position from the start. */
  get at(): number {
    return this.#at;
  }

  /** One byte. */
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Two bytes. */
  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  /** Four bytes. */
  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** A view of `length` bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** `length` bytes as text. */
  text(length: number): ByteString {
    return fromBytes(this.bytes(length));
  }

  /** A reader of the next `length` bytes, which are passed over. */
  part(length: number): Reader {
    return new Reader(this.bytes(length));
  }

  #take(length: number): number {
    if (length > this.left) {
      throw new RtcpError(`${length} bytes are needed where ${this.left} are left`);
    }
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
