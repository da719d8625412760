/**
 * A relay engine with peers around it, on the real loopback or in memory, behind one face: what the
 * conformance suite runs on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { FakeClock } from "../../src/core/clock.ts";
import {
  type Endpoint,
  type Family,
  formatEndpoint,
  sameEndpoint,
} from "../../src/core/endpoint.ts";
import { makeEndpoint } from "../../src/core/ip.ts";
import {
  type CoreMode,
  FakeEngine,
  type RelayEngine,
  type RelayEvent,
  type Slot,
  startNativeRelay,
} from "../../src/relay/mod.ts";

export { rule } from "../../src/relay/rule_test_support.ts";

/** Longest wait for something that must come, in ms. */
const PATIENCE = 3000;

/** A datagram a peer got. */
export interface Received {
  readonly payload: Uint8Array;
  readonly source: Endpoint;
}

/** Somebody on the network. */
export interface Peer {
  readonly endpoint: Endpoint;
  send(to: Endpoint, payload: Uint8Array): Promise<void>;
  /** The next datagram, in order of arrival. Fails when there is none. */
  next(): Promise<Received>;
}

/** An open port of the engine. */
export interface Port {
  readonly slot: Slot;
  readonly local: Endpoint;
}

/** The engine under test. */
export interface Bench extends AsyncDisposable {
  readonly engine: RelayEngine;
  /** Events so far; tests may clear it. */
  readonly events: RelayEvent[];
  /** A peer on 127.0.0.1, or the address given. */
  peer(address?: string): Promise<Peer>;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** Waits until `condition` holds. Fails when it does not within a few seconds. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Makes somebody else hold a port. */
  occupy(port: number): Promise<void>;
}

/** An engine to test. */
export interface Candidate {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly unavailable: string | undefined;
  start(options?: { readonly maxSlots?: number }): Bench;
}

let nextPort = 20000 + Math.floor(Math.random() * 8000);

/** Opens a port that nobody has. */
export function openPort(bench: Pick<Bench, "engine">, address = "127.0.0.1"): Port {
  for (let tries = 0; tries < 1000; tries++) {
    nextPort = nextPort >= 29999 ? 20000 : nextPort + 1;
    const local = makeEndpoint(address, nextPort);
    assert.ok(local !== undefined);
    const slot = bench.engine.open(local);
    if (typeof slot === "number") return { slot, local };
    assert.equal(slot, "in-use", `opening ${formatEndpoint(local)}`);
  }
  throw new Error("all ports from 20000 to 29999 are in use");
}

/** All engines, and why some cannot be tested here. */
export function candidates(): Candidate[] {
  return [
    { name: "fake", unavailable: undefined, start: (options) => new FakeBench(options?.maxSlots) },
    native("sockets"),
    native("steer"),
  ];
}

function native(mode: CoreMode): Candidate {
  let unavailable: string | undefined;
  try {
    startNativeRelay({ mode, maxSlots: 2 }).engine.shutdown();
  } catch (error) {
    unavailable = error instanceof Error ? error.message : String(error);
  }
  return { name: mode, unavailable, start: (options) => new NativeBench(mode, options?.maxSlots) };
}

/** Why there is no IPv6 loopback here. */
export async function ipv6Unavailable(): Promise<string | undefined> {
  const socket = createSocket("udp6");
  try {
    socket.bind({ address: "::1", port: 0 });
    await once(socket, "listening");
    return undefined;
  } catch (error) {
    return `cannot bind ::1: ${error}`;
  } finally {
    socket.close();
  }
}

class FakeBench implements Bench {
  readonly engine: FakeEngine;
  readonly events: RelayEvent[] = [];
  readonly #clock = new FakeClock();
  readonly #peers: FakePeer[] = [];

