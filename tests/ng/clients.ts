/**
 * Clients for the wire tests: the runtime's own sockets, `fetch` and WebSocket, and npm `ws`. Requests and
 * replies are byte strings.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import WsClient from "ws";
import { fromBytes, toBytes } from "../../src/core/bytes.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";

/** Rejects after `ms` unless `work` is done. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: number | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`${what}: nothing within ${ms} ms`)),
          ms,
        ) as never;
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** A UDP socket connected to one endpoint, as Kamailio's is: replies from elsewhere never arrive. */
export class UdpClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #queue: string[] = [];
  #arrived = (): void => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (message) => {
      this.#queue.push(fromBytes(message));
      this.#arrived();
    });
    socket.on("error", () => {});
  }

  static async connect(to: Endpoint): Promise<UdpClient> {
    const socket = createSocket(to.family === 6 ? "udp6" : "udp4");
    await new Promise<void>((resolve) => socket.connect(to.port, to.address, resolve as never));
    return new UdpClient(socket);
  }

  send(message: string): void {
    this.#socket.send(toBytes(message));
  }

  async receive(ms = 5000): Promise<string> {
    if (this.#queue.length === 0) {
      await within(ms, "UDP reply", new Promise<void>((resolve) => this.#arrived = resolve));
    }
    return this.#queue.shift() as string;
  }

  ask(message: string): Promise<string> {
    this.send(message);
    return this.receive();
  }

  /** Nothing else has arrived by the time a ping is answered. */
  async assertQuiet(): Promise<void> {
    const cookie = `quiet${crypto.randomUUID()}`;
    const reply = await this.ask(`${cookie} d7:command4:pinge`);
    if (!reply.startsWith(cookie)) throw new Error(`unexpected reply ${reply}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}

/** A TCP connection. */
export class StreamClient implements Disposable {
  readonly #conn: Deno.TcpConn;
  #rest = "";

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
  }

  static async connect(to: Endpoint): Promise<StreamClient> {
    return new StreamClient(await Deno.connect({ hostname: to.address, port: to.port }));
  }

  get conn(): Deno.TcpConn {
    return this.#conn;
  }

  async send(data: string): Promise<void> {
    const all = toBytes(data);
    for (let at = 0; at < all.length;) at += await this.#conn.write(all.subarray(at));
  }

  /** Reads exactly `length` bytes. */
  async read(length: number): Promise<string> {
    while (this.#rest.length < length) {
      const chunk = await this.#chunk();
      if (chunk === null) throw new Error(`connection ended after ${JSON.stringify(this.#rest)}`);
      this.#rest += chunk;
    }
    const text = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return text;
  }

  /** Reads to the end of the connection. */
  async readAll(): Promise<string> {
    for (;;) {
      const chunk = await this.#chunk();
      if (chunk === null) return this.#rest;
      this.#rest += chunk;
    }
  }

  async expect(reply: string): Promise<void> {
    const got = await this.read(reply.length);
    if (got !== reply) throw new Error(`got ${JSON.stringify(got)}, not ${JSON.stringify(reply)}`);
  }

  async #chunk(): Promise<string | null> {
    const buffer = new Uint8Array(65_536);
    try {
      const count = await within(8000, "TCP data", this.#conn.read(buffer));
      return count === null ? null : fromBytes(buffer.subarray(0, count));
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionReset) return null;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

/** npm `ws` as a client; keeps what arrived. */
export class SocketClient implements Disposable {
  readonly socket: WsClient;
  readonly #queue: { text: string; binary: boolean }[] = [];
  #arrived = (): void => {};

  constructor(socket: WsClient) {
    this.socket = socket;
    socket.on("message", (data, binary) => {
      this.#queue.push({ text: fromBytes(data as Uint8Array), binary });
      this.#arrived();
    });
    socket.on("error", () => {});
  }

  static async connect(url: string, protocol: string, ca?: string): Promise<SocketClient> {
    const socket = new WsClient(url, [protocol], ca === undefined ? {} : { ca });
    const client = new SocketClient(socket);
    await within(
      5000,
      url,
      new Promise<void>((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      }),
    );
    return client;
  }

  /** Sends bytes as a text or a binary frame. */
  send(message: string, kind: "text" | "binary" = "binary"): void {
    this.socket.send(toBytes(message), { binary: kind === "binary" });
  }

  async receive(ms = 5000): Promise<{ text: string; binary: boolean }> {
    if (this.#queue.length === 0) {
      await within(ms, "WebSocket reply", new Promise<void>((resolve) => this.#arrived = resolve));
    }
    return this.#queue.shift() as { text: string; binary: boolean };
  }

  async ask(message: string, kind: "text" | "binary" = "binary"): Promise<string> {
    this.send(message, kind);
    return (await this.receive()).text;
  }

  closed(): Promise<number> {
    return within(
      5000,
      "WebSocket close",
      new Promise((resolve) => this.socket.on("close", resolve)),
    );
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

/** One HTTP request over a connection of its own, as bytes. */
export async function rawHttp(to: Endpoint, request: string): Promise<string> {
  using client = await StreamClient.connect(to);
  await client.send(request);
  return await client.readAll();
}

/** Body of a POST, as byte strings. */
export async function post(
  to: Endpoint,
  path: string,
  body: string,
  type = "application/x-rtpengine-ng",
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(`http://${to.address}:${to.port}${path}`, {
    method: "POST",
    body: toBytes(body),
    headers: { "Content-Type": type },
  });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: fromBytes(new Uint8Array(await response.arrayBuffer())),
  };
}

/** Text of a GET. */
export async function get(to: Endpoint, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${to.address}:${to.port}${path}`);
  return { status: response.status, text: await response.text() };
}
