/**
 * A table of the kernel module, which forwards the streams that are learned and steady. The C core decides
 * and moves them (`ffi/include/rtpe_offload.h`); here it is told when, and what it says is read.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "./abi_addr.ts";
import { type CounterCodec, CounterView } from "./abi_counters.ts";
import type { AbiLayout, StructLayout } from "./abi_layout.ts";
import { cString, type RelayLibrary } from "./ffi.ts";
import { KERNEL_OBSTACLES, type KernelShare, type Slot, type SlotCounters } from "./types.ts";

/** How packets get to the module. */
export type KernelHook = "off" | "input" | "early";

/** What a table is taken with. */
export interface KernelTableOptions {
  /** Its number, 0..63; made when it is not there. */
  readonly table: number;
  /** Hooks of the module's own; `off` = firewall rules lead packets to it. */
  readonly hook: KernelHook;
  /** Ports there is room for, 2..131072; absent = as many as the core has, at most 131072. */
  readonly slots?: number;
  /** The module goes on for this long in ms when the process is killed; 120,000. */
  readonly leaseMs?: number;
  /** Take over what an earlier process left (false). */
  readonly adopt?: boolean;
  /** No table now is no failure: it is tried again every few seconds (false). */
  readonly patient?: boolean;
  /** The hooks only take packets with this mark of nftables, up to 2^32 - 1; 0 = all. */
  readonly mark?: number;
  /** Where the module's files are; `/proc/rtpengine`. */
  readonly proc?: string;
}

/** How the table is doing. */
export interface KernelStatus {
  /** It is ours; false: the module has gone, and is looked for. */
  readonly up: boolean;
  /** Ports whose packets the module forwards. */
  readonly streams: number;
  /** Ports it has a rule for, but whose packets come to user space all the same. */
  readonly missed: number;
  /** Ports it had no room for. */
  readonly refused: number;
  /** Moves into the kernel since the start. */
  readonly pushed: number;
  /** Moves back. */
  readonly pulled: number;
}

/** RTPE_HOOK_*. */
const HOOKS: Readonly<Record<KernelHook, number>> = { off: 0, input: 1, early: 2 };
const MAX_SLOTS = 131_072;
const LEASE_MS = 120_000;
const RETRY_MS = 5_000;

const OPTION_FIELDS = {
  size: 4,
  table: 4,
  hook: 4,
  slots: 4,
  lease_ms: 4,
  adopt: 4,
  retry_ms: 4,
  patient: 4,
  mark: 4,
  proc: 0,
} as const;
const STATUS_FIELDS = {
  up: 4,
  streams: 4,
  missed: 4,
  refused: 4,
  pushed: 8,
  pulled: 8,
} as const;
const SLOT_FIELDS = { counted: 1, in_kernel: 1, why: 1 } as const;
const SHARE_FIELDS = {
  rx_packets: 8,
  rx_bytes: 8,
  rx_errors: 8,
  tx_errors: 8,
  last_rx_us: 8,
} as const;

/** Layout of what the core says about its table. */
export class KernelCodec {
  /** struct rtpe_offload_opts. */
  readonly options: StructLayout<keyof typeof OPTION_FIELDS>;
  /** struct rtpe_offload_status. */
  readonly status: StructLayout<keyof typeof STATUS_FIELDS>;
  /** struct rtpe_offload_slot. */
  readonly slot: StructLayout<keyof typeof SLOT_FIELDS>;
  /** struct rtpe_offload_share. */
  readonly share: StructLayout<keyof typeof SHARE_FIELDS>;

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout) {
    this.options = layout.require("rtpe_offload_opts", OPTION_FIELDS);
    this.status = layout.require("rtpe_offload_status", STATUS_FIELDS);
    this.slot = layout.require("rtpe_offload_slot", SLOT_FIELDS);
    this.share = layout.require("rtpe_offload_share", SHARE_FIELDS);
  }
}

/** The part of a core that a table works with. */
export interface KernelCore {
  readonly library: RelayLibrary;
  readonly handle: Deno.PointerObject;
  readonly maxSlots: number;
  readonly counterCodec: CounterCodec;
  readonly kernelCodec: KernelCodec;
}

/** Reads the counters of user space. */
export interface SlotReader {
  /** A snapshot. */
  read(slot: Slot): SlotCounters;
  /** Wall-clock ms of the last packet received; 0 = never. */
  lastRx(slot: Slot): number;
}

/** The table could not be had. */
export class KernelTableError extends Error {
  /** Class name. */
  override readonly name = "KernelTableError";
  /** System error number. */
  readonly errno: number;

  /** Names the reason. */
  constructor(message: string, errno: number) {
    super(message);
    this.errno = errno;
  }
}

/** A table that is ours. */
export class KernelTable {
  /** Its number. */
  readonly table: number;
  /** Why it was not there at first; empty when it was. */
  readonly problem: string;
  readonly #core: KernelCore;
  readonly #codec: KernelCodec;
  /** What the core says about each slot, in its own memory. */
  readonly #slots: DataView;
  readonly #statusBytes: Uint8Array<ArrayBuffer>;
  readonly #sum: ArrayBuffer;
  readonly #sumView: CounterView;
  readonly #share: Uint8Array<ArrayBuffer>;
  #status: KernelStatus = { up: true, streams: 0, missed: 0, refused: 0, pushed: 0, pulled: 0 };
  #open = true;

