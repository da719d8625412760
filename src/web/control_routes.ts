/**
 * The routes that control software uses: `/ng`, `/ng-plain`, `/cli`, `/metrics`, `/ping`.
 *
 * @module
 */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { OPEN_GUARD, type Permission } from "../access/mod.ts";
import { type ByteString, fromBytes, toBytes } from "../core/bytes.ts";
import { readBody } from "./body.ts";
import { presentedBy } from "./presented.ts";
import type { WebEnv, WebServices } from "./services.ts";

const NG_TYPE = "application/x-rtpengine-ng";
const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type WebContext = Context<WebEnv>;

/** The routes, to be mounted at the root. */
export function controlRoutes(services: WebServices): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const { guard = OPEN_GUARD } = services;

  /** Lets those on who may, before anything else of the request is looked at. */
  const need = (permission: Permission): MiddlewareHandler<WebEnv> => async (c, next) => {
    const grant = guard.grant(presentedBy(c.env.incoming), permission);
    if (!grant.allowed) {
      c.header("Connection", "close");
      if (grant.because === "forbidden") return plain(c, `${grant.message}\n`, 403);
      c.header("WWW-Authenticate", 'Bearer realm="rtpedge"');
      return plain(c, `${grant.message}: Authorization: Bearer TOKEN\n`, 401);
    }
    if (!grant.permissions.has("admin")) c.set("source", { ...c.get("source"), callsOnly: true });
    return await next();
  };

  routes.get("/ping", (c) => c.body("pong\n", 200, { "Content-Type": TEXT_TYPE }));

  routes.get("/metrics", need("read"), async (c) => {
    return c.body(await services.metrics(), 200, { "Content-Type": METRICS_TYPE });
  });

  routes.post("/ng", need("ng"), async (c) => {
    const body = await bodyOf(c, services.maxBody, [NG_TYPE]);
    if (body instanceof Response) return body;
    const reply = await services.ng.handle(body, c.get("source"));
    return reply === undefined ? plain(c, "error\n", 400) : bytes(c, reply, NG_TYPE);
  });

  routes.post("/ng-plain", need("ng"), async (c) => {
    const body = await bodyOf(c, services.maxBody, [NG_TYPE, JSON_TYPE]);
    if (body instanceof Response) return body;
    return bytes(c, await services.ng.handlePlain(body, c.get("source")), NG_TYPE);
  });

  routes.post("/cli", need("admin"), async (c) => {
    const body = await bodyOf(c, services.maxBody, [TEXT_TYPE]);
    if (body instanceof Response) return body;
    const line = fromBytes(body).replace(/\r?\n$/, "");
    return bytes(c, toBytes(await services.cli(line)), TEXT_TYPE);
  });

  routes.get("/cli/*", need("admin"), async (c) => {
    const url = c.env.incoming.url ?? "";
    if (!url.startsWith("/cli/")) return c.notFound();
    const line = commandLine(url);
    if (line === undefined) return plain(c, "malformed escape\n", 400);
    return bytes(c, toBytes(await services.cli(line)), TEXT_TYPE);
  });

  return routes;
}

/** The command after `/cli/`: `+` and `%20` are spaces, `%XX` is a byte. */
function commandLine(url: string): ByteString | undefined {
  const path = url.replace(/[?#].*$/s, "").slice("/cli/".length);
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  return path.replaceAll("+", " ").replaceAll(/%../g, (escape) => {
    return String.fromCharCode(parseInt(escape.slice(1), 16));
  });
}

async function bodyOf(
  c: WebContext,
  max: number,
  types: readonly string[],
): Promise<Uint8Array | Response> {
  const { incoming } = c.env;
  const type = incoming.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  // Also a safeguard: a page of another site cannot send these types without asking first.
  if (type === undefined || !types.includes(type)) {
    return plain(c, `Content-Type must be ${types.join(" or ")}\n`, 415);
  }
  const body = await readBody(incoming, max);
  if (body !== undefined) return body;
  c.header("Connection", "close");
  return plain(c, `request body is longer than ${max} bytes\n`, 413);
}

function bytes(c: WebContext, body: Uint8Array, type: string): Response {
  return c.body(body as Uint8Array<ArrayBuffer>, 200, { "Content-Type": type });
}

function plain(c: WebContext, text: string, status: 400 | 401 | 403 | 413 | 415): Response {
  return c.body(text, status, { "Content-Type": TEXT_TYPE });
}
