/**
 * What is looked at, and what comes of it.
 *
 * @module
 */

/** How bad it is. */
export type HealthLevel = "ok" | "note" | "warning" | "problem";

/** One thing that was looked at. */
export interface HealthFact {
  /** Name for programs, such as `receive-buffer`. */
  readonly id: string;
  /** How bad it is. */
  readonly level: HealthLevel;
  /** What was looked at. */
  readonly title: string;
  /** What was found. */
  readonly value: string;
  /** What to do; there unless all is well. */
  readonly advice?: string | undefined;
}

/** What {@link healthFacts} looks at; what cannot be found out is undefined. */
export interface HealthInput {
  /** Wall-clock ms. */
  readonly now: number;
  /** How packets are received, and why not in the best way; undefined = no daemon was asked. */
  readonly relay: { readonly mode: string; readonly reason: string } | undefined;
  /** Packets lost before the relay could take them; undefined as above. */
  readonly overflow: number | undefined;
  /** Packets and requests lost on their way up, by ring. */
  readonly ringLost: Readonly<Record<string, number>>;
  /** Table of the kernel module that is wanted: -1 = none. */
  readonly table: number;
  /** The kernel module is loaded. */
  readonly kernelModule: boolean;
  /** How the table is doing; absent = none is in use. */
  readonly kernel?: {
    /** It is ours. */
    readonly up: boolean;
    /** Ports whose packets the module forwards. */
    readonly streams: number;
    /** Ports whose packets do not get to it. */
    readonly missed: number;
    /** Ports it had no room for. */
    readonly refused: number;
  } | undefined;
  /** Capabilities the process lacks of those that steering needs; undefined = not known. */
  readonly missingCapabilities: readonly string[] | undefined;
  /** Network devices with fewer receive queues than processors, whose load is not spread otherwise. */
  readonly devices: readonly {
    /** Name of the device. */
    readonly name: string;
    /** Receive queues. */
    readonly queues: number;
    /** Its packets are spread by software (RPS). */
    readonly spread: boolean;
  }[];
  /** Datagrams the host has lost since it runs, because receive buffers were full; undefined = not known. */
  readonly udpDrops: number | undefined;
  /** Packets the host has lost since it runs, because processors did not keep up. */
  readonly backlogDrops: number | undefined;
  /** Kernel modules that rewrite SIP behind the proxy's back. */
  readonly sipHelpers: readonly string[];
  /** Ports by interface. */
  readonly ports: readonly {
    readonly name: string;
    readonly address: string;
    readonly used: number;
    readonly total: number;
  }[];
  /** File descriptors the daemon may have; undefined = no daemon was asked. */
  readonly openFiles: number | undefined;
  /** Lowest and highest port for media. */
  readonly mediaPorts: readonly (readonly [number, number])[];
  /** `net.core.rmem_max` in bytes. */
  readonly receiveBufferMax: number | undefined;
  /** `net.ipv4.ip_local_port_range`. */
  readonly localPorts: readonly [number, number] | undefined;
  /** `net.ipv4.ip_local_reserved_ports`. */
  readonly reservedPorts: readonly (readonly [number, number])[];
  /** Bytes free and there on the disk of the data directory. */
  readonly disk: { readonly free: number; readonly total: number } | undefined;
  /** Bytes of memory available and there. */
  readonly memory: { readonly available: number; readonly total: number } | undefined;
  /** Load of the last minute, and processors. */
  readonly load: { readonly average: number; readonly processors: number };
  /** Whether the system says that its clock is set from elsewhere. */
  readonly clockSynchronised: boolean | undefined;
  /** Wall-clock ms at which the HTTPS certificate expires. */
  readonly certificateExpires: number | undefined;
  /** Listeners other hosts reach without a credential or an allow-list. */
  readonly open: readonly string[];
  /** Whether calls outlive a restart. */
  readonly journalled: boolean;
}
