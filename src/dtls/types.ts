/**
 * DTLS-SRTP (RFC 5763, 5764) between parts: a handshake as an object that takes datagrams and tells what
 * came of them, whoever computes it.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { SuiteName } from "../srtp/mod.ts";
import type { Fingerprint } from "./fingerprint.ts";

/** Who begins: `active` sends the ClientHello (RFC 5763 section 5). */
export type DtlsRole = "active" | "passive";

/** Master key and salt of one direction. */
export interface KeySalt {
  /** As long as the suite has it. */
  readonly key: Uint8Array;
  /** As long as the suite has it. */
  readonly salt: Uint8Array;
}

/** What a handshake agreed on. */
export interface DtlsKeys {
  /** For both directions. */
  readonly suite: SuiteName;
  /** Of what we send. */
  readonly local: KeySalt;
  /** Of what the peer sends. */
  readonly remote: KeySalt;
}

/** Where a handshake speaks from, and with whom. */
export interface DtlsPath {
  /** Port of ours, as the relay numbers them. */
  readonly slot: number;
  /** Who it is. */
  readonly destination: Endpoint;
}

/** What became of a handshake. */
export type DtlsNews =
  /** Keys are agreed with a peer whose certificate has one of the fingerprints. */
  | { readonly state: "connected"; readonly keys: DtlsKeys }
  /** It is over. `mismatch`: the certificate was another one. */
  | { readonly state: "failed"; readonly error: string; readonly mismatch: boolean }
  /** The peer has ended the connection. */
  | { readonly state: "closed" };

/** What a handshake is about. */
export interface DtlsTerms extends DtlsPath {
  /** Whether it begins. */
  readonly role: DtlsRole;
  /** The peer's certificate has to have one of them. */
  readonly fingerprints: readonly Fingerprint[];
  /** Told what became of it, never while one of its methods is called. */
  readonly told: (news: DtlsNews) => void;
}

/**
 * One handshake and the connection it becomes. It sends by itself, and repeats what gets lost; none of its
 * methods waits.
 */
export interface DtlsHandshake {
  /** Datagrams of its peer have come to it without {@link receive}: such as are no ClientHello may. */
  readonly heard: boolean;
  /** In the active role: begins. */
  begin(): void;
  /** Takes a datagram; when too many wait it is lost. */
  receive(datagram: Uint8Array): void;
  /** From here on it speaks with somebody else, or from elsewhere. */
  aim(path: DtlsPath): void;
  /**
   * Once connected: the keys are in place. What tells the peer that it may send leaves now, and not before.
   */
  accept(): void;
  /** Ends it without a word, wipes keys and memory. Nothing is told any more. */
  free(): void;
}

/** Makes handshakes under one certificate. */
export interface DtlsEngine {
  /** Ours (DER): `a=fingerprint` is made from it. */
  readonly certificate: Uint8Array;
  /** A handshake that has not begun. @throws Error when there is no memory for it */
  handshake(terms: DtlsTerms): DtlsHandshake;
  /** Ends the engine; handshakes under way go on. */
  free(): void;
}
