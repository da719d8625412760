/**
 * One running relay core: the handle, its layout, and the turn-by-turn reading of its rings. The engine
 * and the control sockets share it.
 *
 * @module
 */

import { AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { CounterCodec, CounterView } from "./abi_counters.ts";
import { EventCodec, type RawEvent } from "./abi_events.ts";
import { AbiLayout, type StructLayout } from "./abi_layout.ts";
import { RuleCodec } from "./abi_rule.ts";
import { SrtpCodec } from "./abi_srtp.ts";
import { RestoreCodec } from "./abi_restore.ts";
import { KernelCodec, KernelTable, type KernelTableOptions } from "./kernel_table.ts";
import { type CoreOptions, DEFAULT_MAX_SLOTS, encodeOptions, modeName } from "./abi_options.ts";
import { type BellOwner, hangBell, removeBell } from "./doorbell.ts";
import { cString, errnoText, loadRelayLibrary, readText, type RelayLibrary } from "./ffi.ts";
import { locateLibrary } from "./library.ts";

/** A core's options, and what concerns this side of it. */
export interface FfiCoreOptions extends CoreOptions {
  /** Path of the library; absent = {@link locateLibrary}. */
  readonly library?: string;
  /** Told what event handlers throw; absent = it becomes an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/** Numbers of one relay thread. */
export interface ThreadCounters {
  /** Times the thread woke up. */
  readonly wakeups: number;
  /** Batches of datagrams read. */
  readonly batches: number;
  /** Datagrams read. */
  readonly rxPackets: number;
  /** Datagrams sent. */
  readonly txPackets: number;
  /** Packets for a port that is not open. */
  readonly rxUnknown: number;
  /** Packets the system lost before they could be read. */
  readonly rxOverflow: number;
  /** Datagrams the system did not take. */
  readonly txErrors: number;
  /** CPU time of the thread in ms. */
  readonly cpuMs: number;
}

const THREAD_FIELDS = {
  "wakeups": 8,
  "batches": 8,
  "rx_packets": 8,
  "tx_packets": 8,
  "rx_unknown": 8,
  "rx_overflow": 8,
  "tx_errors": 8,
  "cpu_ns": 8,
} as const;

/** RTPE_RING_*. */
const Ring = { Punt: 0, Control: 1 } as const;
/** The longest record there can be and room for many short ones; also the most of one turn. */
const DRAIN_BYTES = 128 * 1024;

/** A core. Everything throws once it is shut down. */
export class FfiCore {
  /** The structs of the library. */
  readonly layout: AbiLayout;
  readonly addr: AddrCodec;
  readonly rules: RuleCodec;
  readonly srtp: SrtpCodec;
  /** Writes counters of before a restart. */
  readonly past: RestoreCodec;
  readonly maxSlots: number;
  /** Where counters lie. */
  readonly counterCodec: CounterCodec;
  /** What the core says about its table of the kernel module. */
  readonly kernelCodec: KernelCodec;
  /** Stands for the layout of the counters: a file of another one cannot be read. */
  readonly countersLayout: string;
  readonly #library: RelayLibrary;
  readonly #events: EventCodec;
  readonly #thread: StructLayout<keyof typeof THREAD_FIELDS>;
  readonly #mode: string;
  readonly #modeReason: string;
  readonly #drainBuffer = new Uint8Array(DRAIN_BYTES);
  readonly #bell: BellOwner;
  readonly #onError: (error: unknown) => void;
  readonly #handlers: ((event: RawEvent) => void)[] = [];
  readonly #readers: (() => boolean)[] = [];
  #handle: Deno.PointerObject | undefined;
  #counters: CounterView | undefined;
  #kernel: KernelTable | undefined;

  /**
   * Loads the library, checks it and starts its threads.
   *
   * @throws Error when the library is missing or of another version, fails its self-test, or cannot start
   */
  constructor(options: FfiCoreOptions = {}) {
    const library = this.#library = loadRelayLibrary(options.library ?? locateLibrary());
    const description = readText((buffer, length) => library.rtpe_abi_describe(buffer, length));
    const layout = this.layout = new AbiLayout(description);
    this.countersLayout = countersLayout(description);
    this.addr = new AddrCodec(layout);
    this.rules = new RuleCodec(layout, this.addr);
    this.srtp = new SrtpCodec(layout);
    this.#events = new EventCodec(layout, this.addr);
    const counters = this.counterCodec = new CounterCodec(layout, this.addr);
    this.past = new RestoreCodec(counters);
    this.kernelCodec = new KernelCodec(layout);
    this.#thread = layout.require("rtpe_thread_counters", THREAD_FIELDS);
    selfTest(library);
    this.maxSlots = options.maxSlots ?? DEFAULT_MAX_SLOTS;
    this.#onError = options.onError ?? throwLater;
    const error = new Uint8Array(512);
    const handle = library.rtpe_core_new(
      encodeOptions(layout, options),
      error,
      error.length,
    );
    if (handle === null) throw new Error(`the relay core cannot start: ${cString(error)}`);
    this.#handle = handle;
    this.#mode = modeName(library.rtpe_core_mode(handle));
    this.#modeReason = readText((buffer, length) =>
      library.rtpe_core_mode_reason(handle, buffer, length)
    );
    const memory = library.rtpe_counters(handle);
    if (memory === null) throw new Error("the relay core has no counters");
    this.#counters = new CounterView(
      counters,
      Deno.UnsafePointerView.getArrayBuffer(memory, counters.size * this.maxSlots),
    );
    this.#bell = {
      connect: (bell) => library.rtpe_core_doorbell(handle, bell),
      turn: () => this.#turn(),
      shutdown: () => this.shutdown(),
    };
    hangBell(this.#bell);
  }

  /** `steer` or `sockets`. */
  get mode(): string {
    return this.#mode;
  }

  /** Why it is not `steer`, as a sentence; empty when it is. */
  get modeReason(): string {
    return this.#modeReason;
  }

  /** The library's functions. */
  get library(): RelayLibrary {
    return this.#library;
  }

  /** The handle to pass to them. @throws Error after shutdown */
  get handle(): Deno.PointerObject {
    if (this.#handle === undefined) throw new Error("the relay core is shut down");
    return this.#handle;
  }

  /** The counters of all slots. @throws Error after shutdown */
  get counters(): CounterView {
    if (this.#counters === undefined) throw new Error("the relay core is shut down");
    return this.#counters;
  }

  /** The table of the kernel module; undefined without one. */
  get kernel(): KernelTable | undefined {
    return this.#kernel;
  }

  /** Takes a table of the kernel module, before any port is open. @throws KernelTableError */
  openKernel(options: KernelTableOptions): KernelTable {
    return this.#kernel = new KernelTable(this, options);
  }

  /** Whether {@link shutdown} has been called. */
  get closed(): boolean {
    return this.#handle === undefined;
  }

  /** Numbers of each relay thread. */
  threads(): ThreadCounters[] {
    const { size, offset } = this.#thread;
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    const u64 = (at: number) => Number(view.getBigUint64(at, LITTLE_ENDIAN));
    const found: ThreadCounters[] = [];
    while (this.#library.rtpe_thread_counters(this.handle, found.length, bytes) === 0) {
      found.push({
        wakeups: u64(offset.wakeups),
        batches: u64(offset.batches),
        rxPackets: u64(offset.rx_packets),
        txPackets: u64(offset.tx_packets),
        rxUnknown: u64(offset.rx_unknown),
        rxOverflow: u64(offset.rx_overflow),
        txErrors: u64(offset.tx_errors),
        cpuMs: u64(offset.cpu_ns) / 1e6,
      });
    }
    return found;
  }

  /** Records lost because a ring was full. */
  get lost(): { readonly punts: number; readonly datagrams: number } {
    return {
      punts: Number(this.#library.rtpe_ring_lost(this.handle, Ring.Punt)),
      datagrams: Number(this.#library.rtpe_ring_lost(this.handle, Ring.Control)),
    };
  }

  /** Calls `handler` for each record of either ring. */
  onRecord(handler: (event: RawEvent) => void): void {
    this.#handlers.push(handler);
  }

  /**
   * Calls `reader` in each turn, for what the core tells otherwise than by a ring; it reads until there is
   * nothing more, which arms the bell, or returns true.
   */
  onTurn(reader: () => boolean): void {
    this.#readers.push(reader);
  }

  /** The records in the first `length` bytes of a drained buffer. @throws AbiMismatch */
  records(buffer: Uint8Array<ArrayBuffer>, length: number): Iterable<RawEvent> {
    return this.#events.read(buffer, length);
  }

  /** Stops the threads and closes everything. Calling it again does nothing. */
  shutdown(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    removeBell(this.#bell);
    this.#handle = this.#counters = this.#kernel = undefined;
    this.#library.rtpe_core_free(handle);
  }

  /** One turn of the event loop, bounded. @returns whether there may be more */
  #turn(): boolean {
    try {
      const control = this.#drain(Ring.Control);
      const punts = this.#drain(Ring.Punt);
      let more = control || punts;
      for (const reader of this.#readers) {
        if (this.#handle !== undefined) more = reader() || more;
      }
      return more;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  /** Reads until the ring is empty, which arms the bell, or enough has been read for one turn. */
  #drain(ring: number): boolean {
    const buffer = this.#drainBuffer;
    for (let total = 0; total < DRAIN_BYTES && this.#handle !== undefined;) {
      const length = this.#library.rtpe_ring_drain(this.#handle, ring, buffer, buffer.length);
      if (length < 0) throw new Error(`ring ${ring} cannot be read: ${errnoText(length)}`);
      if (length === 0) return false;
      total += length;
      for (const event of this.#events.read(buffer, length)) this.#tell(event);
    }
    return this.#handle !== undefined;
  }

  /** Does something for one of many: if it fails the others must not be kept from theirs. */
  guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onError(error);
    }
  }

  #tell(event: RawEvent): void {
    for (const handler of this.#handlers) {
      try {
        handler(event);
      } catch (error) {
        // one bad handler must not keep the others from their records
        this.#onError(error);
      }
    }
  }
}

/** Outside of the callback, where it cannot take the process down without a trace. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function selfTest(library: RelayLibrary): void {
  const error = new Uint8Array(512);
  if (library.rtpe_selftest(error, error.length) !== 0) {
    throw new Error(`the relay core fails its self-test: ${cString(error)}`);
  }
}

/** Arrays of a counters file: counters, SRTP, what the kernel module has left. */
const COUNTERS_FILE = 3;

/** FNV-1a of the lines about counters. */
function countersLayout(description: string): string {
  let hash = 0x811c9dc5 ^ COUNTERS_FILE;
  for (const line of description.split("\n")) {
    if (!/^(?:struct )?rtpe_(?:(?:ssrc_)?counters|addr|srtp_\w+)\b/.test(line)) continue;
    for (let i = 0; i < line.length; i++) hash = Math.imul(hash ^ line.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
