/**
 * What is known of secure media in one section towards one party: ICE (RFC 8839), DTLS-SRTP (RFC 5763) and
 * SDES (RFC 4568), as heard, as told, and as agreed. Plain data, which the journal keeps with the section.
 * Agents, handshakes and keys in rules are made from it by whoever carries the calls.
 *
 * @module
 */

import type { Fingerprint, HashName } from "../dtls/fingerprint.ts";
import type { Candidate, IceCredentials } from "../ice/types.ts";
import type { CryptoAttribute } from "../srtp/sdes.ts";

/** `a=setup` (RFC 4145). */
export type Setup = "active" | "passive" | "actpass" | "holdconn";

/** ICE as one side describes itself. */
export interface IceDescription {
  /** User name fragment and password. */
  readonly credentials: IceCredentials;
  /** `a=ice-lite`. */
  readonly lite: boolean;
  /** `a=ice-options:trickle`: candidates may come one by one (RFC 8840). */
  readonly trickle: boolean;
}

/** ICE of the party. */
export interface RemoteIce extends IceDescription {
  /** Those that can be used, at most {@link MAX_CANDIDATES}, fragments included. */
  readonly candidates: readonly Candidate[];
  /** No more candidates will follow. */
  readonly complete: boolean;
}

/** Candidates of one section that are kept; the others are not looked at. */
export const MAX_CANDIDATES = 100;

/** ICE with one party. */
export interface IceAgreement {
  /** What the party said; undefined until it has. */
  readonly remote: RemoteIce | undefined;
  /** What we say to it. */
  readonly local: IceDescription;
  /** `offered`: we wait for the answer. `agreed`: both have described themselves, checks may run. */
  readonly stage: "offered" | "agreed";
  /**
   * Counts from 0. A higher number is an ICE restart (RFC 8445 section 9): credentials are new, the agent
   * is made anew, and what it selected before stays in use until it has selected something.
   */
  readonly generation: number;
}

/** DTLS as both describe it. */
export interface DtlsDescription {
  /** `a=fingerprint` of the party; empty until it has said so. */
  readonly fingerprints: readonly Fingerprint[];
  /** `a=setup` of the party. */
  readonly remoteSetup: Setup | undefined;
  /** `a=tls-id` (RFC 8842) of the party. */
  readonly remoteTlsId: string | undefined;
  /** `a=setup` we say; our role, once there is an answer. */
  readonly localSetup: Setup;
  /** Hash function of the fingerprint we say. */
  readonly hash: HashName;
  /** `a=tls-id` we say; undefined = none. */
  readonly localTlsId: string | undefined;
  /** Counts from 0. A higher number is a new association (RFC 8842 section 4), with new keys. */
  readonly generation: number;
}

/**
 * Where the keys of a section's SRTP with one party come from.
 *
 * - `none`: there is no SRTP.
 * - `offered`: something was offered, and the answer will say what it will be. Packets that come before it
 *   can be read with the keys of `receive`'s suite at the earliest then.
 * - `sdes`: these keys, `receive` for packets of the party, `send` for packets to it.
 * - `dtls`: by a handshake in which our role is `role`.
 */
export type Keying =
  | { readonly type: "none" }
  | { readonly type: "offered" }
  | {
    readonly type: "sdes";
    readonly receive: CryptoAttribute;
    readonly send: CryptoAttribute;
  }
  | { readonly type: "dtls"; readonly role: "active" | "passive" };

/** Secure media of one section towards one party. */
export interface SecureState {
  /** ICE with this party; undefined = not in use. */
  readonly ice: IceAgreement | undefined;
  /** Role of ICE-lite (RFC 8445 section 2.5) towards this party, which stays until told otherwise. */
  readonly lite: boolean;
  /** DTLS as said by either; undefined = nobody did. */
  readonly dtls: DtlsDescription | undefined;
  /** `a=crypto` of this party's last description, in its order, those with known suites. */
  readonly heard: readonly CryptoAttribute[];
  /** `a=crypto` in the last description for this party. */
  readonly told: readonly CryptoAttribute[];
  /** Where keys come from. */
  readonly keying: Keying;
  /** SRTP was offered under a profile without it (RFC 8643), by either side. */
  readonly opportunistic: boolean;
  /** Packets are decrypted and encrypted again although the keys are the same on both sides. */
  readonly recrypt: boolean;
}

/** Plain RTP, no ICE. */
export const NO_SECURITY: SecureState = {
  ice: undefined,
  lite: false,
  dtls: undefined,
  heard: [],
  told: [],
  keying: { type: "none" },
  opportunistic: false,
  recrypt: false,
};

/** What secure media needs from outside. */
export interface SecureSource {
  /** Random bytes from the system. */
  random(length: number): Uint8Array;
  /** Our certificate's digest. */
  fingerprint(hash: HashName): Fingerprint;
  /** `dtls-passive`: we prefer to be the server of handshakes. */
  readonly dtlsPassive: boolean;
}
