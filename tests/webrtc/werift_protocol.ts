/**
 * What a test and its werift peer in another namespace say to each other: one JSON object per line.
 *
 * @module
 */

import type { FoundCandidate } from "./browser_peer.ts";

/** What a peer is started with. */
export interface WeriftSetup {
  /** Its address; it has no other candidates. */
  readonly host: string;
  /** Frequency of the tone it sends as A-law, hertz. */
  readonly tone: number;
  /** Whether it is an ICE-lite agent (RFC 8445 section 2.5). */
  readonly lite: boolean;
}

/** What a peer heard since the last report, and where it stands. */
export interface WeriftReport {
  /** RTP packets. */
  readonly packets: number;
  /** Sources. */
  readonly sources: readonly number[];
  /** The newest second of audio, 8000 samples a second. */
  readonly samples: readonly number[];
  /** State of the connection. */
  readonly connection: string;
  /** State of ICE. */
  readonly ice: string;
  /** Milliseconds from the remote description to the connection; absent: not connected. */
  readonly connectedAfter?: number;
}

/** Every operation with its arguments and its result. */
export interface WeriftOperations {
  /** An offer, with every candidate unless it trickles. */
  offer: { in: { trickle: boolean; restart: boolean }; out: string };
  /** Takes an offer and makes the answer. */
  answer: { in: { sdp: string; trickle: boolean }; out: string };
  /** Takes an answer. */
  accept: { in: { sdp: string }; out: null };
  /** Takes the candidates found since the last call. */
  candidates: { in: null; out: readonly FoundCandidate[] };
  /** Tells where it stands. */
  report: { in: null; out: WeriftReport };
}

/** Name of an operation. */
export type WeriftOperation = keyof WeriftOperations;
