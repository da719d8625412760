/**
 * The relay core's counters, read straight from the memory it shares.
 *
 * 64-bit fields are read in one load, as 32-bit ones are, so no value is ever half of one update and half
 * of the next; the remote endpoint is guarded by a sequence counter.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { type AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { type AbiLayout, AbiMismatch, type StructLayout } from "./abi_layout.ts";
import type { TrafficSums } from "./traffic.ts";
import type { PayloadCounters, Slot, SlotCounters, SsrcCounters } from "./types.ts";

const COUNTER_FIELDS = {
  rx_packets: 8,
  rx_bytes: 8,
  rx_errors: 8,
  tx_packets: 8,
  tx_bytes: 8,
  tx_errors: 8,
  last_rx_us: 8,
  last_tx_us: 8,
  punted: 8,
  drop_source: 4,
  drop_malformed: 4,
  drop_filtered: 4,
  drop_no_rule: 4,
  drop_auth: 4,
  drop_replay: 4,
  remote: 0,
  remote_seq: 4,
  confirmed: 1,
  learned: 1,
  rx_tos: 1,
  payload_type: 0,
  payload: 0,
  ssrc: 0,
} as const;
const PAYLOAD_FIELDS = { packets: 8, bytes: 8 } as const;
const SSRC_FIELDS = {
  packets: 8,
  bytes: 8,
  payload_bytes: 8,
  first_us: 8,
  last_us: 8,
  ssrc: 4,
  base_seq: 4,
  max_seq: 4,
  last_ts: 4,
  jitter_x16: 4,
  duplicates: 4,
  reordered: 4,
  resets: 4,
  clock_rate: 4,
  payload_type: 1,
  in_use: 1,
} as const;

const SPINS = 1000;
const NAPS = 100;
const nap = new Int32Array(new SharedArrayBuffer(4));

/** Where counters lie, without the memory. */
export class CounterCodec {
  /** Size of one slot's counters in bytes. */
  readonly size: number;
  /** Size of what one slot remembers of SRTP, in bytes; not read here. */
  readonly srtpSize: number;
  /** Size of what the kernel module counted for one slot at places it has no more: counters without sources. */
  readonly leftSize: number;
  readonly addr: AddrCodec;
  readonly slot: StructLayout<keyof typeof COUNTER_FIELDS>["offset"];
  readonly ssrc: StructLayout<keyof typeof SSRC_FIELDS>["offset"];
  readonly ssrcSize: number;
  readonly ssrcTracks: number;
  readonly payload: StructLayout<keyof typeof PAYLOAD_FIELDS>["offset"];
  readonly payloadSize: number;
  /** How many payload types are counted. */
  readonly payloadTypes: number;

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout, addr: AddrCodec) {
    const counters = layout.require("rtpe_counters", COUNTER_FIELDS);
    const ssrc = layout.require("rtpe_ssrc_counters", SSRC_FIELDS);
    this.size = counters.size;
    this.srtpSize = layout.require("rtpe_srtp_port", {}).size;
    this.leftSize = Math.ceil(counters.offset.ssrc / 64) * 64;
    this.addr = addr;
    this.slot = counters.offset;
    this.ssrc = ssrc.offset;
    this.ssrcSize = ssrc.size;
    this.ssrcTracks = layout.fieldSize("rtpe_counters", "ssrc") / ssrc.size;
    const payload = layout.require("rtpe_payload_counters", PAYLOAD_FIELDS);
    this.payload = payload.offset;
    this.payloadSize = payload.size;
    this.payloadTypes = layout.fieldSize("rtpe_counters", "payload_type");
    if (layout.fieldSize("rtpe_counters", "payload") !== this.payloadTypes * payload.size) {
      throw new AbiMismatch("it counts payload types it does not name");
    }
    if (!Number.isInteger(this.ssrcTracks) || counters.size % 8 !== 0 || ssrc.size % 8 !== 0) {
      throw new AbiMismatch("its counters are not aligned");
    }
  }
}

/** The counters of all slots. */
export class CounterView {
  readonly #codec: CounterCodec;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** A copy of the remote endpoint, and room to take a 64-bit load apart. */
  readonly #copy: Int32Array<ArrayBuffer>;
  readonly #copyView: DataView<ArrayBuffer>;
  readonly #double = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#double.buffer);

  /** @param memory the whole array, 8-byte aligned */
  constructor(codec: CounterCodec, memory: ArrayBuffer) {
    this.#codec = codec;
    this.#view = new DataView(memory);
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#copy = new Int32Array(codec.addr.size / 4);
    this.#copyView = new DataView(this.#copy.buffer);
  }

  /** Wall-clock ms of the last packet received by a slot; 0 = never. */
  lastRx(slot: Slot): number {
    return this.#ms(slot * this.#codec.size + this.#codec.slot.last_rx_us);
  }

  /** A snapshot of a slot's counters. */
  read(slot: Slot): SlotCounters {
    const start = slot * this.#codec.size;
    const at = this.#codec.slot;
    return {
      rxPackets: this.#u64(start + at.rx_packets),
      rxBytes: this.#u64(start + at.rx_bytes),
      rxErrors: this.#u64(start + at.rx_errors),
      txPackets: this.#u64(start + at.tx_packets),
      txBytes: this.#u64(start + at.tx_bytes),
      txErrors: this.#u64(start + at.tx_errors),
      lastRx: this.#ms(start + at.last_rx_us),
      lastTx: this.#ms(start + at.last_tx_us),
      dropSource: this.#u32(start + at.drop_source),
      dropMalformed: this.#u32(start + at.drop_malformed),
      dropFiltered: this.#u32(start + at.drop_filtered),
      dropNoRule: this.#u32(start + at.drop_no_rule),
      dropAuth: this.#u32(start + at.drop_auth),
      dropReplay: this.#u32(start + at.drop_replay),
      punted: this.#u64(start + at.punted),
      rxTos: this.#view.getUint8(start + at.rx_tos),
      ...this.#remote(start),
      ssrcs: this.#ssrcs(start + at.ssrc),
      payloads: this.#payloads(start),
    };
  }

