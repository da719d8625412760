/**
 * The control protocols from before ng: rtpproxy's over UDP and OpenSER mediaproxy's over TCP. Owns their
 * grammar and their replies; what they ask for becomes an ng request with a minimal session description,
 * so that calls come about, live and end as all others do. Knows no sockets.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { Clock } from "../core/clock.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export type { Settings } from "../core/settings.ts";
export type * from "../call/types.ts";
export type { LocalAddress, Slot, SlotCounters, SsrcCounters } from "../relay/types.ts";
export type { CachedReply, CookieCache } from "../ng/cookie_cache.ts";
export type { NgLog } from "../ng/dispatcher.ts";
export type { NgHandler, NgRequest } from "../ng/request.ts";
export type { NgDict, NgSource, NgTransport, NgValue, ReplyDict, ReplyValue } from "../ng/types.ts";
export {
  type Ended,
  type Exchange,
  LegacyCalls,
  type LegacyCallsOptions,
  type Totals,
} from "./calls.ts";
export type { Section } from "./description.ts";
export { Mediaproxy, type MediaproxyOptions } from "./mediaproxy.ts";
export { type MediaproxyCommand, parseMediaproxy, type Stream } from "./mediaproxy_parse.ts";
export { Rtpproxy, type RtpproxyOptions } from "./rtpproxy.ts";
export { parseRtpproxy, type RtpproxyCommand } from "./rtpproxy_parse.ts";
