/**
 * What the routes are given.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { ControlGuard } from "../access/mod.ts";
import type { ByteString } from "../core/bytes.ts";
import type { DispatchResult, NgLog } from "../ng/dispatcher.ts";
import type { NgSource } from "../ng/types.ts";
import type { AdminServices } from "./admin/services.ts";

/** What stands behind the routes. */
export interface WebServices {
  /** Answers ng messages, with and without a cookie. */
  readonly ng: {
    /** With a cookie; undefined when there is none. */
    handle(message: Uint8Array, source: NgSource): DispatchResult;
    /** Without a cookie. */
    handlePlain(payload: Uint8Array, source: NgSource): Uint8Array | Promise<Uint8Array>;
  };
  /** Answers one command line of the control tree. */
  cli(line: ByteString): ByteString | Promise<ByteString>;
  /** The Prometheus page. */
  metrics(): string | Promise<string>;
  /** Whether a request from this address may be looked at. */
  admit(address: string): "ok" | "source" | "rate";
  /** Who may do what, by what they show; absent = everybody everything. */
  readonly guard?: ControlGuard;
  /** Whether a Host header names us; absent = all do. */
  readonly isOurHost?: (host: string | undefined) => boolean;
  /** What stands behind the admin API; absent = there is none. */
  readonly admin?: AdminServices;
  /** Largest request body in bytes. */
  readonly maxBody: number;
  /** Where failures go. */
  readonly log: NgLog;
}

/** The application, ready to be served. */
export interface WebApp {
  /** Answers one request. */
  readonly fetch: (request: Request, env: WebEnv["Bindings"]) => Response | Promise<Response>;
}

/** The surroundings of a request: node's own request object and who sent it. */
export interface WebEnv {
  /** Given by the server. */
  Bindings: {
    /** The request as node has it. */
    readonly incoming: IncomingMessage;
  };
  /** Set by the first middleware. */
  Variables: {
    /** Who asks, and which of our addresses. */
    source: NgSource;
    /** It came by the socket on this host. */
    console?: boolean;
  };
}
