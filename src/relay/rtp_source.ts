/**
 * What one RTP source has sent: sequence numbers, loss and jitter (RFC 3550 appendix A.1, A.3, A.8).
 *
 * @module
 */

import { payloadOf } from "./classify.ts";
import type { SsrcCounters } from "./types.ts";

const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
/** A jump of more than this is a new time base, not jitter. */
const MAX_TRANSIT_JUMP_S = 10;
const NO_BAD_SEQUENCE = -1;

/** An RTP packet's arrival. */
export interface Arrival {
  /** Monotonic ms. */
  readonly now: number;
  /** Wall-clock ms. */
  readonly wall: number;
  /** RTP clock rate of its payload type in Hz. */
  readonly clockRate: number;
}

/** Counters of one SSRC. */
export class RtpSource {
  readonly ssrc: number;
  /** Monotonic ms of the last packet. */
  lastSeen = 0;
  #packets = 0;
  #bytes = 0;
  #payloadBytes = 0;
  #first: number | undefined;
  #last = 0;
  #payloadType = 0;
  #lastTimestamp = 0;
  /** Extended numbers start one cycle ahead, so that what arrives late before the first has one too. */
  #base: number;
  #max: number;
  readonly #seen = new Set<number>();
  /** The sequence number that would confirm a restart of the sender. */
  #badSequence = NO_BAD_SEQUENCE;
  #badBytes = 0;
  #badPayload = 0;
  #jitter = 0;
  #transit: number | undefined;
  #clockRate = 8000;
  #duplicates = 0;
  #reordered = 0;
  #resets = 0;

  /**
   * @param base first extended sequence number
   * @param max highest one so far
   */
  constructor(ssrc: number, base: number, max: number) {
    this.ssrc = ssrc;
    this.#base = base;
    this.#max = max;
  }

  /** A source of which nothing is known. @param first its first packet, still to be counted */
  static of(first: Uint8Array): RtpSource {
    const view = viewOf(first);
    const base = 0x10000 + view.getUint16(2);
    return new RtpSource(view.getUint32(8), base, base - 1);
  }

  /** A source that goes on from what was counted before. @param now monotonic ms */
  static restored(past: SsrcCounters, now: number): RtpSource {
    const max = (past.cycles + 1) * 0x10000 + past.maxSequence;
    const source = new RtpSource(past.ssrc, max + 1 - past.packets - past.lost, max);
    source.lastSeen = now;
    source.#packets = past.packets;
    source.#bytes = past.bytes;
    source.#payloadBytes = past.payloadBytes;
    source.#first = past.first;
    source.#last = past.last;
    source.#payloadType = past.payloadType;
    source.#lastTimestamp = past.lastTimestamp;
    source.#clockRate = past.clockRate;
    source.#jitter = past.jitter * past.clockRate / 1000;
    source.#duplicates = past.duplicates;
    source.#reordered = past.reordered;
    source.#resets = past.resets;
    source.#remember(max);
    return source;
  }

  /** Counts one packet that is valid RTP. */
  count(packet: Uint8Array, { now, wall, clockRate }: Arrival): void {
    const view = viewOf(packet);
    const counted = this.#sequence(view.getUint16(2));
    this.lastSeen = now;
    this.#first ??= wall;
    this.#last = wall;
    const { length: payload } = payloadOf(packet);
    if (counted === 0) {
      this.#badBytes = packet.length;
      this.#badPayload = payload;
      return;
    }
    this.#packets += counted;
    this.#bytes += packet.length + (counted === 2 ? this.#badBytes : 0);
    this.#payloadBytes += payload + (counted === 2 ? this.#badPayload : 0);
    this.#payloadType = view.getUint8(1) & 0x7f;
    this.#lastTimestamp = view.getUint32(4);
    this.#measure(now, clockRate);
  }

  /** The counters as they are now. */
  snapshot(): SsrcCounters {
    return {
      ssrc: this.ssrc,
      packets: this.#packets,
      bytes: this.#bytes,
      payloadBytes: this.#payloadBytes,
      first: this.#first ?? 0,
      last: this.#last,
      payloadType: this.#payloadType,
      lastTimestamp: this.#lastTimestamp,
      clockRate: this.#clockRate,
      maxSequence: this.#max & 0xffff,
      cycles: Math.floor(this.#max / 0x10000) - 1,
      lost: this.#max - this.#base + 1 - this.#packets,
      jitter: this.#jitter * 1000 / this.#clockRate,
      duplicates: this.#duplicates,
      reordered: this.#reordered,
      resets: this.#resets,
    };
  }

  /** @returns how many packets count now: 0 for a jump not confirmed yet, 2 for the one confirming it */
  #sequence(sequence: number): 0 | 1 | 2 {
    const delta = (sequence - this.#max) & 0xffff;
    if (delta === 0) {
      this.#duplicates++;
    } else if (delta < MAX_DROPOUT) {
      this.#max += delta;
      this.#remember(this.#max);
    } else if (delta <= 0x10000 - MAX_MISORDER) {
      if (sequence !== this.#badSequence) {
        this.#badSequence = (sequence + 1) & 0xffff;
        return 0;
      }
      this.#restart(sequence);
      return 2;
    } else {
      const extended = this.#max - (0x10000 - delta);
      if (this.#seen.has(extended)) this.#duplicates++;
      else {
        this.#reordered++;
        this.#remember(extended);
      }
    }
    this.#badSequence = NO_BAD_SEQUENCE;
    return 1;
  }

  /** Two in a row from elsewhere: what was lost stays lost, these two are expected and here. */
  #restart(sequence: number): void {
    const expected = this.#max - this.#base + 1;
    this.#max = (Math.floor(this.#max / 0x10000) + 1) * 0x10000 + sequence;
    this.#base = this.#max - expected - 1;
    this.#resets++;
    this.#seen.clear();
    this.#remember(this.#max - 1);
    this.#remember(this.#max);
    this.#badSequence = NO_BAD_SEQUENCE;
    this.#transit = undefined;
  }

  #remember(extended: number): void {
    this.#seen.add(extended);
    if (this.#seen.size <= 128) return;
    for (const old of this.#seen) if (old <= this.#max - 64) this.#seen.delete(old);
  }

  #measure(now: number, clockRate: number): void {
    if (clockRate !== this.#clockRate) {
      // the estimate keeps its length in time
      this.#jitter *= clockRate / this.#clockRate;
      this.#clockRate = clockRate;
      this.#transit = undefined;
    }
    const transit = (Math.floor(now * clockRate / 1000) - this.#lastTimestamp) | 0;
    if (this.#transit !== undefined) {
      const difference = Math.abs((transit - this.#transit) | 0);
      if (difference <= clockRate * MAX_TRANSIT_JUMP_S) {
        this.#jitter += (difference - this.#jitter) / 16;
      }
    }
    this.#transit = transit;
  }
}

function viewOf(packet: Uint8Array): DataView {
  return new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
}
