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
  /** What follows the first `=`. */
  readonly value: ByteString;
  /** Name of an attribute (`rtpmap`), empty for every other type. */
  readonly name: ByteString;
  /** What follows the colon of an attribute, undefined for a property attribute (`a=sendrecv`). */
  readonly param: ByteString | undefined;
  /** How the line ended. */
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
  /** User name on the originating host, often `-`. */
  readonly username: ByteString;
  /** Names the session together with the other fields but `version`. */
  readonly sessionId: ByteString;
  /** Decimal number that grows with each change. */
  readonly version: ByteString;
  /** `IN`. */
  readonly netType: ByteString;
  /** `IP4` or `IP6`. */
  readonly addressType: ByteString;
  /** Address or host name. */
  readonly address: ByteString;
}

/** `m=` (RFC 8866 section 5.14). */
export interface SdpMediaLine {
  /** `audio`, `video`, `image`, … */
  readonly type: ByteString;
  /** 0..65535, 0 = rejected. */
  readonly port: number;
  /** `RTP/AVP`, `udptl`, … */
  readonly protocol: ByteString;
  /** Format list as written. */
  readonly formats: ByteString;
}

/** Lines up to the first `m=`. */
export interface SdpSession {
  /** In order, `v=` first. */
  readonly lines: readonly SdpLine[];
  /** `o=`, undefined when there is none. */
  readonly origin: SdpOrigin | undefined;
  /** `c=` of the session level. */
  readonly connection: SdpAddress | undefined;
}

/** One `m=` line and what belongs to it. */
export interface SdpMedia {
  /** The first one is the `m=` line. */
  readonly lines: readonly SdpLine[];
  /** The `m=` line, read. */
  readonly media: SdpMediaLine;
  /** Its own `c=`; see {@link connectionOf} for the one in effect. */
  readonly connection: SdpAddress | undefined;
}

/** A session description. */
export interface Sdp {
  /** Session level. */
  readonly session: SdpSession;
  /** Media sections in order. */
  readonly medias: readonly SdpMedia[];
  /** Text after a blank line, which ends a description; kept, not looked at. */
  readonly trailer: ByteString;
}

/** `a=rtcp` (RFC 3605). */
export interface SdpRtcp {
  /** 1..65535 */
  readonly port: number;
  /** Own address, when it names one that can be read. */
  readonly address: SdpAddress | undefined;
}

/** `sendrecv` and the like, as the one who wrote it means it. */
export type SdpDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";
