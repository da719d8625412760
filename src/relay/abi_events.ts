/**
 * Records of the relay core's rings, `struct rtpe_event` and what follows it.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { type AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { type AbiLayout, AbiMismatch, type StructLayout } from "./abi_layout.ts";
import { CLASS_BITS } from "./abi_rule.ts";
import type { PacketClass } from "./types.ts";

/** RTPE_EVENT_*. */
export const EventType = { Punt: 1, Remote: 2, Datagram: 3, Capture: 4 } as const;

/** One record. */
export interface RawEvent {
  /** One of {@link EventType}. */
  readonly type: number;
  readonly reason: number;
  readonly slot: number;
  /** Wall-clock ms. */
  readonly time: number;
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
  /** A copy that may be kept; of a control datagram a view that is valid until the next record is read. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

const EVENT_FIELDS = {
  len: 4,
  type: 2,
  reason: 2,
  slot: 4,
  payload_len: 4,
  time_us: 8,
  src: 0,
  dst: 0,
} as const;

const CLASSES = new Map<number, PacketClass>(
  Object.entries(CLASS_BITS).map(([name, bit]) => [bit, name as PacketClass]),
);

/** Name of a single RTPE_CLASS_* bit. */
export function classOfBit(bit: number): PacketClass | undefined {
  return CLASSES.get(bit);
}

/** Reads records. */
export class EventCodec {
  readonly #addr: AddrCodec;
  readonly #event: StructLayout<keyof typeof EVENT_FIELDS>;

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout, addr: AddrCodec) {
    this.#addr = addr;
    this.#event = layout.require("rtpe_event", EVENT_FIELDS);
  }

  /**
   * Reads the records in the first `length` bytes of a drained buffer.
   *
   * @throws AbiMismatch when a record's lengths contradict each other
   */
  *read(bytes: Uint8Array<ArrayBuffer>, length: number): Generator<RawEvent> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    const { size, offset: at } = this.#event;
    for (let start = 0; start < length;) {
      const end = start + (start + size <= length ? view.getUint32(start, LITTLE_ENDIAN) : 0);
      const payloadStart = start + size;
      if (end < payloadStart || end > length) {
        throw new AbiMismatch(`a ring record of ${end - start} bytes at ${start} of ${length}`);
      }
      const payloadLength = view.getUint32(start + at.payload_len, LITTLE_ENDIAN);
      if (payloadStart + payloadLength > end) {
        throw new AbiMismatch(`a ring record with ${payloadLength} of ${end - start} bytes`);
      }
      const type = view.getUint16(start + at.type, LITTLE_ENDIAN);
      const payloadEnd = payloadStart + payloadLength;
      yield {
        type,
        reason: view.getUint16(start + at.reason, LITTLE_ENDIAN),
        slot: view.getUint32(start + at.slot, LITTLE_ENDIAN),
        time: u64(view, start + at.time_us) / 1000,
        source: this.#addr.read(view, start + at.src),
        destination: this.#addr.read(view, start + at.dst),
        payload: type === EventType.Datagram
          ? bytes.subarray(payloadStart, payloadEnd)
          : bytes.slice(payloadStart, payloadEnd),
      };
      start = end;
    }
  }
}

/** A 64-bit number below 2^53 in memory that nobody else writes. */
function u64(view: DataView, offset: number): number {
  const low = view.getUint32(offset + (LITTLE_ENDIAN ? 0 : 4), LITTLE_ENDIAN);
  return view.getUint32(offset + (LITTLE_ENDIAN ? 4 : 0), LITTLE_ENDIAN) * 2 ** 32 + low;
}
