/**
 * Tells the SIP side by XML-RPC that a call has timed out, so that it ends the dialogue (`b2b-url`). Must not
 * know how calls work, only that they end.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { CallObserver, CallView, CloseReason } from "../call/types.ts";
export { TeardownNotifier, type TeardownOptions } from "./notifier.ts";
export { httpPost, type Post, type PostResult } from "./post.ts";
export { teardownBodies, type TeardownFormat } from "./xmlrpc.ts";
