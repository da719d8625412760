/**
 * The typed form of an ng request, filled by `schema.ts` from a decoded dictionary.
 *
 * @module
 */

import type { AttributeEdit } from "./attribute_edits.ts";
import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { NgDict, NgSource, NgValue } from "./types.ts";

/**
 * A request after schema parsing. Aliases are resolved to the canonical key, spaces, hyphens and
 * underscores in flags are equal, prefixed flags (`from-tags-…`, `endpoint-learning-…`) are folded into
 * their key. Unknown keys and flags are listed in `unknown` and otherwise ignored.
 */
export interface NgRequest {
  /** Command name as sent; compared exactly. */
  readonly command: string;
  /** Where the request came from. */
  readonly source: NgSource;
  /** The dictionary as decoded. */
  readonly dict: NgDict;
  /** `call-id`. */
  readonly callId?: ByteString;
  /** `from-tag`. */
  readonly fromTag?: ByteString;
  /** `to-tag`. */
  readonly toTag?: ByteString;
  /** `via-branch`. */
  readonly viaBranch?: ByteString;
  /** `sdp`. */
  readonly sdp?: ByteString;
  /** `label`, also `from-label`. */
  readonly label?: ByteString;
  /** `set-label`. */
  readonly setLabel?: ByteString;
  /** `to-label`. */
  readonly toLabel?: ByteString;
  /** `metadata`. */
  readonly metadata?: ByteString;
  /** Canonical flags, spelled as in `FLAGS` of `flag_table.ts` (`strict source`, `SIP source address`). */
  readonly flags: ReadonlySet<string>;
  /** Items of `replace`: `origin`, `origin-full`, `session connection`, `SDP version`, `username`, `session name`, `zero address`, `force-increment-sdp-ver`. */
  readonly replace: ReadonlySet<string>;
  /** Items of `rtcp-mux`. */
  readonly rtcpMux: ReadonlySet<string>;
  /** Items of `ICE`, lower case. */
  readonly ice: ReadonlySet<string>;
  /** Items of `DTLS`: `off`, `passive`, `active`. */
  readonly dtls: ReadonlySet<string>;
  /** Items of `SDES`; `order:…` and `offerer_pref:…` keep their suites. */
  readonly sdes: ReadonlySet<string>;
  /** Items of `OSRTP`, lower case. */
  readonly osrtp: ReadonlySet<string>;
  /** Items of `T.38`, lower case (`no-v.17`). */
  readonly t38: ReadonlySet<string>;
  /** Items of `bundle`, lower case. */
  readonly bundle: ReadonlySet<string>;
  /** `direction`: interface names, of which the first two count. */
  readonly direction: readonly ByteString[];
  /** `from-interface`; counts more than `direction`. */
  readonly fromInterface?: ByteString;
  /** `to-interface`; counts more than `direction`. */
  readonly toInterface?: ByteString;
  /** `inbound-peer`; port 0. */
  readonly inboundPeer?: Endpoint;
  /** `outbound-peer`; port 0. */
  readonly outboundPeer?: Endpoint;
  /** `interface`. */
  readonly interface?: ByteString;
  /** `address family`. */
  readonly addressFamily?: "IP4" | "IP6";
  /** `media address`; port 0. */
  readonly mediaAddress?: Endpoint;
  /** `received from`; port 0. */
  readonly receivedFrom?: Endpoint;
  /** `transport protocol`: `RTP/AVP`, …, `UDP/TLS/RTP/SAVPF`, or `accept`. */
  readonly transportProtocol?: string;
  /** `endpoint-learning`. */
  readonly endpointLearning?: "off" | "immediate" | "delayed" | "heuristic";
  /** 0..255, -1 = keep the packet's, absent = configured default. */
  readonly tos?: number;
  /** Seconds; absent = configured. */
  readonly deleteDelay?: number;
  /** Items of `supports` that matter here: `load limit`. */
  readonly supports: ReadonlySet<string>;
  /** `all`: `none`, `all`, `offer-answer`, `except-offer-answer`, `flows`. */
  readonly all?: string;
  /** `limit` of `list`; may be negative. */
  readonly limit?: number;
  /** `drop-traffic`. */
  readonly dropTraffic?: "start" | "stop";
  /** `media echo`: `blackhole`, `forward`, `backwards`, `both`. */
  readonly mediaEcho?: string;
  /** `generate RTCP`. */
  readonly generateRtcp?: boolean;
  /** `from-tags`. */
  readonly fromTags: readonly ByteString[];
  /** `xmlrpc-callback`. */
  readonly xmlrpcCallback?: ByteString;
  /** `address`. */
  readonly address?: ByteString;
  /** `ptime` in ms. */
  readonly ptime?: number;
  /** `ptime-reverse` in ms. */
  readonly ptimeReverse?: number;
  /** `codec` operations, each a list of codec strings. */
  readonly codec: ReadonlyMap<string, readonly ByteString[]>;
  /** `sdp-attr`, in order. */
  readonly attributeEdits: readonly AttributeEdit[];
  /** Known keys without a member of their own, by canonical name (`DTMF-security`); absent = none. */
  readonly other?: ReadonlyMap<string, NgValue>;
  /** Keys and flags nobody knows. */
  readonly unknown: readonly string[];
  /** Words that are understood but have no effect before a later part of the product is there. */
  readonly deferred: readonly string[];
}

/** Executes one command. Throws NgError or LoadLimit with nothing changed. */
export type NgHandler = (request: NgRequest) => import("./types.ts").ReplyDict;
