/**
 * Pages as routes: who asks, whether they may, what they get, with which headers.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import type { By, Permission } from "../../access/mod.ts";
import { formatEndpoint } from "../../core/endpoint.ts";
import { SourceLimiter } from "../../core/token_bucket.ts";
import type { NgLog } from "../../ng/dispatcher.ts";
import { isLoopback } from "../admin/app.ts";
import { cookieOf, identify } from "../admin/identity.ts";
import { Problem, problemOf } from "../admin/problem.ts";
import type { AdminServices } from "../admin/services.ts";
import type { WebEnv } from "../services.ts";
import { assetAt } from "./assets.ts";
import { type Html, html } from "./html.ts";
import type { Page, PageContent, PageContext } from "./page.ts";
import { PAGES } from "./pages.ts";
import { problemContent } from "./pages/problem.ts";
import { Redirect } from "./redirect.ts";
import { documentOf, mainOf } from "./shell.ts";

/** Name of the cookie with the colours the reader chose. */
export const THEME_COOKIE = "rtpedge-theme";

const RATE = { rate: 50, burst: 200, maxSources: 16_384 };
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types rtpedge",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
};

type PageEnv = Context<WebEnv>;

/** The routes, to be mounted at the root: all are at `/ui`. */
export function dashboardRoutes(services: AdminServices, log: NgLog): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  const limiter = new SourceLimiter(services.clock, RATE);

  routes.use("/ui/*", async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const { peer, transport } = c.get("source");
    if (!limiter.take(peer.address)) {
      return c.body("too many requests\n", 429, { "Retry-After": "1" });
    }
    if (transport === "http" && !isLoopback(peer.address)) return needsTls(c, services);
    return await next();
  });

  routes.get("/ui", (c) => c.redirect("/ui/", 301));

  routes.get("/ui/assets/*", (c) => {
    const asset = assetAt(c.req.path);
    if (asset === undefined) return c.body("not found\n", 404);
    return c.body(asset.text, 200, {
      "Content-Type": asset.type,
      "Cache-Control": "public, max-age=31536000, immutable",
    });
  });

  for (const page of PAGES) {
    routes.get(`/ui${page.path}`, (c) => show(c, services, log, page));
  }

  routes.all("/ui/*", (c) => {
    const missing = new Problem(404, "not_found", "There is no such page", "use the navigation");
    return show(c, services, log, problemPage(missing));
  });

  return routes;
}

async function show(c: PageEnv, services: AdminServices, log: NgLog, page: Page) {
  const { subject, session } = identify(c.env.incoming, services.access);
  const by: By = { subject, address: c.get("source").peer.address };
  const needsSetup = services.access.signIn.setupCode !== undefined;
  const context = contextOf(c, services, by, session);
  const isFragment = c.req.header("x-fragment") !== undefined;
  const decision = services.access.decide(subject, page.needs);
  if (needsSetup && page.needs !== "none") return c.redirect("/ui/setup", 303);
  if (decision === "unauthenticated") {
    if (isFragment) return c.body("", 401);
    const next = c.env.incoming.url ?? "/ui/";
    return c.redirect(`/ui/login?next=${encodeURIComponent(next.slice(0, 2048))}`, 303);
  }
  let status: 200 | Problem["status"] = 200;
  let content: PageContent;
  try {
    if (decision === "forbidden") {
      services.access.audit.refusal(by, { action: "page", target: page.path });
      throw new Problem(403, "forbidden", "You may not see this page", FORBIDDEN_HINT);
    }
    content = await page.render(context);
  } catch (error) {
    if (error instanceof Redirect) return c.redirect(error.path, 303);
    const problem = problemOf(error) ?? faultOf(c, log, error);
    status = problem.status;
    content = problemContent(problem);
  }
  const text: Html = isFragment ? mainOf(content) : documentOf(page, context, content);
  return c.body(text.toString(), status, { "Content-Type": "text/html; charset=utf-8" });
}

const FORBIDDEN_HINT = "an administrator can give you another role";

function contextOf(
  c: PageEnv,
  services: AdminServices,
  by: By,
  session: PageContext["session"],
): PageContext {
  const theme = cookieOf(c.env.incoming.headers.cookie, THEME_COOKIE);
  return {
    services,
    subject: by.subject,
    by,
    session,
    params: c.req.param(),
    query: new URL(c.req.url).searchParams,
    path: c.req.path,
    theme: theme === "light" || theme === "dark" ? theme : undefined,
    may: (permission: Permission) => services.access.decide(by.subject, permission) === "allow",
  };
}

function problemPage(problem: Problem): Page {
  return {
    path: "/problem",
    section: "none",
    needs: "known",
    render() {
      throw problem;
    },
  };
}

function faultOf(c: PageEnv, log: NgLog, error: unknown): Problem {
  log("error", "A page of the dashboard failed", {
    peer: formatEndpoint(c.get("source").peer),
    path: c.req.path,
    error,
  });
  return new Problem(500, "fault", "This is a fault of the program", "look into its log");
}

/** Sessions are for TLS only; says where it is. */
function needsTls(c: PageEnv, services: AdminServices) {
  const secure = services.status().listeners.find(({ kind }) => kind === "listen-https");
  const port = secure === undefined ? undefined : /:(\d+)$/.exec(secure.address)?.[1];
  const host = (c.req.header("host") ?? "").replace(/:\d+$/, "");
  const where = port === undefined
    ? html`<p>No listener has TLS. Set the option <code>listen-https</code>.</p>`
    : html`<p><a href="https://${host}:${port}/ui/">https://${host}:${port}/ui/</a></p>`;
  const text = html`
    <!doctype html>
    <html
      lang="en"><meta charset="utf-8"><title>rtpedge</title><h1>The dashboard needs TLS</h1>${where}</html>
  `;
  return c.body(text.toString(), 403, { "Content-Type": "text/html; charset=utf-8" });
}
