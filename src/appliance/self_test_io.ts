/**
 * Sockets of the self-test.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import { fromBytes, toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { decodeBencode, encodeBencode, type NgDict } from "../ng/mod.ts";
import { socketFetch } from "../terminal/socket_fetch.ts";
import type { TestSocket, Way } from "./self_test.ts";

/** A daemon that is busy gets the message again after this long, in ms. */
const RETRY_MS = 1000;
const TRIES = 5;

/** Asks whichever way it is. @throws Error when nobody answers */
export function askDaemon(way: Way, message: NgDict): Promise<NgDict> {
  return "socket" in way ? askConsole(way.socket, message) : askUdp(way.listener, message);
}

/** Asks by the admin API, as root and the daemon's user may. @throws Error with the refusal, or without an answer */
export async function askConsole(path: string, message: NgDict): Promise<NgDict> {
  const response = await socketFetch(path)("http://localhost/api/v1/ng", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message: Object.fromEntries(message) }),
    signal: AbortSignal.timeout(RETRY_MS * TRIES),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: status ${response.status}: ${text.slice(0, 200)}`);
  const { reply } = JSON.parse(text) as { reply: Record<string, string> };
  return new Map(Object.entries(reply));
}

/** Asks over UDP, as Kamailio does. @throws Error when nobody answers */
export async function askUdp(listener: Endpoint, message: NgDict): Promise<NgDict> {
  const socket = createSocket(listener.family === 4 ? "udp4" : "udp6");
  const cookie = crypto.randomUUID();
  const datagram = toBytes(`${cookie} ${encodeBencode(message)}`);
  const { promise, resolve, reject } = Promise.withResolvers<NgDict>();
  let tries = 0;
  function send(): void {
    if (tries++ === TRIES) {
      reject(new Error(`${listener.address} port ${listener.port} does not answer`));
      return;
    }
    socket.send(datagram, listener.port, listener.address);
  }
  socket.on("message", (bytes: Uint8Array) => {
    const text = fromBytes(bytes);
    if (!text.startsWith(`${cookie} `)) return;
    try {
      const { value } = decodeBencode(toBytes(text.slice(cookie.length + 1)));

      resolve(value);
    } catch (error) {
      reject(error);
    }
  });
  socket.on("error", reject);
  const timer = setInterval(send, RETRY_MS);
  try {
    send();
    return await promise;
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

/** Opens a socket for media. @throws Error when the address is not of this host */
export async function openTestSocket(address: string, family: 4 | 6): Promise<TestSocket> {
  const socket = createSocket(family === 4 ? "udp4" : "udp6");
  let received = 0;
  socket.on("message", () => received++);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, address, resolve);
  });
  return {
    port: socket.address().port,
    get received() {
      return received;
    },
    send: (datagram, to) => socket.send(datagram, to.port, to.address),
    close: () => socket.close(),
  };
}
