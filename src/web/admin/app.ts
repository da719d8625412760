/**
 * The admin API as routes: who asks, whether they may, input, answer, errors, headers. The order matters:
 * nothing of a request is parsed before its sender may send it.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { type Context, Hono } from "hono";
import { type By, CONSOLE, sameSecret } from "../../access/mod.ts";
import { formatEndpoint } from "../../core/endpoint.ts";
import { classifyIp, parseIp } from "../../core/ip.ts";
import { SourceLimiter } from "../../core/token_bucket.ts";
import type { NgLog } from "../../ng/dispatcher.ts";
import { readBody } from "../body.ts";
import type { WebEnv } from "../services.ts";
import { COOKIE, identify, type Identity } from "./identity.ts";
import { openApi } from "./openapi.ts";
import type { Operation, RequestContext } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Problem, problemOf } from "./problem.ts";
import { Download, type FileAnswer, fromTexts, Upload } from "./schema.ts";
import type { AdminServices } from "./services.ts";

/** Largest body. */
const MAX_BODY = 65_536;
const RATE = { rate: 50, burst: 200, maxSources: 16_384 };
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
};

type ApiContext = Context<WebEnv>;

/** The routes, to be mounted at `/api/v1`. */
export function adminRoutes(services: AdminServices, log: NgLog): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const limiter = new SourceLimiter(services.clock, RATE);
  const document = JSON.stringify(openApi(services.version));

  routes.use(async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const { peer, transport } = c.get("source");
    if (transport === "http" && !isLoopback(peer.address)) {
      throw new Problem(403, "insecure", "the admin API needs TLS", "use the HTTPS listener");
    }
    if (!limiter.take(peer.address)) {
      throw new Problem(429, "too_many_requests", "too many requests", "ask less often", {
        "Retry-After": "1",
      });
    }
    return await next();
  });

  routes.get("/openapi.json", (c) => {
    return c.body(document, 200, { "Content-Type": "application/json" });
  });

  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    routes.on(operation.method, path, (c) => answer(c, services, operation));
  }

  routes.all("*", (c) => {
    const methods = methodsOf(c.req.path);
    throw methods.length === 0
      ? new Problem(404, "not_found", "there is nothing here", "see /api/v1/openapi.json")
      : new Problem(
        404,
        "no_method",
        `${c.req.method} is not known here`,
        `try ${methods.join(", ")}`,
      );
  });

  routes.onError((error, c) => {
    const { incoming } = c.env;
    const problem = problemOf(error) ??
      new Problem(500, "fault", "this is a fault of the program", "look into its log");
    if (problem.status === 500) {
      log("error", "A request to the admin API failed", {
        peer: formatEndpoint(c.get("source").peer),
        method: incoming.method,
        path: c.req.path,
        error,
      });
    }
    for (const [name, value] of Object.entries({ ...HEADERS, ...problem.headers })) {
      c.header(name, value);
    }
    // what is left of a body that was refused is not worth reading
    if (!incoming.complete) c.header("Connection", "close");
    const { code, message, hint } = problem;
    return c.json({ error: { code, message, hint } }, problem.status);
  });

  return routes;
}

/** Whoever came by the socket on this host. */
const ON_HOST: Identity = {
  subject: CONSOLE.subject,
  session: undefined,
  cookie: undefined,
  explicit: true,
};

async function answer(c: ApiContext, services: AdminServices, operation: Operation) {
  const onHost = c.get("console") === true;
  const who = () => onHost ? ON_HOST : identify(c.env.incoming, services.access);
  const identity = who();
  const address = onHost ? "" : c.get("source").peer.address;
  const by: By = { subject: identity.subject, address };
  authorise(services, operation, identity, by, c.env.incoming.headers["x-csrf-token"]);
  const { incoming } = c.env;
  const context: RequestContext = {
    services,
    by,
    ...identity,
    host: /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(incoming.headers.host ?? "")?.slice(1)
      .find((part) => part !== undefined),
    listener: `listen-${c.get("source").transport}`,
    known: () => {
      return services.access.decide(who().subject, operation.needs) === "allow";
    },
    setCookie(cookie) {
      const value = cookie ?? "";
      const age = cookie === undefined ? "; Max-Age=0" : "";
      c.header(
        "Set-Cookie",
        `${COOKIE}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict${age}`,
      );
    },
  };
  const { params, query, response } = operation;
  const input = {
    params: params?.parse(fromTexts(params, c.req.param()), "path"),
    query: readQuery(c, query),
    body: await bodyOf(c.env.incoming, operation),
  };
  const result = await operation.run(context, input);
  if (response === undefined) return c.body(null, 204);
  if (response instanceof Download) return download(c, response, result as FileAnswer);
  return c.json(result as object, operation.status ?? 200);
}