  /** Adds a slot's counters to `sums`; many times cheaper than {@link read}. */
  addTo(slot: Slot, sums: TrafficSums): void {
    const start = slot * this.#codec.size;
    const at = this.#codec.slot;
    sums.packetsIn += this.#u64(start + at.rx_packets);
    sums.bytesIn += this.#u64(start + at.rx_bytes);
    sums.errorsIn += this.#u64(start + at.rx_errors);
    sums.packetsOut += this.#u64(start + at.tx_packets);
    sums.bytesOut += this.#u64(start + at.tx_bytes);
    sums.errorsOut += this.#u64(start + at.tx_errors);
    sums.dropSource += this.#u32(start + at.drop_source);
    sums.dropMalformed += this.#u32(start + at.drop_malformed);
    sums.dropFiltered += this.#u32(start + at.drop_filtered);
    sums.dropNoRule += this.#u32(start + at.drop_no_rule);
    sums.dropAuth += this.#u32(start + at.drop_auth);
    sums.dropReplay += this.#u32(start + at.drop_replay);
    sums.punted += this.#u64(start + at.punted);
    for (const ssrc of this.#ssrcs(start + at.ssrc)) sums.addSource(ssrc);
  }

  /** Whether learning is over on a slot. */
  isConfirmed(slot: Slot): boolean {
    return this.#view.getUint8(slot * this.#codec.size + this.#codec.slot.confirmed) !== 0;
  }

  #remote(start: number): { remote: Endpoint | undefined; confirmed: boolean; learned: boolean } {
    const { slot: at, addr } = this.#codec;
    const copy = this.#copy;
    for (let tries = 0; tries < SPINS + NAPS; tries++) {
      // the writer may have lost its processor to us
      if (tries >= SPINS) Atomics.wait(nap, 0, 0, 1);
      const before = this.#ordered(start + at.remote_seq);
      if (before & 1) continue;
      for (let i = 0; i < copy.length; i++) copy[i] = this.#ordered(start + at.remote + i * 4);
      const confirmed = this.#view.getUint8(start + at.confirmed) !== 0;
      const learned = this.#view.getUint8(start + at.learned) !== 0;
      if (this.#ordered(start + at.remote_seq) !== before) continue;
      return { remote: addr.read(this.#copyView, 0), confirmed, learned };
    }
    throw new Error(`remote endpoint of the counters at ${start} is being written for ever`);
  }

  #ssrcs(start: number): SsrcCounters[] {
    const found: SsrcCounters[] = [];
    for (let i = 0; i < this.#codec.ssrcTracks; i++) {
      const track = start + i * this.#codec.ssrcSize;
      if (this.#view.getUint8(track + this.#codec.ssrc.in_use) === 0) continue;
      const ssrc = this.#ssrc(track);
      if (ssrc.packets > 0) found.push(ssrc);
    }
    return found;
  }

  #payloads(start: number): PayloadCounters[] {
    const { slot: at, payload, payloadSize, payloadTypes } = this.#codec;
    const found: PayloadCounters[] = [];
    for (let i = 0; i < payloadTypes; i++) {
      const mark = this.#view.getUint8(start + at.payload_type + i);
      if (mark < 0x80) break;
      const counters = start + at.payload + i * payloadSize;
      found.push({
        payloadType: mark & 0x7f,
        packets: this.#u64(counters + payload.packets),
        bytes: this.#u64(counters + payload.bytes),
      });
    }
    return found;
  }

  #ssrc(start: number): SsrcCounters {
    const at = this.#codec.ssrc;
    const packets = this.#u64(start + at.packets);
    const max = this.#u32(start + at.max_seq);
    const expected = (max - this.#u32(start + at.base_seq) + 1) >>> 0;
    const clockRate = this.#u32(start + at.clock_rate) || 8000;
    return {
      ssrc: this.#u32(start + at.ssrc),
      packets,
      bytes: this.#u64(start + at.bytes),
      payloadBytes: this.#u64(start + at.payload_bytes),
      first: this.#ms(start + at.first_us),
      last: this.#ms(start + at.last_us),
      payloadType: this.#view.getUint8(start + at.payload_type),
      lastTimestamp: this.#u32(start + at.last_ts),
      clockRate,
      maxSequence: max & 0xffff,
      // the core starts one cycle ahead
      cycles: ((max >>> 16) - 1) & 0xffff,
      lost: expected - packets,
      jitter: this.#u32(start + at.jitter_x16) / 16 * 1000 / clockRate,
      duplicates: this.#u32(start + at.duplicates),
      reordered: this.#u32(start + at.reordered),
      resets: this.#u32(start + at.resets),
    };
  }

  #u32(offset: number): number {
    return this.#words[offset >> 2]! >>> 0;
  }

  /** Neither moved nor left out by the compiler. */
  #ordered(offset: number): number {
    return Atomics.load(this.#words, offset >> 2);
  }

  /** One load of 64 bits, as a double only in name: below 2^62 no number is changed on its way. */
  #u64(offset: number): number {
    this.#double[0] = this.#doubles[offset >> 3]!;
    return LITTLE_ENDIAN
      ? this.#halves[1]! * 2 ** 32 + this.#halves[0]!
      : this.#halves[0]! * 2 ** 32 + this.#halves[1]!;
  }

  #ms(offset: number): number {
    return Math.floor(this.#u64(offset) / 1000);
  }
}
