/**
 * DTLS handshakes over the ports of a relay core: what is asked of it, and what it tells.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { Slot } from "./types.ts";

/** Where a handshake stands, once there is something to tell. */
export type DtlsLinkState = "connected" | "failed" | "closed";

/** What a handshake is about. */
export interface DtlsLinkTerms {
  /** `struct rtpe_dtls_ctx`. */
  readonly context: Deno.PointerObject;
  /** It begins. */
  readonly active: boolean;
  /** Largest UDP payload, 576..65507. */
  readonly mtu: number;
  /** Digests one of which the peer's certificate has to have; their length says what they are of. */
  readonly digests: readonly Uint8Array[];
  /** Port it speaks from. */
  readonly slot: Slot;
  /** Who it speaks with. */
  readonly destination: Endpoint;
}

/** What became of a handshake. */
export interface DtlsLinkNews {
  /** Where it stands now. */
  readonly state: DtlsLinkState;
  /** It failed for the peer's certificate. */
  readonly mismatch: boolean;
  /** Why it failed; empty otherwise. */
  readonly error: string;
  /** SRTP protection profile (RFC 5764 section 4.1.2); 0 unless it is connected. */
  readonly profile: number;
  /** Master key of what we send; empty unless it is connected, as the next three. */
  readonly localKey: Uint8Array<ArrayBuffer>;
  /** Master salt of it. */
  readonly localSalt: Uint8Array<ArrayBuffer>;
  /** Master key of what the peer sends. */
  readonly remoteKey: Uint8Array<ArrayBuffer>;
  /** Master salt of it. */
  readonly remoteSalt: Uint8Array<ArrayBuffer>;
}

/** A handshake. Once its core is shut down its methods do nothing. */
export interface DtlsLink {
  /**
   * Whether datagrams have come to it straight from its port: those of its destination that are no ClientHello.
   */
  readonly heard: boolean;
  /** Hands it a datagram, or begins. What is too much is lost, as on any network. */
  feed(datagram?: Uint8Array): void;
  /** From here on it speaks with somebody else. */
  aim(slot: Slot, destination: Endpoint): void;
  /** Keys are in place: what tells the peer that it may send leaves now. */
  accept(): void;
  /** Ends it without a word and wipes its keys. Nothing is told of it any more. */
  free(): void;
}

/** All handshakes over the ports of a core. */
export interface DtlsLinks {
  /**
   * A handshake that has not begun.
   *
   * @param told called when it is connected, has failed or was closed
   * @throws Error when there is no memory for it
   */
  open(terms: DtlsLinkTerms, told: (news: DtlsLinkNews) => void): DtlsLink;
}
