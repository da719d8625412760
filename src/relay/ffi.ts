/**
 * The functions of `ffi/include/rtpe.h` and `rtpe_dtls.h`: the only place that loads the relay core library.
 *
 * @module
 */

/** Parameter and result types of each function, in the header's order. */
export const SYMBOLS = {
  rtpe_core_new: { parameters: ["buffer", "buffer", "u32"], result: "pointer" },
  rtpe_core_free: { parameters: ["pointer"], result: "void" },
  rtpe_core_mode: { parameters: ["pointer"], result: "i32" },
  rtpe_core_mode_reason: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  rtpe_core_doorbell: { parameters: ["pointer", "function"], result: "i32" },
  rtpe_port_open: { parameters: ["pointer", "buffer"], result: "i32" },
  rtpe_ports_close: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  rtpe_rule_set: { parameters: ["pointer", "u32", "buffer", "u32"], result: "i32" },
  rtpe_rule_clear: { parameters: ["pointer", "u32"], result: "i32" },
  rtpe_port_send: { parameters: ["pointer", "u32", "buffer", "buffer", "u32"], result: "i32" },
  rtpe_port_send_srtcp: {
    parameters: ["pointer", "u32", "buffer", "buffer", "u32", "buffer"],
    result: "i32",
  },
  rtpe_clock_rate_set: { parameters: ["pointer", "u32", "u8", "u32"], result: "i32" },
  rtpe_port_restore: { parameters: ["pointer", "u32", "buffer", "u32"], result: "i32" },
  rtpe_srtp_restore: { parameters: ["pointer", "u32", "buffer", "u32"], result: "i32" },
  rtpe_srtp_move: { parameters: ["pointer", "u32", "u32"], result: "i32" },
  rtpe_counters: { parameters: ["pointer"], result: "pointer" },
  rtpe_thread_counters: { parameters: ["pointer", "u32", "buffer"], result: "i32" },
  rtpe_ring_drain: { parameters: ["pointer", "u32", "buffer", "u32"], result: "i32" },
  rtpe_ring_lost: { parameters: ["pointer", "u32"], result: "u64" },
  rtpe_capture_set: { parameters: ["pointer", "u32", "u32"], result: "i32" },
  rtpe_capture_drain: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  rtpe_capture_lost: { parameters: ["pointer"], result: "u64" },
  rtpe_ctl_open: { parameters: ["pointer", "buffer", "u8", "buffer"], result: "i32" },
  rtpe_ctl_send: {
    parameters: ["pointer", "u32", "buffer", "buffer", "buffer", "u32"],
    result: "i32",
  },
  rtpe_ctl_close: { parameters: ["pointer", "u32"], result: "i32" },
  rtpe_route_source: { parameters: ["buffer", "buffer"], result: "i32" },
  rtpe_dtls_ctx_new: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "u32"],
    result: "pointer",
  },
  rtpe_dtls_ctx_free: { parameters: ["pointer"], result: "void" },
  rtpe_dtls_link_new: {
    parameters: [
      ...["pointer", "pointer", "u32", "u32", "buffer", "u32"] as const,
      ...["u32", "buffer", "u32"] as const,
    ],
    result: "pointer",
  },
  rtpe_dtls_link_feed: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  rtpe_dtls_link_heard: { parameters: ["pointer"], result: "i32" },
  rtpe_dtls_link_aim: { parameters: ["pointer", "u32", "buffer"], result: "i32" },
  rtpe_dtls_link_accept: { parameters: ["pointer"], result: "void" },
  rtpe_dtls_link_free: { parameters: ["pointer"], result: "void" },
  rtpe_dtls_take_news: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  rtpe_offload_open: { parameters: ["pointer", "buffer", "buffer", "u32"], result: "i32" },
  rtpe_offload_adopted: { parameters: ["pointer"], result: "i32" },
  rtpe_offload_close: { parameters: ["pointer", "u32"], result: "i32" },
  rtpe_offload_tick: { parameters: ["pointer", "buffer"], result: "i32" },
  rtpe_offload_slots: { parameters: ["pointer"], result: "pointer" },
  rtpe_counters_sum: { parameters: ["pointer", "u32", "buffer", "buffer"], result: "i32" },
  rtpe_counters_last_rx: { parameters: ["pointer", "u32"], result: "u64" },
  rtpe_abi_describe: { parameters: ["buffer", "u32"], result: "i32" },
  rtpe_selftest: { parameters: ["buffer", "u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The library's functions. */
export type RelayLibrary = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const loaded = new Map<string, RelayLibrary>();

/**
 * Loads the library; a path is loaded once and stays for the life of the process.
 *
 * @throws Error naming the file when it cannot be loaded or lacks a function
 */
export function loadRelayLibrary(path: string): RelayLibrary {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  let library: Deno.DynamicLibrary<typeof SYMBOLS>;
  try {
    library = Deno.dlopen(path, SYMBOLS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `cannot load the relay core library ${path}: ${reason}; ` +
        "if it is of another version, rebuild it with `make -C ffi lib`",
      { cause: error },
    );
  }
  keepLoaded(path);
  loaded.set(path, library.symbols);
  return library.symbols;
}

/**
 * Deno unloads a library together with the event loop that loaded it, when a thread of ours may still have
 * to return through its code. A second reference keeps it. Where libc has no `dlopen` (musl), a library
 * linked with `-z nodelete` does the same.
 */
function keepLoaded(path: string): void {
  const RTLD_NOW = 2;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
    });
    libc.symbols.dlopen(new TextEncoder().encode(`${path}\0`), RTLD_NOW);
    libc.close();
  } catch {
    return;
  }
}

