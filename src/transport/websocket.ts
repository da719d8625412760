/**
 * WebSocket: subprotocols for ng, ng without cookies, the control tree and an echo, on any path. Payloads are
 * bytes whether they come as text or binary; answers are binary and in order; nothing is ever sent unasked.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { OPEN_GUARD, parseToken, type Permission, type Presented } from "../access/mod.ts";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { formatEndpoint } from "../core/endpoint.ts";
import type { NgSource } from "../ng/types.ts";
import { isCrossOrigin, presentedBy, sourceOf } from "../web/mod.ts";
import { waitAtMost } from "./grace.ts";
import { RATE_EXCEEDED, type TransportContext } from "./types.ts";

/** Requests of one connection under way at once. */
const MAX_PENDING = 256;

type Answer = Uint8Array | undefined;
type Answerer = (
  payload: Uint8Array,
  source: NgSource,
  context: TransportContext,
) => Answer | Promise<Answer>;

const PROTOCOLS: ReadonlyMap<string, Answerer> = new Map<string, Answerer>([
  ["ng.rtpengine.com", (payload, source, { handlers }) => handlers.ng.handle(payload, source)],
  [
    "ng-plain.rtpengine.com",
    (payload, source, { handlers }) => handlers.ng.handlePlain(payload, source),
  ],
  ["cli.rtpengine.com", answerCli],
  ["echo.rtpengine.com", (payload) => payload],
]);

/** What a client must be allowed to, by subprotocol. */
const NEEDED: ReadonlyMap<string, Permission> = new Map([
  ["ng.rtpengine.com", "ng"],
  ["ng-plain.rtpengine.com", "ng"],
  ["cli.rtpengine.com", "admin"],
  ["echo.rtpengine.com", "ng"],
]);

function answerCli(
  payload: Uint8Array,
  _source: NgSource,
  { handlers }: TransportContext,
): Answer | Promise<Answer> {
  const text = handlers.cli(fromBytes(payload).replace(/\r?\n$/, ""));
  return typeof text === "string" ? toBytes(text) : text.then(toBytes);
}

/** Takes over HTTP connections that ask for a WebSocket. */
export class WebSocketGate {
  readonly #context: TransportContext;
  readonly #server: WebSocketServer;
  readonly #sessions = new Set<Session>();
  #empty = (): void => {};

