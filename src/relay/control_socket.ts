/**
 * UDP control sockets of the relay core: each datagram comes with the address it was sent to, and replies
 * leave from that address, also on a wildcard socket.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { EventType, type RawEvent } from "./abi_events.ts";
import { keepBell } from "./doorbell.ts";
import { errnoText } from "./ffi.ts";
import type { AddrBuffer } from "./abi_addr.ts";
import type { FfiCore } from "./ffi_core.ts";
import type { ControlSocket, ControlSockets } from "./types.ts";

/** Control sockets of a {@link FfiCore}. An open one keeps the process alive. */
export class FfiControlSockets implements ControlSockets {
  readonly #core: FfiCore;
  readonly #open = new Map<number, FfiControlSocket>();

  constructor(core: FfiCore) {
    this.#core = core;
    core.onRecord((record) => this.#record(record));
  }

  open(local: Endpoint, tos: number): ControlSocket {
    const { library, handle, addr } = this.#core;
    const bound = addr.encode(undefined);
    const id = library.rtpe_ctl_open(handle, addr.encode(local), tos, bound);
    if (id < 0) {
      throw new Error(`cannot listen on UDP ${formatEndpoint(local)}: ${errnoText(id)}`);
    }
    const real = addr.read(new DataView(bound.buffer), 0) ?? local;
    const socket = new FfiControlSocket(this.#core, id, real, () => this.#open.delete(id));
    this.#open.set(id, socket);
    keepBell(1);
    return socket;
  }

  #record({ type, slot, source, destination, payload }: RawEvent): void {
    if (type !== EventType.Datagram || source === undefined || destination === undefined) return;
    const socket = this.#open.get(slot);
    // a datagram for a socket closed since, whose place another one has taken
    if (socket === undefined || socket.bound.port !== destination.port) return;
    socket.deliver(payload, source, destination);
  }
}

/** One socket. */
class FfiControlSocket implements ControlSocket {
  readonly bound: Endpoint;
  readonly #core: FfiCore;
  readonly #id: number;
  readonly #from: AddrBuffer;
  readonly #to: AddrBuffer;
  readonly #onClose: () => boolean;
  #handler: ((payload: Uint8Array, source: Endpoint, local: Endpoint) => void) | undefined;

  constructor(core: FfiCore, id: number, bound: Endpoint, onClose: () => boolean) {
    this.#core = core;
    this.#id = id;
    this.#from = core.addr.buffer();
    this.#to = core.addr.buffer();
    this.bound = bound;
    this.#onClose = onClose;
  }

  onDatagram(handler: (payload: Uint8Array, source: Endpoint, local: Endpoint) => void): void {
    this.#handler = handler;
  }

  deliver(payload: Uint8Array, source: Endpoint, local: Endpoint): void {
    this.#handler?.(payload, source, local);
  }

  send(payload: Uint8Array, destination: Endpoint, local: Endpoint): boolean {
    if (this.#core.closed) return false;
    const { library, handle, addr } = this.#core;
    const result = library.rtpe_ctl_send(
      handle,
      this.#id,
      addr.fill(this.#from, local),
      addr.fill(this.#to, destination),
      payload as Uint8Array<ArrayBuffer>,
      payload.length,
    );
    return result >= 0;
  }

  close(): void {
    if (!this.#onClose()) return;
    this.#handler = undefined;
    keepBell(-1);
    if (this.#core.closed) return;
    this.#core.library.rtpe_ctl_close(this.#core.handle, this.#id);
  }
}