const RLIMIT_NOFILE = 7;

/**
 * Sets how many files this process may have open. The hard limit stays where it is unless it is lower.
 *
 * @returns whether the system allowed it; false also where libc cannot be called
 */
export function limitOpenFiles(limit: number): boolean {
  try {
    const libc = Deno.dlopen("libc.so.6", {
      getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
      setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
    });
    try {
      // struct rlimit: soft, then hard.
      const limits = new BigUint64Array(2);
      if (libc.symbols.getrlimit(RLIMIT_NOFILE, limits) !== 0) return false;
      limits[0] = BigInt(limit);
      if (limits[1]! < limits[0]) limits[1] = limits[0];
      return libc.symbols.setrlimit(RLIMIT_NOFILE, limits) === 0;
    } finally {
      libc.close();
    }
  } catch {
    return false;
  }
}

/** Calls a function that writes a string of unknown length into a buffer. */
export function readText(
  call: (buffer: Uint8Array<ArrayBuffer>, length: number) => number,
): string {
  let buffer = new Uint8Array(1024);
  let length = call(buffer, buffer.length);
  while (length >= buffer.length) {
    buffer = new Uint8Array(length + 1);
    length = call(buffer, buffer.length);
  }
  return cString(buffer);
}

/** The NUL-terminated string in a buffer. */
export function cString(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(end < 0 ? buffer : buffer.subarray(0, end));
}

/** Linux errno values the relay core returns, negated. */
export const Errno = {
  NoMemory: 12,
  TooManyFilesSystem: 23,
  TooManyFiles: 24,
  NoSpace: 28,
  AddressInUse: 98,
  AddressNotAvailable: 99,
} as const;

const ERRNO_TEXT = new Map([
  [1, "operation not permitted"],
  [2, "an output names a slot that is not open"],
  [9, "it is not open"],
  [11, "try again"],
  [12, "out of memory"],
  [13, "permission denied"],
  [16, "it is in use"],
  [22, "it contradicts itself or a value is out of range"],
  [23, "too many open files in the system"],
  [24, "too many open files"],
  [28, "no place left"],
  [90, "message too long"],
  [95, "not supported by this build"],
  [97, "address family not supported"],
  [98, "address already in use"],
  [99, "not an address of this host"],
  [101, "network unreachable"],
  [105, "no buffer space"],
]);

/** Text for a negative result. */
export function errnoText(result: number): string {
  return ERRNO_TEXT.get(-result) ?? `system error ${-result}`;
}
