/**
 * Counters of a relay core that has ended, from the file that held them.
 *
 * @module
 */

import { type CounterCodec, CounterView } from "./abi_counters.ts";
import { PAYLOAD_TYPES } from "./snapshot.ts";
import type { PayloadCounters, Slot, SlotCounters } from "./types.ts";

/** Reads slot by slot: the file is sparse and may be large. */
export class PastCounters {
  readonly #codec: CounterCodec;
  readonly #file: Deno.FsFile;
  readonly #slots: number;

  /** Opens the file. @throws Error when there is none */
  constructor(codec: CounterCodec, path: string) {
    this.#codec = codec;
    this.#file = Deno.openSync(path, { read: true });
    this.#slots = Math.floor(this.#file.statSync().size / bytesPerSlot(codec));
  }

  /** Counters of a slot. @returns undefined where nothing can be made of what is there: it was being written at the end */
  read(slot: Slot): SlotCounters | undefined {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.#slots) return undefined;
    const { size, srtpSize, leftSize } = this.#codec;
    const counters = this.#bytes(slot * size, size);
    const srtp = this.#bytes(this.#slots * size + slot * srtpSize, srtpSize);
    const left = this.#bytes(this.#slots * (size + srtpSize) + slot * leftSize, leftSize);
    if (counters === undefined || srtp === undefined || left === undefined) return undefined;
    try {
      const own = new CounterView(this.#codec, counters.buffer).read(0);
      const read = isUsed(left) ? joined(own, this.#left(left)) : own;
      return isUsed(srtp) ? { ...read, srtp } : read;
    } catch {
      return undefined;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  #left(bytes: Uint8Array): SlotCounters {
    const whole = new Uint8Array(this.#codec.size);
    // of the sources there is nothing, whatever the last cache line holds
    whole.set(bytes.subarray(0, this.#codec.slot.ssrc));
    return new CounterView(this.#codec, whole.buffer).read(0);
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

function bytesPerSlot({ size, srtpSize, leftSize }: CounterCodec): number {
  return size + srtpSize + leftSize;
}

function isUsed(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte !== 0);
}

/** User space's counters and what the kernel module has counted besides. */
function joined(own: SlotCounters, left: SlotCounters): SlotCounters {
  return {
    ...own,
    rxPackets: own.rxPackets + left.rxPackets,
    rxBytes: own.rxBytes + left.rxBytes,
    rxErrors: own.rxErrors + left.rxErrors,
    txPackets: own.txPackets + left.txPackets,
    txBytes: own.txBytes + left.txBytes,
    txErrors: own.txErrors + left.txErrors,
    lastRx: Math.max(own.lastRx, left.lastRx),
    lastTx: Math.max(own.lastTx, left.lastTx),
    dropSource: own.dropSource + left.dropSource,
    dropMalformed: own.dropMalformed + left.dropMalformed,
    dropFiltered: own.dropFiltered + left.dropFiltered,
    dropNoRule: own.dropNoRule + left.dropNoRule,
    dropAuth: own.dropAuth + left.dropAuth,
    dropReplay: own.dropReplay + left.dropReplay,
    payloads: joinedPayloads(own.payloads ?? [], left.payloads ?? []),
  };
}

function joinedPayloads(
  own: readonly PayloadCounters[],
  left: readonly PayloadCounters[],
): readonly PayloadCounters[] {
  const sums = new Map<number, PayloadCounters>();
  for (const one of [...own, ...left]) {
    const { packets, bytes } = sums.get(one.payloadType) ?? { packets: 0, bytes: 0 };
    sums.set(one.payloadType, {
      payloadType: one.payloadType,
      packets: packets + one.packets,
      bytes: bytes + one.bytes,
    });
  }
  return [...sums.values()].slice(0, PAYLOAD_TYPES);
}