function download(c: ApiContext, { type, stream }: Download, { name, body }: FileAnswer) {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 128);
  return c.body(body as Uint8Array<ArrayBuffer> | ReadableStream, 200, {
    "Content-Type": type,
    ...(stream ? {} : { "Content-Disposition": `attachment; filename="${safe}"` }),
  });
}

/**
 * Whether the sender may have this done.
 *
 * @throws Problem
 */
function authorise(
  { access }: AdminServices,
  { needs, method, id }: Operation,
  { subject, session, explicit }: Identity,
  by: By,
  csrf: string | string[] | undefined,
): void {
  const decision = access.decide(subject, needs);
  if (decision === "unauthenticated") {
    throw new Problem(
      401,
      "unauthenticated",
      explicit ? "the token is unknown or has ended" : "this needs to know who asks",
      "sign in, or send Authorization: Bearer TOKEN",
      { "WWW-Authenticate": 'Bearer realm="rtpedge"' },
    );
  }
  if (decision === "forbidden") {
    access.audit.refusal(by, { action: id, target: method });
    throw new Problem(
      403,
      "forbidden",
      `this needs the permission ${needs}`,
      "ask an administrator for it",
    );
  }
  // a browser sends the cookie whoever asks it to; this header only our own pages can send
  if (session === undefined || method === "get" || needs === "none") return;
  if (typeof csrf === "string" && sameSecret(csrf, session.csrf)) return;
  access.audit.refusal(by, { action: id, target: "X-CSRF-Token" });
  throw new Problem(
    403,
    "csrf",
    "the header X-CSRF-Token is missing or is another session's",
    "send what GET /api/v1/session has as csrf",
  );
}

function methodsOf(path: string): string[] {
  const below = path.replace(/^\/api\/v1/, "");
  return OPERATIONS.filter((operation) => {
    const pattern = operation.path.replaceAll(/\{\w+\}/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(below);
  }).map(({ method }) => method.toUpperCase());
}

function readQuery(c: ApiContext, schema: Operation["query"]): unknown {
  const texts: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    const [value, ...more] = values;
    if (more.length > 0) {
      throw new Problem(
        422,
        "bad_input",
        `query.${name.slice(0, 40)} is there twice`,
        "give it once",
      );
    }
    texts[name] = value ?? "";
  }
  if (schema !== undefined) return schema.parse(fromTexts(schema, texts), "query");
  const [unknown] = Object.keys(texts);
  if (unknown === undefined) return undefined;
  const message = `query.${unknown.slice(0, 40)} is not known here`;
  throw new Problem(422, "bad_input", message, "see /api/v1/openapi.json");
}

async function bodyOf(incoming: IncomingMessage, { body, maxBody }: Operation): Promise<unknown> {
  if (body === undefined) return undefined;
  if (body instanceof Upload) return await readTyped(incoming, body.type, body.max);
  const bytes = await readTyped(incoming, "application/json", maxBody ?? MAX_BODY);
  return body.parse(jsonOf(bytes), "body");
}

async function readTyped(incoming: IncomingMessage, type: string, max: number) {
  // also a safeguard: a page of another site cannot send these types without asking first
  const given = incoming.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (given !== type) {
    const what = type === "application/json" ? "JSON" : type;
    throw new Problem(415, "bad_type", `the body is no ${what}`, `send Content-Type: ${type}`);
  }
  const body = await readBody(incoming, max);
  if (body !== undefined) return body;
  throw new Problem(413, "too_large", `the body is longer than ${max} bytes`, "send less");
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Problem(400, "bad_json", "the body cannot be read as JSON", "check its syntax");
  }
}

/** Whether an address is this host's own. */
export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && classifyIp(ip) === "loopback";
}
