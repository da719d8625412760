/**
 * The web application: what every request passes, and the routes.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { Hono } from "hono";
import { formatEndpoint } from "../core/endpoint.ts";
import { makeEndpoint } from "../core/ip.ts";
import type { NgSource } from "../ng/types.ts";
import { adminRoutes } from "./admin/app.ts";
import { controlRoutes } from "./control_routes.ts";
import { dashboardRoutes } from "./dashboard/routes.ts";
import { isCrossOrigin } from "./same_origin.ts";
import type { WebApp, WebEnv, WebServices } from "./services.ts";

const TEXT = { "Content-Type": "text/plain" };
const METHODS = "GET, HEAD, POST, OPTIONS";

/** Builds the application. */
export function createApp(services: WebServices): WebApp {
  const app = new Hono<WebEnv>();

  app.use(async (c, next) => {
    const { incoming } = c.env;
    const source = sourceOf(incoming);
    const verdict = services.admit(source.peer.address);
    if (verdict === "rate") return c.body("too many requests\n", 429, TEXT);
    if (verdict === "source" || isCrossOrigin(incoming.headers, source.transport === "https")) {
      return c.body("forbidden\n", 403, TEXT);
    }
    if (services.isOurHost?.(incoming.headers.host) === false) {
      return c.body("misdirected: http-hosts does not name this host\n", 421, TEXT);
    }
    c.set("source", source);
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Cache-Control", "no-store");
    return await next();
  });

  if (services.admin !== undefined) {
    app.route("/api/v1", adminRoutes(services.admin, services.log));
    app.route("/", dashboardRoutes(services.admin, services.log));
    // programs that ask for the root get what they always got
    app.get("/", async (c, next) => {
      return c.req.header("accept")?.includes("text/html") === true
        ? c.redirect("/ui/", 302)
        : await next();
    });
  }
  app.route("/", controlRoutes(services));
  app.options("*", (c) => c.body("", 200, { ...TEXT, "Allow": METHODS }));
  app.notFound((c) => c.body("not found\n", 404, TEXT));

  app.onError((error, c) => {
    const { incoming } = c.env;
    // Clients that go away in the middle of a request are nobody's fault here.
    const level = incoming.complete ? "error" : "debug";
    services.log(level, "A web request failed", {
      peer: formatEndpoint(sourceOf(incoming).peer),
      method: incoming.method,
      path: incoming.url,
      error,
    });
    return c.body("error\n", 500, TEXT);
  });

  return app;
}

/** Who sent a request, and which of our addresses it came to. */
export function sourceOf(incoming: IncomingMessage, kind: "http" | "ws" = "http"): NgSource {
  const { socket } = incoming;
  const transport = "encrypted" in socket && socket.encrypted === true ? `${kind}s` as const : kind;
  return {
    transport,
    peer: endpointOf(socket.remoteAddress, socket.remotePort),
    local: endpointOf(socket.localAddress, socket.localPort),
  };
}

/** The socket may be gone already; then there is no address any more. */
function endpointOf(address: string | undefined, port: number | undefined): NgSource["peer"] {
  return makeEndpoint((address ?? "").replace(/%.*$/, ""), port ?? 0) ??
    { family: 4, address: "0.0.0.0", port: 0 };
}
