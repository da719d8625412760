/**
 * The admin API for whoever works on the host itself: no credential is asked for, because only the program's
 * own user and root can reach the socket.
 *
 * @module
 */

import { Hono } from "hono";
import type { NgLog } from "../ng/dispatcher.ts";
import type { NgSource } from "../ng/types.ts";
import { adminRoutes } from "./admin/app.ts";
import type { AdminServices } from "./admin/services.ts";
import type { WebApp, WebEnv } from "./services.ts";

const HERE = { family: 4, address: "127.0.0.1", port: 0 } as const;
const SOURCE: NgSource = { transport: "http", peer: HERE, local: HERE };

/** Builds the application. */
export function createConsoleApp(admin: AdminServices, log: NgLog): WebApp {
  const app = new Hono<WebEnv>();
  app.use(async (c, next) => {
    c.set("source", SOURCE);
    c.set("console", true);
    return await next();
  });
  app.route("/api/v1", adminRoutes(admin, log));
  app.notFound((c) => c.body("not found\n", 404));
  return app;
}
