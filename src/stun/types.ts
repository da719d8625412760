/**
 * STUN messages (RFC 8489) as ICE (RFC 8445) uses them.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";

/** What a message is. Only the method Binding is known. */
export type StunClass = "request" | "indication" | "success" | "error";

/** A message, without its integrity attributes. */
export interface StunMessage {
  /** Request, indication or one of the responses. */
  readonly class: StunClass;
  /** 12 bytes, one character per byte. */
  readonly transaction: string;
  /** `USERNAME`. */
  readonly username?: string | undefined;
  /** `XOR-MAPPED-ADDRESS`, or `MAPPED-ADDRESS` where there is no other. */
  readonly mapped?: Endpoint | undefined;
  /** `PRIORITY`, 32 bits. */
  readonly priority?: number | undefined;
  /** `USE-CANDIDATE`. */
  readonly useCandidate?: boolean | undefined;
  /** `ICE-CONTROLLING`: the tie-breaker, 64 bits. */
  readonly controlling?: bigint | undefined;
  /** `ICE-CONTROLLED`: the tie-breaker, 64 bits. */
  readonly controlled?: bigint | undefined;
  /** `ERROR-CODE`, 300..699, and its phrase. */
  readonly error?: { readonly code: number; readonly reason: string } | undefined;
  /** `UNKNOWN-ATTRIBUTES` of an error 420. */
  readonly unknownAttributes?: readonly number[] | undefined;
  /** `SOFTWARE`. */
  readonly software?: string | undefined;
}

/** A message that came in. */
export interface ReceivedStun extends StunMessage {
  /** Attributes that have to be understood (type below 0x8000) and are not. */
  readonly notUnderstood: readonly number[];
  /** Whether `MESSAGE-INTEGRITY` is there and was made with this key. */
  authentic(key: string): boolean;
}

/** Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1). */
export const ATTRIBUTE = {
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  software: 0x8022,
  fingerprint: 0x8028,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** RFC 8489 section 5. */
export const MAGIC_COOKIE = 0x2112a442;
/** Type, length, magic cookie and transaction id. */
export const HEADER_BYTES = 20;
/** XORed into the CRC of `FINGERPRINT` (RFC 8489 section 14.7). */
export const FINGERPRINT_XOR = 0x5354554e;
/** Bytes of a message that is looked at: more than any ICE agent sends. */
export const MAX_BYTES = 1500;
