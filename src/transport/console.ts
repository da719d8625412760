/**
 * The socket in the file system for whoever works on the host: HTTP, for this program's user and root only.
 *
 * @module
 */

import { createServer, type RequestListener, type Server } from "node:http";
import { connect } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { WebApp, WebEnv } from "../web/mod.ts";
import { waitAtMost } from "./grace.ts";
import type { TransportLimits } from "./types.ts";

/** Longest path of a socket (unix(7)). */
const MAX_PATH = 107;
const MAX_CONNECTIONS = 64;

/** The socket, open. */
export interface ConsoleListener {
  /** Where it lies. */
  readonly path: string;
  /** Lets replies under way out for up to `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

/**
 * Opens the socket `DIRECTORY/socket`; the directory is made for this user alone.
 *
 * @throws Error when it cannot be had
 */
export async function listenConsole(
  directory: string,
  app: WebApp,
  limits: TransportLimits,
): Promise<ConsoleListener> {
  const path = `${directory}/socket`;
  if (new TextEncoder().encode(path).length > MAX_PATH) {
    throw new Error(`${path} is longer than ${MAX_PATH} bytes`);
  }
  // between listening and chmod nobody may connect: the directory keeps them out
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await Deno.chmod(directory, 0o700);
  if (await answers(path)) throw new Error(`${path} is another process's`);
  removeOld(path);
  const handler = getRequestListener(
    (request, env) => app.fetch(request, env as WebEnv["Bindings"]),
    { overrideGlobalObjects: false, hostname: "localhost" },
  ) as RequestListener;
  const server = createServer({
    headersTimeout: limits.receiveTimeout,
    requestTimeout: limits.receiveTimeout,
    keepAliveTimeout: limits.idleTimeout,
  }, handler);
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await Deno.chmod(path, 0o600);
  return { path, close: (graceMs) => close(server, path, graceMs) };
}

async function close(server: Server, path: string, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await waitAtMost(closed, graceMs);
  server.closeAllConnections();
  removeOld(path);
}

/** Whether somebody listens there. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** What a process that was killed has left. */
function removeOld(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
