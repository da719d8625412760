/**
 * The wire between two ends: it hears what they say to each other, and loses what it is told to.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Endpoint } from "../../src/core/endpoint.ts";

/** One direction of it. */
export interface Way {
  /** What has arrived, oldest first. */
  readonly heard: Uint8Array[];
  /** Whatever comes is lost. */
  deaf: boolean;
}

/** A wire of two sockets; dispose it to take it away. */
export class Wire implements Disposable {
  /** To who speaks first. */
  readonly back: Way = { heard: [], deaf: false };
  /** To who answers. */
  readonly there: Way = { heard: [], deaf: false };
  /** Where who speaks first has the other one. */
  readonly address: Endpoint;
  readonly #near: Socket;
  readonly #far: Socket;

  /** Use {@link to}. */
  constructor(near: Socket, far: Socket, other: Endpoint) {
    const { address, port } = near.address();
    this.address = { family: 4, address, port };
    this.#near = near;
    this.#far = far;
    let first = 0;
    near.on("message", (payload, { port }) => {
      first = port;
      this.#pass(this.there, payload, far, other.port);
    });
    far.on("message", (payload) => this.#pass(this.back, payload, near, first));
  }

  /** A wire that ends at an endpoint on 127.0.0.1. */
  static async to(other: Endpoint): Promise<Wire> {
    const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
    for (const socket of sockets) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
    }
    return new Wire(...sockets, other);
  }

  [Symbol.dispose](): void {
    this.#near.close();
    this.#far.close();
  }

  #pass(way: Way, payload: Uint8Array, by: Socket, port: number): void {
    if (way.deaf || port === 0) return;
    way.heard.push(new Uint8Array(payload));
    by.send(payload, port, "127.0.0.1");
  }
}
