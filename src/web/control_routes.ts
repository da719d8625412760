/**
 * The routes that control software uses: `/ng`, `/ng-plain`, `/cli`, `/metrics`, `/ping`.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { type ByteString, fromBytes, toBytes } from "../core/bytes.ts";
import { readBody } from "./body.ts";
import type { WebEnv, WebServices } from "./services.ts";

const NG_TYPE = "application/x-rtpengine-ng";
const JSON_TYPE = "application/json";
const TEXT_TYPE = "text/plain";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type WebContext = Context<WebEnv>;

/** The routes, to be mounted at the root. */
export function controlRoutes(services: WebServices): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();

  routes.get("/ping", (c) => c.body("pong\n", 200, { "Content-Type": TEXT_TYPE }));

  routes.get("/metrics", async (c) => {
    return c.body(await services.metrics(), 200, { "Content-Type": METRICS_TYPE });
  });

  routes.post("/ng", async (c) => {
    const body = await bodyOf(c, services.maxBody, [NG_TYPE]);
    if (body instanceof Response) return body;
    const reply = await services.ng.handle(body, c.get("source"));
    return reply === undefined ? plain(c, "error\n", 400) : bytes(c, reply, NG_TYPE);
  });

  routes.post("/ng-plain", async (c) => {
    const body = await bodyOf(c, services.maxBody, [NG_TYPE, JSON_TYPE]);
    if (body instanceof Response) return body;
    return bytes(c, await services.ng.handlePlain(body, c.get("source")), NG_TYPE);
  });

  routes.post("/cli", async (c) => {
    const body = await bodyOf(c, services.maxBody, [TEXT_TYPE]);
    if (body instanceof Response) return body;
    const line = fromBytes(body).replace(/\r?\n$/, "");
    return bytes(c, toBytes(await services.cli(line)), TEXT_TYPE);
  });

  routes.get("/cli/*", async (c) => {
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

function plain(c: WebContext, text: string, status: 400 | 413 | 415): Response {
  return c.body(text, status, { "Content-Type": TEXT_TYPE });
}