  /** A gate without connections. */
  constructor(context: TransportContext) {
    this.#context = context;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Kamailio sends raw SIP bytes in text frames.
      skipUTF8Validation: true,
      maxPayload: context.limits.maxMessage,
      handleProtocols: (offered) => firstKnown(offered) ?? false,
    });
  }

  /** Open connections. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Handles the `upgrade` event of a server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    const address = sourceOf(request, "ws");
    socket.on("error", () => socket.destroy());
    const { admission, guard = OPEN_GUARD, isOurHost, log } = this.#context;
    const verdict = admission.admit(address.peer.address);
    if (verdict === "rate") return refuse(socket, 429, "Too Many Requests");
    if (verdict === "source") return refuse(socket, 403, "Forbidden");
    if (isCrossOrigin(request.headers, address.transport === "wss")) {
      return refuse(socket, 403, "Forbidden");
    }
    if (isOurHost?.(request.headers.host) === false) {
      return refuse(socket, 421, "Misdirected Request");
    }
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",");
    const protocol = firstKnown(offered.map((name) => name.trim()));
    const answerer = protocol === undefined ? undefined : PROTOCOLS.get(protocol);
    const needed = NEEDED.get(protocol ?? "") ?? "ng";
    const presented = presentedOnUpgrade(request);
    const grant = guard.grant(presented, needed);
    if (!grant.allowed) {
      const { message } = grant;
      log("debug", "A connection was refused", {
        peer: formatEndpoint(address.peer),
        because: message,
      });
      return grant.because === "forbidden"
        ? refuse(socket, 403, "Forbidden")
        : refuse(socket, 401, "Unauthorized", 'WWW-Authenticate: Bearer realm="rtpedge"\r\n');
    }
    if (answerer === undefined) return refuse(socket, 400, "Unknown WebSocket subprotocol");
    const source: NgSource = grant.permissions.has("admin")
      ? address
      : { ...address, callsOnly: true };
    const holds = (): boolean => !guard.demands || guard.grant(presented, needed).allowed;
    this.#server.handleUpgrade(request, socket, head as never, (client) => {
      const session = new Session(client, source, answerer, holds, this.#context, () => {
        this.#sessions.delete(session);
        if (this.#sessions.size === 0) this.#empty();
      });
      this.#sessions.add(session);
    });
  }

  /** Pings quiet connections and ends dead or stuck ones. */
  sweep(now: number): void {
    for (const session of this.#sessions) session.sweep(now);
  }

  /** Says goodbye to all clients and waits for them, but no longer than `graceMs`. */
  async close(graceMs: number): Promise<void> {
    for (const session of this.#sessions) session.close();
    if (this.#sessions.size > 0) {
      await waitAtMost(new Promise((resolve) => this.#empty = resolve), graceMs);
    }
    for (const session of this.#sessions) session.terminate();
    this.#server.close();
  }
}

class Session {
  readonly #client: WebSocket;
  readonly #source: NgSource;
  readonly #answerer: Answerer;
  /** Whether the credential still holds. */
  readonly #holds: () => boolean;
  readonly #context: TransportContext;
  /** Last answer under way; undefined when all are out. */
  #tail: Promise<void> | undefined;
  #heard: number;
  #pinged: number;
  /** Answers not yet worked out. */
  #pending = 0;
  /** Reading is stopped because answers are not taken or not ready. */
  #paused = false;
  /** Messages that had been received when reading was stopped; less than one read of the socket. */
  readonly #backlog: Uint8Array[] = [];
  /** When the client last took an answer, or had none to take. */
  #progress: number;

  constructor(
    client: WebSocket,
    source: NgSource,
    answerer: Answerer,
    holds: () => boolean,
    context: TransportContext,
    ended: () => void,
  ) {
    this.#client = client;
    this.#source = source;
    this.#answerer = answerer;
    this.#holds = holds;
    this.#context = context;
    this.#heard = this.#pinged = this.#progress = context.clock.now();
    const heard = (): void => void (this.#heard = context.clock.now());
    client.on("message", (data) => {
      heard();
      if (this.#paused) this.#backlog.push(data as Uint8Array);
      else this.#receive(data as Uint8Array);
    });
    client.on("ping", heard);
    client.on("pong", heard);
    client.on("close", ended);
    client.on("error", (error) => {
      context.log("debug", "A WebSocket connection broke", {
        peer: formatEndpoint(source.peer),
        error,
      });
    });
  }

  sweep(now: number): void {
    const { limits } = this.#context;
    if (this.#client.bufferedAmount === 0) this.#progress = now;
    if (now - this.#progress >= limits.sendTimeout || !this.#holds()) {
      this.terminate();
    } else if (now - this.#heard >= limits.deadAfter) {
      this.terminate();
    } else if (now - Math.max(this.#heard, this.#pinged) >= limits.pingInterval) {
      this.#pinged = now;
      this.#client.ping();
    }
  }

  close(): void {
    this.#client.close(1001, "shutting down");
  }

  terminate(): void {
    this.#client.terminate();
  }

  #receive(payload: Uint8Array): void {
    const answer = this.#answer(payload);
    if (this.#tail === undefined && !(answer instanceof Promise)) {
      this.#send(answer);
      return;
    }
    this.#pending++;
    const tail = Promise.all([answer, this.#tail]).then(
      ([bytes]) => this.#send(bytes),
      (error) => this.#failed(error),
    ).then(() => {
      this.#pending--;
      if (this.#tail === tail) this.#tail = undefined;
      this.#relax();
    });
    this.#tail = tail;
    this.#throttle();
  }

  #full(): boolean {
    return this.#client.bufferedAmount > this.#context.limits.maxUnread ||
      this.#pending >= MAX_PENDING;
  }

  #throttle(): void {
    if (this.#paused || !this.#full()) return;
    this.#paused = true;
    this.#client.pause();
  }

  #relax(): void {
    // Nobody is left to answer once the connection is closing.
    if (!this.#paused || this.#full() || this.#client.readyState !== this.#client.OPEN) return;
    this.#paused = false;
    while (!this.#paused) {
      const payload = this.#backlog.shift();
      if (payload === undefined) {
        this.#client.resume();
        return;
      }
      this.#receive(payload);
    }
  }

  #answer(payload: Uint8Array): Answer | Promise<Answer> {
    const { handlers, admission } = this.#context;
    const verdict = admission.admit(this.#source.peer.address);
    if (verdict === "source") {
      this.terminate();
      return undefined;
    }
    if (verdict === "rate") return handlers.ng.refuse(payload, RATE_EXCEEDED, this.#source);
    try {
      return this.#answerer(payload, this.#source, this.#context);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    this.#context.log("error", "A WebSocket request failed", {
      peer: formatEndpoint(this.#source.peer),
      error,
    });
    this.terminate();
  }

  #send(bytes: Answer): void {
    const client = this.#client;
    if (bytes === undefined || client.readyState !== client.OPEN) return;
    client.send(bytes, { binary: true }, () => {
      this.#progress = this.#context.clock.now();
      this.#relax();
    });
    this.#throttle();
  }
}

function firstKnown(offered: Iterable<string>): string | undefined {
  for (const protocol of offered) if (PROTOCOLS.has(protocol)) return protocol;
  return undefined;
}

/** Programs that cannot send a header, as Kamailio, have the token as first segment of the path. */
function presentedOnUpgrade(request: IncomingMessage): Presented {
  const presented = presentedBy(request);
  if (presented.token !== undefined) return presented;
  const segment = /^\/([^/?#]{1,64})(?:[/?#]|$)/.exec(request.url ?? "")?.[1] ?? "";
  return parseToken(segment) === undefined ? presented : { ...presented, token: segment };
}

function refuse(socket: Duplex, status: number, reason: string, headers = ""): void {
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain\r\n${headers}` +
      `Content-Length: ${reason.length + 1}\r\n\r\n${reason}\n`,
    () => socket.destroy(),
  );
}
