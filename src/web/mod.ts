/**
 * HTTP routes as a Hono application. Owns paths, methods, content types and what browsers may do; knows
 * neither sockets nor what stands behind the routes.
 *
 * @module
 */

export { OPERATIONS } from "./admin/operations.ts";
export type { Input, Operation, RequestContext } from "./admin/operation.ts";
export * from "./admin/observation.ts";
export * from "./admin/reports.ts";
export * from "./admin/schema.ts";
export type * from "../access/mod.ts";
export { jsonOf, textOf } from "./admin/call_report.ts";
export type { AdminServices } from "./admin/services.ts";
export type {
  BackupServices,
  CertificateServices,
  RestorePart,
  UpkeepServices,
} from "./admin/upkeep.ts";
export * from "./admin/upkeep_reports.ts";
export { lineOf } from "./admin/log_operations.ts";
export { createApp, sourceOf } from "./app.ts";
export { createConsoleApp } from "./console_app.ts";
export { hostCheck } from "./host_names.ts";
export { LiveHub, MAX_WATCHERS } from "./live.ts";
export { presentedBy } from "./presented.ts";
export { isCrossOrigin, type OriginHeaders } from "./same_origin.ts";
export type { WebApp, WebEnv, WebServices } from "./services.ts";
