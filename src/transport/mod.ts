/**
 * Every control listener: ng over UDP, TCP, HTTP(S) and WebSocket, the control tree, metrics, the protocols
 * from before ng. Owns sockets, admission, limits and framing; does not know what a message means.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { ControlSockets } from "../relay/types.ts";
import { type AdminServices, createApp, type WebApp } from "../web/mod.ts";
import { listenCli, listenLines } from "./line_tcp.ts";
import { type HttpListener, listenHttp } from "./http.ts";
import { listenTcp } from "./tcp.ts";
import type { TlsConfig } from "./tls.ts";
import type { Listener, TransportContext } from "./types.ts";
import { listenUdp } from "./udp.ts";

export { ControlGuard } from "../access/mod.ts";
export { type ConsoleListener, listenConsole } from "./console.ts";
export type { AllowList } from "../core/allow_list.ts";
export type { SourceLimiter, SourceLimits } from "../core/token_bucket.ts";
export type { ControlSocket, ControlSockets } from "../relay/types.ts";
export {
  Admission,
  type AdmissionOptions,
  type RefusalCounters,
  type Verdict,
} from "./admission.ts";
export type { TlsConfig } from "./tls.ts";
export {
  type ControlHandlers,
  type DatagramHandler,
  DEFAULT_LIMITS,
  type LineHandler,
  type TransportContext,
  type TransportLimits,
} from "./types.ts";

/** Addresses to bind, by kind. An address of `::` takes IPv4 as well, except for UDP. */
export interface ListenAddresses {
  /** ng over UDP. */
  readonly ng: readonly Endpoint[];
  /** ng over TCP. */
  readonly tcpNg: readonly Endpoint[];
  /** HTTP and WebSocket. */
  readonly http: readonly Endpoint[];
  /** HTTPS and WebSocket over TLS. */
  readonly https: readonly Endpoint[];
  /** The control tree. */
  readonly cli: readonly Endpoint[];
  /** The rtpproxy protocol over UDP. */
  readonly rtpproxy: readonly Endpoint[];
  /** The mediaproxy protocol over TCP. */
  readonly mediaproxy: readonly Endpoint[];
}

/** What {@link startListeners} is told. */
export interface StartOptions {
  /** Where to listen. */
  readonly listen: ListenAddresses;
  /** Certificate of the HTTPS listeners. */
  readonly tls?: TlsConfig;
  /** TOS byte of UDP replies, 0..255. */
  readonly controlTos: number;
  /** Opens UDP sockets. */
  readonly sockets: ControlSockets;
  /** Who answers, who may ask, and the rest. */
  readonly context: TransportContext;
  /** What is different for one kind of listener. */
  readonly contextOf?: (
    kind: keyof ListenAddresses,
  ) => Partial<Pick<TransportContext, "admission" | "guard">>;
  /** What stands behind the admin API; absent = there is none. */
  readonly admin?: AdminServices;
}

/** All listeners, open. */
export interface Listeners {
  /** Addresses bound, with real ports. */
  readonly addresses: ListenAddresses;
  /** Open connections, by kind. */
  connections(): Readonly<Record<keyof ListenAddresses, number>>;
  /**
   * Presents another certificate on all HTTPS listeners.
   *
   * @throws {Error} when it is no good; the old one stays
   */
  replaceTls(config: TlsConfig): void;
  /** Lets replies under way out for up to `graceMs` milliseconds, then closes everything. */
  close(graceMs: number): Promise<void>;
}

/** A listener that could not be opened; everything opened before it was closed again. */
export class ListenError extends Error {
  /** Always `ListenError`. */
  override readonly name: string = "ListenError";