  /**
   * Takes a table before any port is open.
   *
   * @throws KernelTableError when the module is not there, of another version, or the table another's
   */
  constructor(core: KernelCore, options: KernelTableOptions) {
    const codec = this.#codec = core.kernelCodec;
    this.#core = core;
    this.table = options.table;
    const error = new Uint8Array(512);
    const { library, handle } = core;
    const bytes = encodeOptions(codec, core, options);
    const result = library.rtpe_offload_open(handle, bytes, error, error.length);
    if (result < 0) throw new KernelTableError(cString(error), -result);
    this.problem = cString(error);
    this.#status = { ...this.#status, up: this.problem === "" };
    const slots = library.rtpe_offload_slots(handle);
    if (slots === null) throw new KernelTableError("the core has no table", 0);
    this.#slots = new DataView(
      Deno.UnsafePointerView.getArrayBuffer(slots, codec.slot.size * core.maxSlots),
    );
    this.#statusBytes = new Uint8Array(codec.status.size);
    this.#sum = new ArrayBuffer(core.counterCodec.size);
    this.#sumView = new CounterView(core.counterCodec, this.#sum);
    this.#share = new Uint8Array(codec.share.size);
  }

  /** As of the last {@link tick}. */
  get status(): KernelStatus {
    return this.#status;
  }

  /** Moves what is to be moved; to be called about ten times a second. @returns whether there is more to do */
  tick(): boolean {
    if (!this.#open) return false;
    const more = this.#core.library.rtpe_offload_tick(this.#core.handle, this.#statusBytes) === 1;
    const view = new DataView(this.#statusBytes.buffer);
    const at = this.#codec.status.offset;
    const u32 = (offset: number) => view.getUint32(offset, LITTLE_ENDIAN);
    this.#status = {
      up: u32(at.up) !== 0,
      streams: u32(at.streams),
      missed: u32(at.missed),
      refused: u32(at.refused),
      pushed: Number(view.getBigUint64(at.pushed, LITTLE_ENDIAN)),
      pulled: Number(view.getBigUint64(at.pulled, LITTLE_ENDIAN)),
    };
    return more;
  }

  /** Ports of an earlier process that nobody has opened again are closed. @returns how many */
  adopted(): number {
    return this.#core.library.rtpe_offload_adopted(this.#core.handle);
  }

  /** Lets go of the table: it is deleted, or kept for who takes it over before the lease ends. */
  close(keep: boolean): void {
    if (!this.#open) return;
    this.#open = false;
    this.#core.library.rtpe_offload_close(this.#core.handle, keep ? 1 : 0);
  }

  /** Whether the module counts packets of a slot, or did. */
  counts(slot: Slot): boolean {
    const { size, offset } = this.#codec.slot;
    return this.#slots.getUint8(slot * size + offset.counted) !== 0;
  }

  /** Counters of a slot, the module's included; `own` are user space's. */
  read(slot: Slot, own: SlotReader): SlotCounters {
    if (!this.counts(slot)) {
      const counters = own.read(slot);
      return {
        ...counters,
        kernel: { ...NO_SHARE, ...this.forwarding(slot), lastUser: counters.lastRx },
      };
    }
    const { library, handle } = this.#core;
    library.rtpe_counters_sum(handle, slot, new Uint8Array(this.#sum), this.#share);
    const view = new DataView(this.#share.buffer);
    const at = this.#codec.share.offset;
    const u64 = (offset: number) => Number(view.getBigUint64(offset, LITTLE_ENDIAN));
    const kernel: KernelShare = {
      ...this.forwarding(slot),
      packets: u64(at.rx_packets),
      bytes: u64(at.rx_bytes),
      errors: u64(at.rx_errors) + u64(at.tx_errors),
      last: Math.floor(u64(at.last_rx_us) / 1000),
      lastUser: own.lastRx(slot),
    };
    return { ...this.#sumView.read(0), kernel };
  }

  /** Wall-clock ms of the last packet of a slot, wherever it was handled. */
  lastRx(slot: Slot): number {
    const { library, handle } = this.#core;
    return Math.floor(Number(library.rtpe_counters_last_rx(handle, slot)) / 1000);
  }

  /** Whether the module forwards a slot's packets, and why not. */
  forwarding(slot: Slot): Pick<KernelShare, "forwards" | "obstacle"> {
    const { size, offset } = this.#codec.slot;
    const why = KERNEL_OBSTACLES[this.#slots.getUint8(slot * size + offset.why)];
    return {
      forwards: this.#slots.getUint8(slot * size + offset.in_kernel) !== 0,
      ...(why === undefined ? {} : { obstacle: why }),
    };
  }
}

const NO_SHARE = { packets: 0, bytes: 0, errors: 0, last: 0 };

function encodeOptions(
  { options: { size, offset } }: KernelCodec,
  core: KernelCore,
  options: KernelTableOptions,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number) => view.setUint32(at, value, LITTLE_ENDIAN);
  put(offset.size, size);
  put(offset.table, options.table);
  put(offset.hook, HOOKS[options.hook]);
  put(offset.slots, options.slots ?? Math.min(core.maxSlots, MAX_SLOTS));
  put(offset.lease_ms, options.leaseMs ?? LEASE_MS);
  put(offset.adopt, options.adopt === true ? 1 : 0);
  put(offset.retry_ms, RETRY_MS);
  put(offset.patient, options.patient === true ? 1 : 0);
  put(offset.mark, options.mark ?? 0);
  const proc = new TextEncoder().encode(options.proc ?? "");
  if (offset.proc + proc.length >= size) {
    throw new RangeError(`path ${options.proc} of the kernel module's files is too long`);
  }
  bytes.set(proc, offset.proc);
  return bytes;
}
