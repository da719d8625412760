/**
 * Sends HEP packets to a server over UDP or TCP. What cannot be sent is dropped: a trace must not hold up
 * what it traces.
 *
 * @module
 */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { lookup } from "node:dns";
import { connect, type Socket } from "node:net";
import type { Clock } from "../core/clock.ts";

/** Milliseconds between attempts to reach the server. */
const RETRY_MS = 1000;
/** Packets that may wait for the address of a UDP server. */
const MAX_WAITING = 64;
/** Bytes that may wait for a TCP server. */
const MAX_PENDING = 1 << 20;

/** Where packets go. */
export interface HepServer {
  /** Address or host name. */
  readonly host: string;
  /** UDP or TCP port. */
  readonly port: number;
  /** How to get there. */
  readonly protocol: "udp" | "tcp";
}

/** A way to a server. */
export interface HepSender {
  /** Sends one packet, or drops it. */
  send(packet: Uint8Array): void;
  /** Ends it. */
  close(): void;
}

/**
 * Opens a way to a server.
 *
 * @param onError told what went wrong; it is tried again with later packets
 */
export function openHepSender(
  server: HepServer,
  clock: Clock,
  onError: (reason: string) => void,
): HepSender {
  return server.protocol === "tcp"
    ? new TcpSender(server, clock, onError)
    : new UdpSender(server, clock, onError);
}

/** Looks the host up once, and again after an error. */
class UdpSender implements HepSender {
  readonly #server: HepServer;
  readonly #clock: Clock;
  readonly #onError: (reason: string) => void;
  #socket: UdpSocket | undefined;
  #address: string | undefined;
  readonly #waiting: Uint8Array[] = [];
  #looking = false;
  #tried = -Infinity;
  #closed = false;

  constructor(server: HepServer, clock: Clock, onError: (reason: string) => void) {
    this.#server = server;
    this.#clock = clock;
    this.#onError = onError;
  }

  send(packet: Uint8Array): void {
    const socket = this.#socket;
    if (socket !== undefined) {
      socket.send(packet, this.#server.port, this.#address, (error) => {
        if (error) this.#fail(error.message);
      });
      return;
    }
    this.#look();
    if (this.#looking && this.#waiting.length < MAX_WAITING) this.#waiting.push(packet);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #look(): void {
    const now = this.#clock.now();
    if (this.#closed || this.#looking || now - this.#tried < RETRY_MS) return;
    this.#tried = now;
    this.#looking = true;
    lookup(this.#server.host, (error, address, family) => {
      this.#looking = false;
      const waiting = this.#waiting.splice(0);
      if (this.#closed) return;
      if (error) return this.#fail(error.message);
      const socket = createSocket(family === 6 ? "udp6" : "udp4");
      socket.on("error", (problem: Error) => this.#fail(problem.message));
      this.#socket = socket;
      this.#address = address;
      for (const packet of waiting) this.send(packet);
    });
  }

  #fail(reason: string): void {
    this.#socket?.close();
    this.#socket = undefined;
    if (!this.#closed) this.#onError(reason);
  }
}

/** Connects with the first packet, and again when the connection has ended. */
class TcpSender implements HepSender {
  readonly #server: HepServer;
  readonly #clock: Clock;
  readonly #onError: (reason: string) => void;
  #socket: Socket | undefined;
  #tried = -Infinity;
  #closed = false;

  constructor(server: HepServer, clock: Clock, onError: (reason: string) => void) {
    this.#server = server;
    this.#clock = clock;
    this.#onError = onError;
  }

  send(packet: Uint8Array): void {
    const socket = this.#socket ?? this.#open();
    if (socket === undefined || socket.writableLength + packet.length > MAX_PENDING) return;
    socket.write(packet);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.end();
    this.#socket = undefined;
  }

  #open(): Socket | undefined {
    const now = this.#clock.now();
    if (this.#closed || now - this.#tried < RETRY_MS) return undefined;
    this.#tried = now;
    const { host, port } = this.#server;
    const socket = connect({ host, port });
    let reason = "the server closed the connection";
    socket.resume();
    socket.on("error", (error: Error) => reason = error.message);
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
      if (!this.#closed) this.#onError(reason);
    });
    this.#socket = socket;
    return socket;
  }
}
