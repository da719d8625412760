/**
 * HTTP routes as a Hono application. Owns paths, methods, content types and what browsers may do; knows
 * neither sockets nor what stands behind the routes.
 *
 * @module
 */

export { createApp, sourceOf } from "./app.ts";
export { isCrossOrigin, type OriginHeaders } from "./same_origin.ts";
export type { WebApp, WebEnv, WebServices } from "./services.ts";
