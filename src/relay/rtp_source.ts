/**
 * What one RTP source has sent: sequence numbers, loss and jitter (RFC 3550 appendix A.1, A.3, A.8).
 *
 * @module
 */

import type { SsrcCounters } from "./types.ts";

const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

/** Counters of one SSRC; sequence numbers are extended to 32 bits. */
export class RtpSource {
  readonly ssrc: number;
  #packets = 0;
  #bytes = 0;
  #last = 0;
  #payloadType = 0;
  #lastTimestamp = 0;
  #base = 0;
  #max = 0;
  /** Sequence number that would confirm a restart of the sender. */
  #restart = -1;
  #expectedBefore = 0;
  #received = 0;
  #jitter = 0;
  #transit: number | undefined;
  #duplicates = 0;
  #reordered = 0;
  #resets = 0;
  readonly #clockRate: number;

  constructor(ssrc: number, clockRate = 8000) {
    this.ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /**
   * Counts one packet; `packet` holds a whole RTP header.
   *
   * @param wall wall-clock ms of its arrival
   */
  count(packet: Uint8Array, wall: number): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const timestamp = view.getUint32(4);
    this.#sequence(view.getUint16(2));
    this.#packets++;
    this.#bytes += packet.length;
    this.#last = wall;
    this.#payloadType = view.getUint8(1) & 0x7f;
    this.#lastTimestamp = timestamp;
    const transit = wall * this.#clockRate / 1000 - timestamp;
    if (this.#transit !== undefined) {
      // the timestamp wraps at 2^32, so the difference is taken modulo that
      const difference = Math.abs(Math.round(transit - this.#transit) | 0);
      this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  /** The counters as they are now. */
  snapshot(): SsrcCounters {
    return {
      ssrc: this.ssrc,
      packets: this.#packets,
      bytes: this.#bytes,
      last: this.#last,
      payloadType: this.#payloadType,
      lastTimestamp: this.#lastTimestamp,
      maxSequence: this.#max,
      lost: this.#expectedBefore + this.#max - this.#base + 1 - this.#received,
      jitter: this.#jitter * 1000 / this.#clockRate,
      duplicates: this.#duplicates,
      reordered: this.#reordered,
      resets: this.#resets,
    };
  }

  #sequence(sequence: number): void {
    this.#received++;
    if (this.#packets === 0) {
      this.#base = this.#max = sequence;
      return;
    }
    const delta = (sequence - this.#max) & 0xffff;
    if (delta === 0) {
      this.#duplicates++;
    } else if (delta < MAX_DROPOUT) {
      this.#max += delta;
    } else if (delta <= 0x10000 - MAX_MISORDER) {
      if (sequence === this.#restart) {
        this.#expectedBefore += this.#max - this.#base + 1;
        this.#resets++;
        this.#base = this.#max = sequence;
        this.#restart = -1;
        return;
      }
      this.#restart = (sequence + 1) & 0xffff;
    } else {
      this.#reordered++;
    }
  }
}