  /** An error about this kind of listener at this address. */
  constructor(kind: keyof ListenAddresses, address: Endpoint, cause: unknown) {
    super(`cannot listen on ${formatEndpoint(address)} for ${NAMES[kind]}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

const NAMES: Readonly<Record<keyof ListenAddresses, string>> = {
  ng: "ng over UDP",
  tcpNg: "ng over TCP",
  http: "HTTP",
  https: "HTTPS",
  cli: "cli",
  rtpproxy: "the rtpproxy protocol",
  mediaproxy: "the mediaproxy protocol",
};

/**
 * Opens all listeners.
 *
 * @throws {ListenError} naming the address and the reason when one cannot be opened
 */
export async function startListeners(options: StartOptions): Promise<Listeners> {
  const { listen, sockets, tls } = options;
  const contextOf = (kind: keyof ListenAddresses): TransportContext => {
    return { ...options.context, ...options.contextOf?.(kind) };
  };
  const open: Record<keyof ListenAddresses, Listener[]> = {
    ng: [],
    tcpNg: [],
    http: [],
    https: [],
    cli: [],
    rtpproxy: [],
    mediaproxy: [],
  };
  const openers: {
    readonly [K in keyof ListenAddresses]: (local: Endpoint) => Listener | Promise<Listener>;
  } = {
    ng: (local) => listenUdp(sockets, local, options.controlTos, contextOf("ng")),
    tcpNg: (local) => listenTcp(local, contextOf("tcpNg")),
    http: (local) => {
      const context = contextOf("http");
      return listenHttp(local, appFor(context, options.admin), context);
    },
    https: (local) => {
      if (tls === undefined) throw new Error("no certificate is configured");
      const context = contextOf("https");
      return listenHttp(local, appFor(context, options.admin), context, tls);
    },
    cli: (local) => listenCli(local, contextOf("cli")),
    rtpproxy: (local) => {
      const { rtpproxy } = options.context.handlers;
      if (rtpproxy === undefined) throw new Error("nobody answers it");
      return listenUdp(sockets, local, options.controlTos, contextOf("rtpproxy"), rtpproxy);
    },
    mediaproxy: (local) => {
      const { mediaproxy } = options.context.handlers;
      if (mediaproxy === undefined) throw new Error("nobody answers it");
      return listenLines(local, contextOf("mediaproxy"), mediaproxy);
    },
  };
  const closeAll = async (graceMs: number): Promise<void> => {
    await Promise.all(Object.values(open).flat().map((listener) => listener.close(graceMs)));
  };
  for (const kind of Object.keys(open) as (keyof ListenAddresses)[]) {
    for (const local of listen[kind]) {
      try {
        open[kind].push(await openers[kind](local));
      } catch (error) {
        await closeAll(0);
        throw new ListenError(kind, local, error);
      }
    }
  }
  return {
    addresses: mapKinds(open, (listeners) => listeners.map(({ bound }) => bound)),
    connections: () => {
      return mapKinds(open, (all) => all.reduce((sum, { connections }) => sum + connections, 0));
    },
    replaceTls(config: TlsConfig): void {
      for (const listener of open.https as HttpListener[]) listener.replaceTls(config);
    },
    close: closeAll,
  };
}

/** The web application of one listener. */
function appFor(context: TransportContext, admin: AdminServices | undefined): WebApp {
  const { handlers, admission, guard, isOurHost, limits, log } = context;
  return createApp({
    ng: handlers.ng,
    cli: (line) => handlers.cli(line),
    metrics: () => handlers.metrics(),
    admit: (address) => admission.admit(address),
    ...(guard === undefined ? {} : { guard }),
    ...(isOurHost === undefined ? {} : { isOurHost }),
    ...(admin === undefined ? {} : { admin }),
    maxBody: limits.maxMessage,
    log,
  });
}

function mapKinds<T, U>(
  record: Readonly<Record<keyof ListenAddresses, T>>,
  map: (value: T) => U,
): Record<keyof ListenAddresses, U> {
  return {
    ng: map(record.ng),
    tcpNg: map(record.tcpNg),
    http: map(record.http),
    https: map(record.https),
    cli: map(record.cli),
    rtpproxy: map(record.rtpproxy),
    mediaproxy: map(record.mediaproxy),
  };
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof Deno.errors.AddrInUse || "code" in cause && cause.code === "EADDRINUSE") {
    return "address already in use (EADDRINUSE)";
  }
  return cause.message;
}
