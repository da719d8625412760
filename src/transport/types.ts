/**
 * What listeners are given: who answers, what bounds them, and where they tell what happened.
 *
 * @module
 */

import type { ControlGuard } from "../access/mod.ts";
import type { ByteString } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { DispatchResult, NgDispatcher, NgLog } from "../ng/dispatcher.ts";
import type { NgSource } from "../ng/types.ts";
import type { Admission } from "./admission.ts";

/** Answers datagrams. */
export interface DatagramHandler {
  /** The reply to one datagram; undefined when it deserves none. */
  handle(datagram: Uint8Array, source: NgSource): DispatchResult;
}

/** Answers lines, one for each connection. */
export interface LineHandler {
  /**
   * The reply to a line without its end; empty when there is none.
   *
   * @param open clients connected to the same listener at present
   */
  handle(
    line: ByteString,
    source: NgSource,
    open: readonly Endpoint[],
  ): ByteString | Promise<ByteString>;
}

/** Who answers what the listeners receive. */
export interface ControlHandlers {
  /** Answers ng messages. */
  readonly ng: NgDispatcher;
  /** Answers one command line of the control tree. */
  cli(line: ByteString): ByteString | Promise<ByteString>;
  /** Answers rtpproxy messages; absent: there is no such listener. */
  readonly rtpproxy?: DatagramHandler;
  /** Answers mediaproxy lines; absent: there is no such listener. */
  readonly mediaproxy?: LineHandler;
  /** The Prometheus page. */
  metrics(): string | Promise<string>;
}

/** Bounds on connections; times in milliseconds, sizes in bytes. */
export interface TransportLimits {
  /** Connections per listener (1024). */
  readonly maxConnections: number;
  /** Connections per listener and source address (256). */
  readonly maxConnectionsPerSource: number;
  /** Largest ng message (1 MiB). */
  readonly maxMessage: number;
  /** Longest command line of the control tree (1024). */
  readonly maxCliLine: number;
  /** Time for a message, request or header that has begun to arrive whole (10,000). */
  readonly receiveTimeout: number;
  /** Time for a reply to be taken (10,000). */
  readonly sendTimeout: number;
  /** Unused HTTP connections and silent cli connections are closed after this (60,000). */
  readonly idleTimeout: number;
  /** Replies a WebSocket client may leave unread before it is not read from either (1 MiB). */
  readonly maxUnread: number;
  /** Quiet WebSocket connections are pinged this often (30,000). */
  readonly pingInterval: number;
  /** WebSocket connections silent for this long are dead (300,000). */
  readonly deadAfter: number;
}

/** The defaults of {@link TransportLimits}. */
export const DEFAULT_LIMITS: TransportLimits = {
  maxConnections: 1024,
  maxConnectionsPerSource: 256,
  maxMessage: 1 << 20,
  maxCliLine: 1024,
  receiveTimeout: 10_000,
  sendTimeout: 10_000,
  idleTimeout: 60_000,
  maxUnread: 1 << 20,
  pingInterval: 30_000,
  deadAfter: 300_000,
};

/** What every listener shares. */
export interface TransportContext {
  /** Who answers. */
  readonly handlers: ControlHandlers;
  /** Who may ask, and how often. */
  readonly admission: Admission;
  /** Who may do what, by what they show; absent = everybody everything. UDP has none. */
  readonly guard?: ControlGuard;
  /** Whether a Host header names us; absent = all do. */
  readonly isOurHost?: (host: string | undefined) => boolean;
  /** Bounds on connections. */
  readonly limits: TransportLimits;
  /** Time of deadlines. */
  readonly clock: Clock;
  /** Where events go. */
  readonly log: NgLog;
}

/** An open listener. */
export interface Listener {
  /** Address bound; the port is the real one when 0 was asked. */
  readonly bound: Endpoint;
  /** Connections open now; 0 for UDP. */
  readonly connections: number;
  /** Stops taking connections, lets replies under way out for up to `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

/** The reason given when a source asks too often. */
export const RATE_EXCEEDED = "Rate limit exceeded";
