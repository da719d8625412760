/**
 * Control over UDP, ng or rtpproxy: one datagram, one message; the reply leaves from the address that was
 * asked.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { ControlSockets } from "../relay/types.ts";
import { waitAtMost } from "./grace.ts";
import type { DatagramHandler, Listener, TransportContext } from "./types.ts";

/**
 * Opens a UDP listener.
 *
 * @param tos TOS byte of replies, 0..255
 * @param handler who answers; the ng dispatcher when absent
 * @throws {Error} naming the address when it cannot be bound
 */
export function listenUdp(
  sockets: ControlSockets,
  local: Endpoint,
  tos: number,
  context: TransportContext,
  handler: DatagramHandler = context.handlers.ng,
): Listener {
  const { admission, log } = context;
  const socket = sockets.open(local, tos);
  let open = true;
  let waiting = 0;
  let drained = (): void => {};

  const send = (bytes: Uint8Array, peer: Endpoint, asked: Endpoint): void => {
    if (open && !socket.send(bytes, peer, asked)) {
      log("debug", "A reply could not be sent", {
        peer: formatEndpoint(peer),
        local: formatEndpoint(asked),
        bytes: bytes.length,
      });
    }
  };

  socket.onDatagram((payload, peer, asked) => {
    if (admission.admit(peer.address) !== "ok") return;
    const reply = handler.handle(payload, { transport: "udp", peer, local: asked });
    if (reply === undefined) return;
    if (reply instanceof Uint8Array) {
      send(reply, peer, asked);
      return;
    }
    waiting++;
    reply.then((bytes) => {
      send(bytes, peer, asked);
      if (--waiting === 0) drained();
    });
  });

  return {
    bound: socket.bound,
    connections: 0,
    async close(graceMs: number): Promise<void> {
      if (waiting > 0) {
        await waitAtMost(new Promise((resolve) => drained = resolve), graceMs);
      }
      open = false;
      socket.close();
    },
  };
}