  constructor(maxSlots = 1024) {
    this.engine = new FakeEngine(this.#clock, {
      maxSlots,
      addresses: ["127.0.0.1", "127.0.0.2", "::1"],
    });
    this.engine.onEvent((event) => this.events.push(event));
    this.engine.onSent(({ source, destination, payload }) => {
      for (const peer of this.#peers) {
        if (sameEndpoint(peer.endpoint, destination)) peer.inbox.push({ payload, source });
      }
    });
  }

  peer(address = "127.0.0.1"): Promise<Peer> {
    const peer = new FakePeer(this.engine, makeEndpoint(address, 40000 + this.#peers.length)!);
    this.#peers.push(peer);
    return Promise.resolve(peer);
  }

  pass(ms: number): Promise<void> {
    this.#clock.advance(ms);
    return Promise.resolve();
  }

  until(what: string, condition: () => boolean): Promise<void> {
    assert.ok(condition(), what);
    return Promise.resolve();
  }

  occupy(port: number): Promise<void> {
    this.engine.occupy(makeEndpoint("127.0.0.1", port)!);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.engine.shutdown();
    return Promise.resolve();
  }
}

class FakePeer implements Peer {
  readonly inbox: Received[] = [];

  constructor(readonly engine: FakeEngine, readonly endpoint: Endpoint) {}

  send(to: Endpoint, payload: Uint8Array): Promise<void> {
    this.engine.inject(to, payload, this.endpoint);
    return Promise.resolve();
  }

  next(): Promise<Received> {
    const received = this.inbox.shift();
    if (received === undefined) throw new Error(`nothing came to ${formatEndpoint(this.endpoint)}`);
    return Promise.resolve(received);
  }
}

class NativeBench implements Bench {
  readonly engine: RelayEngine;
  readonly events: RelayEvent[] = [];
  readonly #sockets: Socket[] = [];

  constructor(mode: CoreMode, maxSlots = 1024) {
    this.engine = startNativeRelay({ mode, maxSlots }).engine;
    this.engine.onEvent((event) => this.events.push(event));
  }

  async peer(address = "127.0.0.1"): Promise<Peer> {
    return new UdpPeer(await this.#bind(address, 0), address);
  }

  pass(ms: number): Promise<void> {
    return sleep(ms);
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return until(what, condition);
  }

  async occupy(port: number): Promise<void> {
    await this.#bind("127.0.0.1", port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.engine.shutdown();
    for (const socket of this.#sockets) socket.close();
    return Promise.resolve();
  }

  async #bind(address: string, port: number): Promise<Socket> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    socket.bind({ address, port });
    await once(socket, "listening");
    this.#sockets.push(socket);
    return socket;
  }
}

class UdpPeer implements Peer {
  readonly endpoint: Endpoint;
  readonly #socket: Socket;
  readonly #inbox: Received[] = [];
  #waiting: ((received: Received) => void) | undefined;

  constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.endpoint = makeEndpoint(address, socket.address().port)!;
    socket.on("message", (payload, from) => {
      const received = {
        payload: new Uint8Array(payload),
        source: makeEndpoint(from.address, from.port)!,
      };
      if (this.#waiting === undefined) this.#inbox.push(received);
      else this.#waiting(received);
      this.#waiting = undefined;
    });
  }

  send(to: Endpoint, payload: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(payload, to.port, to.address, (error) => error ? reject(error) : resolve());
    });
  }

  async next(): Promise<Received> {
    const first = this.#inbox.shift();
    if (first !== undefined) return first;
    const { promise, resolve, reject } = Promise.withResolvers<Received>();
    this.#waiting = resolve;
    const timer = setTimeout(() => {
      this.#waiting = undefined;
      reject(new Error(`nothing came to ${formatEndpoint(this.endpoint)}`));
    }, PATIENCE);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Waits until `condition` holds. Fails when it does not within a few seconds. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!condition()) {
    assert.ok(performance.now() < end, what);
    await sleep(1);
  }
}

/** Why the native relay cannot be tested here. */
export function libraryMissing(): string | undefined {
  return native("sockets").unavailable;
}

/** Real time passes. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The loopback address of a family. */
export function loopback(family: Family): string {
  return family === 4 ? "127.0.0.1" : "::1";
}
