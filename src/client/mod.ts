/**
 * Clients for programs: the ng protocol and the admin API, both over HTTP. They use `fetch` and nothing of
 * the daemon but types.
 *
 * @module
 */

export {
  AdminClient,
  type AuditFilter,
  type AuditReport,
  type CallFilter,
  type CallPage,
  type CaptureRequest,
} from "./admin_client.ts";
export type { KeptEntry, LogFilter } from "../log/mod.ts";
export { AdminError, type ClientOptions } from "./connection.ts";
export {
  type NgAnswer,
  NgClient,
  type NgField,
  type NgOffer,
  NgRefusal,
  type NgReply,
  type NgTarget,
} from "./ng_client.ts";
