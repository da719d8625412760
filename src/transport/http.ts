/**
 * HTTP and HTTPS servers with WebSocket on the same port. node's server, because it has client certificates,
 * header timeouts and raw WebSocket text frames.
 *
 * @module
 */

import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { canonicalIp } from "../core/ip.ts";
import type { WebApp, WebEnv } from "../web/mod.ts";
import { waitAtMost } from "./grace.ts";
import { type TlsConfig, tlsOptions } from "./tls.ts";
import type { Listener, TransportContext } from "./types.ts";
import { WebSocketGate } from "./websocket.ts";

const MAX_HEADER = 16_384;
const SWEEP_MS = 1000;

/** An HTTP listener; with TLS its certificate can be replaced. */
export interface HttpListener extends Listener {
  /**
   * Presents another certificate to clients that connect from now on. What it asks of clients stays, unless
   * other issuers are given.
   *
   * @throws {Error} when it is no good, or the listener has no TLS; the old one stays
   */
  replaceTls(config: TlsConfig): void;
}

/**
 * Opens an HTTP listener, or with `tls` an HTTPS one.
 *
 * @throws {Error} when the address cannot be bound or the certificate is no good
 */
export async function listenHttp(
  local: Endpoint,
  app: WebApp,
  context: TransportContext,
  tls?: TlsConfig,
): Promise<HttpListener> {
  const { limits } = context;
  const options = {
    headersTimeout: limits.receiveTimeout,
    requestTimeout: limits.receiveTimeout,
    keepAliveTimeout: limits.idleTimeout,
    connectionsCheckingInterval: SWEEP_MS,
    maxHeaderSize: MAX_HEADER,
    noDelay: true,
    keepAlive: true,
    // Others, such as h2c, are answered as if they had not asked for an upgrade.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => {
      return headers.upgrade?.toLowerCase() === "websocket";
    },
  };
  const handler = getRequestListener(
    (request, env) => app.fetch(request, env as WebEnv["Bindings"]),
    // Health checks speak HTTP/1.0, which needs no Host.
    { overrideGlobalObjects: false, hostname: "localhost" },
  ) as RequestListener;
  const server = tls === undefined ? createServer(options, handler) : createTlsServer(
    { ...options, ...tlsOptions(tls) },
    handler,
  );
  server.timeout = limits.idleTimeout;
  const listener = new NodeListener(server, local, tls, context);
  await listener.open(local);
  return listener;
}

class NodeListener implements HttpListener {
  readonly #server: Server | TlsServer;
  readonly #tls: TlsConfig | undefined;
  readonly #context: TransportContext;
  readonly #gate: WebSocketGate;
  readonly #sockets = new Set<Socket>();
  readonly #perSource = new Map<string, number>();
  /** TLS handshakes under way, by client; the runtime has no time limit for them. */
  readonly #handshakes = new Map<string, { readonly socket: Socket; readonly since: number }>();
  #sweeper: ReturnType<typeof setInterval> | undefined;
  #bound: Endpoint;
  #closing = false;

  constructor(
    server: Server | TlsServer,
    local: Endpoint,
    tls: TlsConfig | undefined,
    context: TransportContext,
  ) {
    this.#server = server;
    this.#bound = local;
    this.#tls = tls;
    this.#context = context;
    this.#gate = new WebSocketGate(context);
    server.on("connection", (socket: Socket) => this.#take(socket));
    server.on("upgrade", (request, socket, head) => {
      (socket as Socket).setTimeout(0);
      this.#gate.upgrade(request, socket, head);
    });
    server.on("clientError", (error: Error, socket) => {
      this.#note(error, socket as Socket);
      if (!socket.writable) return void socket.destroy();
      // browsers open connections before they need them, and take this as reason to ask again on another
      const late = "code" in error && error.code === "ERR_HTTP_REQUEST_TIMEOUT";
      const status = late ? "408 Request Timeout" : "400 Bad Request";
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    });
    if (tls !== undefined) {
      server.on("secureConnection", (socket: Socket) => {
        this.#handshakes.delete(portOf(socket));
      });
      server.on("tlsClientError", (error: Error, socket) => {
        this.#note(error, socket as unknown as Socket);
      });
    }
  }

  get bound(): Endpoint {
    return this.#bound;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async open(local: Endpoint): Promise<void> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: local.address, port: local.port }, resolve);
    });
    server.removeAllListeners("error");
    server.on("error", (error) => {
      this.#context.log("error", "An HTTP listener failed", {
        local: formatEndpoint(this.#bound),
        error,
      });
    });
    this.#bound = { ...local, port: (server.address() as AddressInfo).port };
    this.#sweeper = setInterval(() => this.#sweep(this.#context.clock.now()), SWEEP_MS);
  }

  replaceTls(config: TlsConfig): void {
    if (this.#tls === undefined) throw new Error(`${formatEndpoint(this.#bound)} has no TLS`);
    // Without issuers of its own the context would trust every public one for client certificates.
    const { cert, key, ca } = tlsOptions({ ...this.#tls, ...config });
    (this.#server as TlsServer).setSecureContext({
      cert,
      key,
      ...(ca === undefined ? {} : { ca }),
    });
  }

  async close(graceMs: number): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await Promise.all([this.#gate.close(graceMs), waitAtMost(closed, graceMs)]);
    clearInterval(this.#sweeper);
    for (const socket of this.#sockets) socket.destroy();
  }

  #take(socket: Socket): void {
    const address = canonicalIp(socket.remoteAddress ?? "")?.address ?? "";
    const { limits, admission, log } = this.#context;
    const ofSource = this.#perSource.get(address) ?? 0;
    const refused = !admission.admitsSource(address)
      ? "source"
      : this.#sockets.size >= limits.maxConnections
      ? "connections"
      : ofSource >= limits.maxConnectionsPerSource
      ? "connections of one source"
      : undefined;
    if (refused !== undefined) {
      log("debug", "A connection was refused", { peer: address, because: refused });
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#perSource.set(address, ofSource + 1);
    const port = portOf(socket);
    if (this.#tls !== undefined) {
      this.#handshakes.set(port, { socket, since: this.#context.clock.now() });
    }
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#handshakes.delete(port);
      const left = (this.#perSource.get(address) ?? 1) - 1;
      if (left > 0) this.#perSource.set(address, left);
      else this.#perSource.delete(address);
    });
  }

  #sweep(now: number): void {
    this.#gate.sweep(now);
    const oldest = now - this.#context.limits.receiveTimeout;
    for (const { socket, since } of this.#handshakes.values()) {
      if (since <= oldest) socket.destroy();
    }
  }

  #note(error: Error, socket: Socket): void {
    this.#context.log("debug", "A web connection broke", { peer: socket.remoteAddress, error });
  }
}

/** What a TLS socket and the plain socket below it have in common. */
function portOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
