/**
 * The session description as a model (RFC 8866): sections of lines, each line kept as it was written. What
 * nobody here understands stays in place byte for byte, so that printing a parsed text gives the text.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Family } from "../core/endpoint.ts";

/** How a line ended. The last line of a text may have no end. */
export type LineEnd = "\r\n" | "\n" | "";

/** One line, `type=value`. */
export interface SdpLine {
  /** The letter before `=`. */
  readonly type: string;
  readonly value: ByteString;
  /** Name of an attribute (`rtpmap`), empty for every other type. */
  readonly name: ByteString;
  /** What follows the colon of an attribute, undefined for a property attribute (`a=sendrecv`). */
  readonly param: ByteString | undefined;
  readonly end: LineEnd;
}

/** `c=`, and the address part of `o=` and `a=rtcp`. */
export interface SdpAddress {
  /** Family of `address`; an IPv4-mapped IPv6 address counts as what the text says. */
  readonly family: Family;
  /** Canonical text. */
  readonly address: string;
  /** `0.0.0.0` or `::`: the obsolete way of RFC 2543 to put a call on hold. */
  readonly unspecified: boolean;
}

/** `o=` (RFC 8866 section 5.2). Its address is not looked at, it may be a host name. */
export interface SdpOrigin {
  readonly username: ByteString;
  readonly sessionId: ByteString;
  readonly version: ByteString;
  readonly netType: ByteString;
  readonly addressType: ByteString;
  readonly address: ByteString;
}

/** `m=` (RFC 8866 section 5.14). */
export interface SdpMediaLine {
  readonly type: ByteString;
  /** 0..65535, 0 = rejected. */
  readonly port: number;
  readonly protocol: ByteString;
  /** Format list as written. */
  readonly formats: ByteString;
}

/** Lines up to the first `m=`. */
export interface SdpSession {
  readonly lines: readonly SdpLine[];
  readonly origin: SdpOrigin | undefined;
  readonly connection: SdpAddress | undefined;
}

/** One `m=` line and what belongs to it. */
export interface SdpMedia {
  /** The first one is the `m=` line. */
  readonly lines: readonly SdpLine[];
  readonly media: SdpMediaLine;
  /** Its own `c=`; see {@link connectionOf} for the one in effect. */
  readonly connection: SdpAddress | undefined;
}

/** A session description. */
export interface Sdp {
  readonly session: SdpSession;
  readonly medias: readonly SdpMedia[];
  /** Text after a blank line, which ends a description; kept, not looked at. */
  readonly trailer: ByteString;
}

/** `a=rtcp` (RFC 3605). */
export interface SdpRtcp {
  readonly port: number;
  readonly address: SdpAddress | undefined;
}

/** `sendrecv` and the like, as the one who wrote it means it. */
export type SdpDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";
