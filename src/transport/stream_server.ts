/**
 * What listeners on TCP have in common: accepting, limits on connections, deadlines, closing.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { formatEndpoint } from "../core/endpoint.ts";
import { canonicalIp, makeEndpoint } from "../core/ip.ts";
import { waitAtMost } from "./grace.ts";
import type { Listener, TransportContext } from "./types.ts";

const SWEEP_MS = 1000;

/** One accepted connection. */
export class StreamConnection {
  readonly #conn: Deno.TcpConn;
  readonly #context: TransportContext;
  #deadline = Infinity;
  #closed = false;
  /** A request is being received or answered; on shutdown it may still finish. */
  busy = false;
  /** Address of the client. */
  readonly peer: Endpoint;
  /** Address the client connected to. */
  readonly local: Endpoint;

  /** Wraps a connection just accepted. */
  constructor(conn: Deno.TcpConn, context: TransportContext) {
    this.#conn = conn;
    this.#context = context;
    this.peer = endpointOf(conn.remoteAddr);
    this.local = endpointOf(conn.localAddr);
  }

  /** Reads into `buffer`; null at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  /** Writes all of `bytes`, in one piece if the system takes it; closes the connection when it takes too long. */
  async write(bytes: Uint8Array): Promise<void> {
    const before = this.#deadline;
    this.#deadline = this.#context.clock.now() + this.#context.limits.sendTimeout;
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(sent === 0 ? bytes : bytes.subarray(sent));
    }
    this.#deadline = before;
  }

  /** Closes the connection unless something is done within `ms`; Infinity lifts the deadline. */
  expectWithin(ms: number): void {
    this.#deadline = this.#context.clock.now() + ms;
  }

  /** Ends our half and waits for the client to end its own, so that it gets everything. */
  async finish(): Promise<void> {
    this.expectWithin(this.#context.limits.sendTimeout);
    await this.#conn.closeWrite();
    const scratch = new Uint8Array(4096);
    let ignored = 0;
    for (;;) {
      const count = await this.#conn.read(scratch);
      if (count === null || (ignored += count) > 1 << 16) return;
    }
  }

  /** Closes the connection if its deadline has passed. */
  sweep(now: number): void {
    if (now >= this.#deadline) this.close();
  }

  /** Closes the connection now. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}

/**
 * Opens a TCP listener; `serve` handles one connection until it is over and may throw.
 *
 * @throws {Error} when the address cannot be bound
 */
export function listenStream(
  local: Endpoint,
  context: TransportContext,
  serve: (connection: StreamConnection, stopping: () => boolean) => Promise<void>,
): Listener {
  return new StreamListener(local, context, serve);
}

class StreamListener implements Listener {
  readonly #listener: Deno.TcpListener;
  readonly #context: TransportContext;
  readonly #serve: (connection: StreamConnection, stopping: () => boolean) => Promise<void>;
  readonly #connections = new Set<StreamConnection>();
  readonly #perSource = new Map<string, number>();
  readonly #sweeper: ReturnType<typeof setInterval>;
  readonly bound: Endpoint;
  #stopping = false;
  #empty = (): void => {};

  constructor(
    local: Endpoint,
    context: TransportContext,
    serve: (connection: StreamConnection, stopping: () => boolean) => Promise<void>,
  ) {
    this.#listener = Deno.listen({ hostname: local.address, port: local.port });
    this.#context = context;
    this.#serve = serve;
    this.bound = { ...local, port: this.#listener.addr.port };
    this.#sweeper = setInterval(() => {
      const now = context.clock.now();
      for (const connection of this.#connections) connection.sweep(now);
    }, SWEEP_MS);
    this.#accept();
  }

  get connections(): number {
    return this.#connections.size;
  }

  async close(graceMs: number): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#listener.close();
    for (const connection of this.#connections) {
      if (!connection.busy) connection.close();
    }
    if (this.#connections.size > 0 && graceMs > 0) {
      await waitAtMost(new Promise((resolve) => this.#empty = resolve), graceMs);
    }
    clearInterval(this.#sweeper);
    for (const connection of this.#connections) connection.close();
  }

  async #accept(): Promise<void> {
    while (!this.#stopping) {
      try {
        this.#take(await this.#listener.accept());
      } catch (error) {
        if (this.#stopping || error instanceof Deno.errors.BadResource) return;
        // Out of file descriptors and the like: give others time to release some.
        this.#context.log("error", "A connection could not be accepted", { error });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  #take(conn: Deno.TcpConn): void {
    const connection = new StreamConnection(conn, this.#context);
    const { address } = connection.peer;
    const { limits, admission, log } = this.#context;
    const ofSource = this.#perSource.get(address) ?? 0;
    const refused = !admission.admitsSource(address)
      ? "source"
      : this.#connections.size >= limits.maxConnections
      ? "connections"
      : ofSource >= limits.maxConnectionsPerSource
      ? "connections of one source"
      : undefined;
    if (refused !== undefined) {
      log("debug", "A connection was refused", {
        peer: formatEndpoint(connection.peer),
        because: refused,
      });
      connection.close();
      return;
    }
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    this.#connections.add(connection);
    this.#perSource.set(address, ofSource + 1);
    this.#run(connection);
  }

  async #run(connection: StreamConnection): Promise<void> {
    try {
      await this.#serve(connection, () => this.#stopping);
    } catch (error) {
      this.#context.log("debug", "A connection broke", {
        peer: formatEndpoint(connection.peer),
        error,
      });
    }
    connection.close();
    this.#connections.delete(connection);
    const { address } = connection.peer;
    const left = (this.#perSource.get(address) ?? 1) - 1;
    if (left > 0) this.#perSource.set(address, left);
    else this.#perSource.delete(address);
    if (this.#connections.size === 0) this.#empty();
  }
}

function endpointOf(addr: Deno.NetAddr): Endpoint {
  const ip = canonicalIp(addr.hostname.replace(/%.*$/, "")) ??
    { family: 4 as const, address: "0.0.0.0" };
  return makeEndpoint(ip.address, addr.port) ?? { ...ip, port: addr.port };
}
