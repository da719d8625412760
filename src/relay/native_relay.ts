/**
 * The C relay core, started: one engine for media and the control sockets beside it.
 *
 * @module
 */

import { FfiControlSockets } from "./control_socket.ts";
import { FfiPacketCopies } from "./ffi_capture.ts";
import { FfiCore, type FfiCoreOptions, type ThreadCounters } from "./ffi_core.ts";
import type { DtlsLinks } from "./dtls_links.ts";
import { FfiDtls } from "./ffi_dtls.ts";
import { FfiEngine } from "./ffi_engine.ts";
import type { KernelTable, KernelTableOptions } from "./kernel_table.ts";
import { PastCounters } from "./past_counters.ts";
import type { ControlSockets, PacketCopies, RelayEngine } from "./types.ts";

/** A running relay core. */
export interface NativeRelay {
  /** The engine; its `shutdown` ends everything here. */
  readonly engine: RelayEngine;
  /** Opens UDP control sockets. */
  readonly controlSockets: ControlSockets;
  /** Copies packets of ports that are captured. */
  readonly copies: PacketCopies;
  /** Has DTLS handshakes made over the engine's ports. */
  readonly dtls: DtlsLinks;
  /** Numbers of each relay thread. */
  threads(): ThreadCounters[];
  /** Events lost because a ring was full. */
  lost(): { readonly punts: number; readonly datagrams: number };
  /** Takes a table of the kernel module; before any port is open. @throws KernelTableError */
  openKernel(options: KernelTableOptions): KernelTable;
  /** Stands for the layout of the counters: a file of another one cannot be read. */
  readonly countersLayout: string;
  /** Counters an earlier core of the same layout left in a file. @throws Error when there is none */
  pastCounters(path: string): PastCounters;
}

/**
 * Loads the relay core library, checks it and starts its threads.
 *
 * @throws Error when the library is missing or of another version, fails its self-test, or cannot start
 */
export function startNativeRelay(options: FfiCoreOptions = {}): NativeRelay {
  const core = new FfiCore(options);
  return {
    engine: new FfiEngine(core),
    controlSockets: new FfiControlSockets(core),
    copies: new FfiPacketCopies(core),
    dtls: new FfiDtls(core),
    threads: () => core.threads(),
    lost: () => core.lost,
    openKernel: (options) => core.openKernel(options),
    countersLayout: core.countersLayout,
    pastCounters: (path) => new PastCounters(core.counterCodec, path),
  };
}
