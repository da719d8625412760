/**
 * What a test and its agent in another network namespace say to each other: one JSON object per line.
 * Bytes travel as text with one character per byte.
 *
 * @module
 */

import type { NgMessage, NgWire } from "./ng_codec.ts";

/** An address and a port; IPv6 without brackets. */
export interface Address {
  /** A literal address. */
  readonly host: string;
  /** 0 asks for any. */
  readonly port: number;
}

/** A datagram that arrived at an agent's socket. */
export interface Datagram {
  /** Its source. */
  readonly from: Address;
  /** Its bytes, one per character. */
  readonly data: string;
}

/** Every operation with its arguments and its result. */
export interface AgentOperations {
  /** Sends one ng request over UDP from a socket of its own and waits for the answer. */
  ng: {
    in: { to: Address; message: NgMessage; wire: NgWire; timeout: number };
    out: { message: NgMessage | null };
  };
  /** Sends raw bytes over UDP and returns the answer's bytes, `null` when there is none in time. */
  exchange: { in: { to: Address; data: string; timeout: number }; out: { data: string | null } };
  /** Opens a UDP socket; port 0 takes a free one. */
  bind: { in: { at: Address }; out: { socket: number; at: Address } };
  /** Sends one datagram from a socket. */
  send: { in: { socket: number; to: Address; data: string }; out: Record<string, never> };
  /** Takes what a socket has received so far. */
  take: { in: { socket: number }; out: { datagrams: readonly Datagram[] } };
  /** Closes a socket. */
  close: { in: { socket: number }; out: Record<string, never> };
  /** Whether each of these UDP ports can be bound at this moment. */
  free: { in: { host: string; ports: readonly number[] }; out: { busy: readonly number[] } };
}

/** Name of an operation. */
export type AgentOperation = keyof AgentOperations;
