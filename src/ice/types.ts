/**
 * What an ICE agent (RFC 8445) is told and what it tells.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";

/** RTP, or RTCP without rtcp-mux. */
export type Component = 1 | 2;

/** RFC 8445 section 5.1.1. */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** User name fragment and password (RFC 8839 section 5.4). */
export interface IceCredentials {
  /** 4..256 ice-chars. */
  readonly ufrag: string;
  /** 22..256 ice-chars. */
  readonly pwd: string;
}

/** A candidate as a description names it. */
export interface Candidate {
  /** 1..32 ice-chars. */
  readonly foundation: string;
  /** What it is for. */
  readonly component: Component;
  /** 1..2^31 - 1. */
  readonly priority: number;
  /** Where packets are sent to. */
  readonly endpoint: Endpoint;
  /** How it was found. */
  readonly type: CandidateType;
}

/** One of ours. */
export interface LocalCandidate extends Candidate {
  /** What packets are sent from and arrive on: a slot of the relay. */
  readonly base: number;
}

/** A datagram to send. */
export interface IceTransmit {
  /** Where it leaves from. */
  readonly base: number;
  /** Where it goes. */
  readonly destination: Endpoint;
  /** The datagram. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** Something that has changed. */
export type IceEvent =
  /** Media of a component goes this way from now on. */
  | {
    readonly type: "selected";
    readonly component: Component;
    readonly base: number;
    readonly remote: Endpoint;
  }
  /** A source has shown that it knows our password: what it sends may be looked at. */
  | {
    readonly type: "validated";
    readonly component: Component;
    readonly base: number;
    readonly remote: Endpoint;
  }
  /** Every component has a pair. */
  | { readonly type: "completed" }
  /** No pair was found in time (RFC 8863). */
  | { readonly type: "failed" }
  /** The peer no longer consents to be sent to (RFC 7675 section 5.1). */
  | { readonly type: "disconnected" }
  /** A role conflict was solved by changing ours. */
  | { readonly type: "role"; readonly controlling: boolean };

/** Where an agent stands. */
export type IceState = "new" | "checking" | "completed" | "failed" | "disconnected";

/** What an agent is made of. */
export interface IceOptions {
  /** Ours. */
  readonly local: IceCredentials;
  /** All of ours. */
  readonly candidates: readonly LocalCandidate[];
  /** Role to begin with. */
  readonly controlling: boolean;
  /** Only answers (RFC 8445 section 2.5). */
  readonly lite: boolean;
  /** 64 bits. */
  readonly tieBreaker: bigint;
  /** 2 without rtcp-mux. */
  readonly components: Component;
  /** Random bytes, for transaction ids and the spread of timers. */
  readonly random: (length: number) => Uint8Array;
  /** After a restart: the peer's user name fragment before, whose checks are not for this agent. */
  readonly formerRemote?: string | undefined;
  /** Whether an address may be sent to at all; absent = any. */
  readonly allowed?: (target: Endpoint, base: number) => boolean;
}
