/**
 * A snapshot of counters, written back as `struct rtpe_counters`.
 *
 * @module
 */

import { type AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import type { CounterCodec } from "./abi_counters.ts";
import { checkSnapshot } from "./snapshot.ts";
import type { SlotCounters, SsrcCounters } from "./types.ts";

/** Writes the counters of one slot. */
export class RestoreCodec {
  readonly #codec: CounterCodec;
  readonly #addr: AddrCodec;

  /** A codec for the layout of `codec`. */
  constructor(codec: CounterCodec) {
    this.#codec = codec;
    this.#addr = codec.addr;
  }

  /** The bytes of a snapshot. @throws RangeError naming a value that is none */
  encode(past: SlotCounters): Uint8Array<ArrayBuffer> {
    checkSnapshot(past);
    const { slot: at, size, ssrc, ssrcSize, payload, payloadSize } = this.#codec;
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    const u64 = (offset: number, value: number) =>
      view.setBigUint64(offset, BigInt(value), LITTLE_ENDIAN);
    const u32 = (offset: number, value: number) => view.setUint32(offset, value, LITTLE_ENDIAN);
    u64(at.rx_packets, past.rxPackets);
    u64(at.rx_bytes, past.rxBytes);
    u64(at.rx_errors, past.rxErrors);
    u64(at.tx_packets, past.txPackets);
    u64(at.tx_bytes, past.txBytes);
    u64(at.tx_errors, past.txErrors);
    u64(at.last_rx_us, past.lastRx * 1000);
    u64(at.last_tx_us, past.lastTx * 1000);
    u64(at.punted, past.punted);
    u32(at.drop_source, past.dropSource);
    u32(at.drop_malformed, past.dropMalformed);
    u32(at.drop_filtered, past.dropFiltered);
    u32(at.drop_no_rule, past.dropNoRule);
    u32(at.drop_auth, past.dropAuth);
    u32(at.drop_replay, past.dropReplay);
    if (past.remote !== undefined) this.#addr.write(view, at.remote, past.remote);
    view.setUint8(at.confirmed, Number(past.confirmed));
    view.setUint8(at.learned, Number(past.learned));
    for (const [i, one] of (past.payloads ?? []).entries()) {
      view.setUint8(at.payload_type + i, one.payloadType | 0x80);
      u64(at.payload + i * payloadSize + payload.packets, one.packets);
      u64(at.payload + i * payloadSize + payload.bytes, one.bytes);
    }
    for (const [i, source] of past.ssrcs.entries()) {
      this.#writeSource(view, at.ssrc + i * ssrcSize, ssrc, source);
    }
    return bytes;
  }

  #writeSource(
    view: DataView,
    start: number,
    at: CounterCodec["ssrc"],
    source: SsrcCounters,
  ): void {
    const u64 = (offset: number, value: number) =>
      view.setBigUint64(start + offset, BigInt(value), LITTLE_ENDIAN);
    const u32 = (offset: number, value: number) =>
      view.setUint32(start + offset, value, LITTLE_ENDIAN);
    const max = (source.cycles + 1) * 0x10000 + source.maxSequence;
    u64(at.packets, source.packets);
    u64(at.bytes, source.bytes);
    u64(at.payload_bytes, source.payloadBytes);
    u64(at.first_us, source.first * 1000);
    u64(at.last_us, source.last * 1000);
    u32(at.ssrc, source.ssrc);
    u32(at.base_seq, max + 1 - source.packets - source.lost);
    u32(at.max_seq, max);
    u32(at.last_ts, source.lastTimestamp);
    u32(at.jitter_x16, Math.round(source.jitter * source.clockRate * 16 / 1000));
    u32(at.duplicates, source.duplicates);
    u32(at.reordered, source.reordered);
    u32(at.resets, source.resets);
    u32(at.clock_rate, source.clockRate);
    view.setUint8(start + at.payload_type, source.payloadType);
    view.setUint8(start + at.in_use, 1);
  }
}
