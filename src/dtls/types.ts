/**
 * DTLS-SRTP (RFC 5763, 5764) between parts: a handshake as an object that takes datagrams and gives
 * datagrams, whoever computes it.
 *
 * @module
 */

import type { SuiteName } from "../srtp/mod.ts";

/** Who begins: `active` sends the ClientHello (RFC 5763 section 5). */
export type DtlsRole = "active" | "passive";

/** Where a handshake stands. */
export type DtlsState = "handshake" | "connected" | "failed" | "closed";

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

/** What one step brought. */
export interface DtlsStep {
  /** Where the handshake stands now. */
  readonly state: DtlsState;
  /** Datagrams to send. */
  readonly datagrams: readonly Uint8Array<ArrayBuffer>[];
  /** Ms after which to step again without input; undefined = never. */
  readonly timeout: number | undefined;
  /** Once connected. */
  readonly keys: DtlsKeys | undefined;
  /** Why it failed; empty otherwise. */
  readonly error: string;
}

/** One handshake and the connection it becomes. Steps must not overlap. */
export interface DtlsHandshake {
  /** Takes a datagram, or nothing: to begin, or because the time-out has passed. */
  step(datagram?: Uint8Array): Promise<DtlsStep>;
  /** The peer's certificate (DER), once connected. */
  peerCertificate(): Uint8Array | undefined;
  /** Says goodbye. @returns datagrams to send */
  close(): readonly Uint8Array<ArrayBuffer>[];
  /** Wipes keys and memory; nothing may be called afterwards. */
  free(): void;
}

/** Makes handshakes under one certificate. */
export interface DtlsEngine {
  /** Ours (DER): `a=fingerprint` is made from it. */
  readonly certificate: Uint8Array;
  /** A handshake that has not begun. @throws Error when there is no memory for it */
  handshake(role: DtlsRole): DtlsHandshake;
  /** Ends the engine; handshakes under way go on. */
  free(): void;
}
