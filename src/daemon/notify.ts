/**
 * Tells systemd how the daemon is (sd_notify): ready, reloading, alive, ending. A datagram to the socket that
 * NOTIFY_SOCKET names; without one nothing happens.
 *
 * @module
 */

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;
/** Bytes of `sun_path`. */
const MAX_PATH = 108;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "isize" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** Sends one datagram. @returns whether it was taken */
export type NotifySender = (text: string) => boolean;

/**
 * Opens the way to the service manager.
 *
 * @param path value of NOTIFY_SOCKET; one that begins with @ is abstract
 * @returns undefined without a path, or when there is no such socket
 */
export function notifySender(path: string | undefined): NotifySender | undefined {
  const address = path === undefined ? undefined : socketAddress(path);
  if (address === undefined) return undefined;
  return (text) => {
    // Opened each time: a datagram every few seconds, and nothing to close in the end.
    const libc = Deno.dlopen("libc.so.6", SYMBOLS);
    const fd = libc.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    try {
      if (fd < 0) return false;
      const bytes = new TextEncoder().encode(text);
      const sent = libc.symbols.sendto(
        fd,
        bytes,
        BigInt(bytes.length),
        MSG_NOSIGNAL,
        address,
        address.length,
      );
      return Number(sent) === bytes.length;
    } finally {
      if (fd >= 0) libc.symbols.close(fd);
      libc.close();
    }
  };
}

/** A `sockaddr_un`; undefined for what is no path. */
export function socketAddress(path: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[/@]./.test(path)) return undefined;
  const bytes = new TextEncoder().encode(path);
  if (bytes.length >= MAX_PATH) return undefined;
  const abstract = path.startsWith("@");
  // an abstract name has no end but its length
  const address = new Uint8Array(2 + bytes.length + (abstract ? 0 : 1));
  new DataView(address.buffer).setUint16(
    0,
    AF_UNIX,
    new Uint8Array(new Uint16Array([1]).buffer)[0] === 1,
  );
  address.set(bytes, 2);
  if (abstract) address[2] = 0;
  return address;
}

/** The part of the environment that systemd sets. */
export interface NotifyEnvironment {
  /** Where to send; absent when nobody listens. */
  readonly NOTIFY_SOCKET?: string;
  /** Microseconds within which the daemon has to say that it lives. */
  readonly WATCHDOG_USEC?: string;
  /** Process that is meant; absent = whoever reads it. */
  readonly WATCHDOG_PID?: string;
}

/** The service manager, as the daemon sees it. */
export class ServiceManager {
  readonly #send: NotifySender | undefined;
  /** Milliseconds between signs of life; 0 = nobody waits for them. */
  readonly watchdogMs: number;

  /** Reads the environment. */
  constructor(
    env: NotifyEnvironment,
    pid: number,
    open: (path: string | undefined) => NotifySender | undefined = notifySender,
  ) {
    this.#send = open(env.NOTIFY_SOCKET);
    const us = /^\d+$/.test(env.WATCHDOG_USEC ?? "") ? Number(env.WATCHDOG_USEC) : 0;
    const meant = env.WATCHDOG_PID === undefined || env.WATCHDOG_PID === String(pid);
    // in time even when one sign is late
    this.watchdogMs = this.#send !== undefined && meant ? Math.floor(us / 3000) : 0;
  }

  /** Calls can be made. */
  ready(status: string): void {
    this.#send?.(`READY=1\nSTATUS=${status}`);
  }

  /** The event loop turns. */
  alive(): void {
    this.#send?.("WATCHDOG=1");
  }

  /** The daemon ends by itself. */
  stopping(): void {
    this.#send?.("STOPPING=1");
  }
}
