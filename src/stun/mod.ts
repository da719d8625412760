/**
 * STUN (RFC 8489) as far as ICE (RFC 8445) needs it: Binding messages to bytes and back, with short-term
 * credentials. Owns no state and knows nothing of candidates.
 *
 * @module
 */

export type { Endpoint, Family } from "../core/endpoint.ts";
export { buildStun } from "./build.ts";
export { parseStun } from "./parse.ts";
export type { ReceivedStun, StunClass, StunMessage } from "./types.ts";
