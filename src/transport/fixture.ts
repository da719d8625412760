/**
 * What the tests of this folder share: a context whose clock stands still, and a fake UDP socket.
 *
 * @module
 */

import { AllowList } from "../core/allow_list.ts";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { FakeClock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { type Handler, NgDispatcher } from "../ng/dispatcher.ts";
import type { ControlSocket, ControlSockets } from "../relay/types.ts";
import { Admission } from "./admission.ts";
import { DEFAULT_LIMITS, type TransportContext } from "./types.ts";

/** A context with these ng commands; `allow` as in {@link AllowList}. */
export function makeContext(
  handlers: Readonly<Record<string, Handler>> = {},
  allow: readonly string[] = ["any"],
): TransportContext & { readonly messages: string[] } {
  const clock = new FakeClock();
  const messages: string[] = [];
  const log = (_level: string, message: string): void => void messages.push(message);
  return {
    handlers: {
      ng: new NgDispatcher({ handlers: new Map(Object.entries(handlers)), clock, log }),
      cli: (line) => `${line}\n`,
      metrics: () => "",
      rtpproxy: { handle: (datagram) => toBytes(`rtpproxy ${fromBytes(datagram)}`) },
      mediaproxy: { handle: (line, _source, open) => `mediaproxy ${open.length} ${line}\n` },
    },
    admission: new Admission({ allow: new AllowList(allow), clock }),
    limits: DEFAULT_LIMITS,
    clock,
    log,
    messages,
  };
}

/** A datagram that was sent. */
export interface Sent {
  readonly text: string;
  readonly destination: Endpoint;
  readonly local: Endpoint;
}

/** Sockets that are none; remembers what was sent. */
export class FakeSockets implements ControlSockets {
  readonly sent: Sent[] = [];
  /** Whether the system takes what is sent. */
  takes = true;
  closed = 0;
  #handler: ((payload: Uint8Array, source: Endpoint, local: Endpoint) => void) | undefined;

  open(local: Endpoint): ControlSocket {
    return {
      bound: { ...local, port: local.port || 2223 },
      onDatagram: (handler) => this.#handler = handler,
      send: (payload, destination, asked) => {
        this.sent.push({ text: fromBytes(payload), destination, local: asked });
        return this.takes;
      },
      close: () => void this.closed++,
    };
  }

  /** Lets a datagram arrive. */
  arrive(text: string, source: Endpoint, local: Endpoint): void {
    this.#handler?.(toBytes(text), source, local);
  }
}
