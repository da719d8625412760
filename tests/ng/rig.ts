/**
 * All control listeners on loopback with stub commands behind them, in this process: the wire under test is
 * the real one, datagrams included.
 *
 * @module
 */

import { AllowList } from "../../src/core/allow_list.ts";
import { fromText, toBytes } from "../../src/core/bytes.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import {
  type Handler,
  LoadLimit,
  NgDispatcher,
  NgError,
  type NgRequest,
  type ReplyDict,
} from "../../src/ng/mod.ts";
import { startNativeRelay } from "../../src/relay/mod.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import {
  Admission,
  DEFAULT_LIMITS,
  type Listeners,
  startListeners,
  type TransportLimits,
} from "../../src/transport/mod.ts";

/** A line that was logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Open listeners and what they saw. */
export interface Rig extends AsyncDisposable {
  readonly listeners: Listeners;
  readonly udp: Endpoint;
  readonly tcp: Endpoint;
  readonly http: Endpoint;
  readonly https: Endpoint;
  readonly cli: Endpoint;
  /** PEM of the HTTPS certificate, its own issuer. */
  readonly cert: string;
  /** PEM of its key. */
  readonly key: string;
  readonly admission: Admission;
  readonly logs: LogLine[];
  /** How often each stub was carried out. */
  readonly executed: Map<string, number>;
  /** Requests the stubs saw. */
  readonly requests: NgRequest[];
  /** Lets the oldest `slow` command finish. */
  release(): void;
}

/** What differs from the usual rig. */
export interface RigOptions {
  /** Where UDP listens (127.0.0.1). */
  readonly udp?: Endpoint;
  /** Where everything else listens (127.0.0.1). */
  readonly streams?: Endpoint;
  readonly allow?: readonly string[];
  readonly rate?: { readonly rate: number; readonly burst: number };
  readonly limits?: Partial<TransportLimits>;
  /** PEM of the issuer of client certificates; clients without one are refused. */
  readonly clientCa?: string;
}

/** Loopback, any port. */
export const LOOPBACK: Endpoint = { family: 4, address: "127.0.0.1", port: 0 };

/** Opens a rig. */
export async function openRig(options: RigOptions = {}): Promise<Rig> {
  const native = startNativeRelay({ mode: "sockets" });
  const streams = options.streams ?? LOOPBACK;
  const key = await generateKey();
  const cert = await selfSign(key, [], systemClock.wall());
  const logs: LogLine[] = [];
  const executed = new Map<string, number>();
  const requests: NgRequest[] = [];
  const waiting: (() => void)[] = [];
  const log = (level: string, message: string, details: LogLine["details"]): void => {
    logs.push({ level, message, details });
  };
  const counted = (name: string, handler: Handler): [string, Handler] => [name, (request) => {
    executed.set(name, (executed.get(name) ?? 0) + 1);
    requests.push(request);
    return handler(request) as ReplyDict;
  }];
  const ng = new NgDispatcher({
    handlers: new Map([
      counted("echo", ({ dict }) => ({ value: dict.get("value"), metadata: dict.get("metadata") })),
      counted("count", () => ({ count: executed.get("count") })),
      counted("big", ({ limit }) => ({ sdp: "x".repeat(limit ?? 0) })),
      counted("offer", ({ sdp }) => {
        if (sdp === undefined) throw new NgError("No SDP body in message");
        return { sdp };
      }),
      counted("full", () => {
        throw new LoadLimit("Load limit exceeded");
      }),
      counted("bug", () => {
        throw new TypeError("a bug");
      }),
      ["slow", () => {
        executed.set("slow", (executed.get("slow") ?? 0) + 1);
        return new Promise<ReplyDict>((resolve) => waiting.push(() => resolve({ done: 1 })));
      }],
    ]),
    clock: systemClock,
    log,
    logInterval: 0,
  });
  const admission = new Admission({
    allow: new AllowList(options.allow ?? ["loopback"]),
    clock: systemClock,
    ...(options.rate === undefined ? {} : { rate: { ...options.rate, maxSources: 100 } }),
  });
  const listeners = await startListeners({
    listen: {
      ng: [options.udp ?? LOOPBACK],
      tcpNg: [streams],
      http: [streams],
      https: [streams],
      cli: [streams],
      rtpproxy: [],
      mediaproxy: [],
    },
    tls: { cert, key, ...(options.clientCa === undefined ? {} : { clientCa: options.clientCa }) },
    controlTos: 0,
    sockets: native.controlSockets,
    context: {
      handlers: {
        ng,
        cli: (line) => line === "long" ? "line\n".repeat(100_000) : `you said ${line}\n`,
        metrics: () => fromText("# HELP rtpengine_sessions Sessions\n"),
      },
      admission,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      clock: systemClock,
      log,
    },
  });
  const first = (list: readonly Endpoint[]): Endpoint => list[0] as Endpoint;
  const { addresses } = listeners;
  return {
    listeners,
    udp: first(addresses.ng),
    tcp: first(addresses.tcpNg),
    http: first(addresses.http),
    https: first(addresses.https),
    cli: first(addresses.cli),
    cert,
    key,
    admission,
    logs,
    executed,
    requests,
    release: () => waiting.shift()?.(),
    async [Symbol.asyncDispose](): Promise<void> {
      await listeners.close(200);
      native.engine.shutdown();
    },
  };
}

/** Bytes of a byte string. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return toBytes(text);
}
