/**
 * The typed form of an ng request, filled by `schema.ts` from a decoded dictionary.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { NgDict, NgSource, NgValue } from "./types.ts";

/**
 * A request after schema parsing. Aliases are resolved to the canonical key, spaces, hyphens and
 * underscores in flags are equal, prefixed flags (`from-tags-…`, `endpoint-learning-…`) are folded into
 * their key. Unknown keys and flags are listed in `unknown` and otherwise ignored.
 */
export interface NgRequest {
  readonly command: string;
  readonly source: NgSource;
  /** The dictionary as decoded. */
  readonly dict: NgDict;
  readonly callId?: ByteString;
  readonly fromTag?: ByteString;
  readonly toTag?: ByteString;
  readonly viaBranch?: ByteString;
  readonly sdp?: ByteString;
  readonly label?: ByteString;
  readonly setLabel?: ByteString;
  readonly toLabel?: ByteString;
  readonly metadata?: ByteString;
  /** Canonical flags (spelling of the reference, spaces: `strict source`, `SIP source address`). */
  readonly flags: ReadonlySet<string>;
  /** Items of `replace`, canonical with spaces (`session connection`). */
  readonly replace: ReadonlySet<string>;
  /** Items of `rtcp-mux`. */
  readonly rtcpMux: ReadonlySet<string>;
  /** Items of `ICE`, lower case. */
  readonly ice: ReadonlySet<string>;
  /** Items of `DTLS`, `SDES`, `OSRTP`, `T.38`, `bundle`, lower case except suites. */
  readonly dtls: ReadonlySet<string>;
  readonly sdes: ReadonlySet<string>;
  readonly osrtp: ReadonlySet<string>;
  readonly t38: ReadonlySet<string>;
  readonly bundle: ReadonlySet<string>;
  /** `direction`: one or two interface names. */
  readonly direction: readonly ByteString[];
  readonly interface?: ByteString;
  readonly addressFamily?: "IP4" | "IP6";
  readonly mediaAddress?: Endpoint;
  /** `received from`; port 0. */
  readonly receivedFrom?: Endpoint;
  readonly transportProtocol?: string;
  readonly endpointLearning?: "off" | "immediate" | "delayed" | "heuristic";
  /** 0..255, -1 = keep the packet's, absent = configured default. */
  readonly tos?: number;
  /** Seconds; absent = configured. */
  readonly deleteDelay?: number;
  readonly supports: ReadonlySet<string>;
  readonly all?: string;
  /** `list` */
  readonly limit?: number;
  readonly dropTraffic?: "start" | "stop";
  readonly mediaEcho?: string;
  readonly generateRtcp?: boolean;
  readonly fromTags: readonly ByteString[];
  readonly xmlrpcCallback?: ByteString;
  readonly address?: ByteString;
  readonly ptime?: number;
  readonly ptimeReverse?: number;
  /** `codec` operations, each a list of codec strings. */
  readonly codec: ReadonlyMap<string, readonly ByteString[]>;
  /** Known keys without a member of their own, by canonical name (`DTMF-security`); absent = none. */
  readonly other?: ReadonlyMap<string, NgValue>;
  /** Keys and flags nobody knows. */
  readonly unknown: readonly string[];
}

/** Executes one command. Throws NgError or LoadLimit with nothing changed. */
export type NgHandler = (request: NgRequest) => import("./types.ts").ReplyDict;
