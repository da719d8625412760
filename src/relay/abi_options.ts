/**
 * A relay core's options as `struct rtpe_core_opts`.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "./abi_addr.ts";
import type { AbiLayout } from "./abi_layout.ts";

/** How packets get from the network to the core. */
export type CoreMode = "auto" | "steer" | "sockets";

/** What a core is started with. */
export interface CoreOptions {
  /** `auto` (default): `steer` when the privileges exist, else `sockets`. */
  readonly mode?: CoreMode;
  /** Relay threads, 1..64; 1. */
  readonly threads?: number;
  /** Ports open at once, 2..1048576; 65536. */
  readonly maxSlots?: number;
  /** Bytes of each thread's ring of packets handed up, a power of two ≥ 65536; 1 MiB. */
  readonly puntRingBytes?: number;
  /** Bytes of the ring of control datagrams, a power of two ≥ 262144; 4 MiB. */
  readonly controlRingBytes?: number;
  /** Packets handed up per second and port; 50. */
  readonly puntRate?: number;
  /** Longest extra wait for a fuller batch in µs, 0 = none; 200. */
  readonly coalesceUs?: number;
  /** Receive buffer asked for each socket in bytes; 4 MiB. */
  readonly receiveBuffer?: number;
  /** In `steer`: keep each open port from other programs by a socket bound to it (false). */
  readonly holdPorts?: boolean;
  /** File that keeps the counters when the process is killed; must not exist. Absent: memory. */
  readonly countersPath?: string;
}

/** Ports open at once unless told otherwise. */
export const DEFAULT_MAX_SLOTS = 65536;

const MODES: Readonly<Record<CoreMode, number>> = { auto: 0, steer: 1, sockets: 2 };

/** RTPE_PATH_MAX. */
const PATH_MAX = 240;

/** RTPE_CORE_HOLD_PORTS. */
const HOLD_PORTS = 1;

/** Name of an `enum rtpe_mode` in use. */
export function modeName(mode: number): "steer" | "sockets" {
  return mode === MODES.steer ? "steer" : "sockets";
}

/** @throws AbiMismatch, RangeError for a number that is not a whole one */
export function encodeOptions(layout: AbiLayout, options: CoreOptions): Uint8Array<ArrayBuffer> {
  const { size, offset } = layout.require("rtpe_core_opts", {
    "size": 4,
    "mode": 4,
    "threads": 4,
    "max_slots": 4,
    "punt_ring_bytes": 4,
    "ctl_ring_bytes": 4,
    "punt_rate": 4,
    "coalesce_us": 4,
    "rcvbuf_bytes": 4,
    "flags": 4,
    "counters_path": PATH_MAX,
  });
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (field: keyof typeof offset, value: number) => {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
      throw new RangeError(`relay core option ${field} is ${value}, not a whole number`);
    }
    view.setUint32(offset[field], value, LITTLE_ENDIAN);
  };
  put("size", size);
  put("mode", MODES[options.mode ?? "auto"]);
  put("threads", options.threads ?? 1);
  put("max_slots", options.maxSlots ?? DEFAULT_MAX_SLOTS);
  put("punt_ring_bytes", options.puntRingBytes ?? 1 << 20);
  put("ctl_ring_bytes", options.controlRingBytes ?? 4 << 20);
  put("punt_rate", options.puntRate ?? 50);
  put("coalesce_us", options.coalesceUs ?? 200);
  put("rcvbuf_bytes", options.receiveBuffer ?? 4 << 20);
  put("flags", options.holdPorts ? HOLD_PORTS : 0);
  const path = new TextEncoder().encode(options.countersPath ?? "");
  if (path.length >= PATH_MAX || path.includes(0)) {
    throw new RangeError(`counters file ${options.countersPath} has too long a name`);
  }
  bytes.set(path, offset.counters_path);
  return bytes;
}
