/**
 * A client of the admin API.
 *
 * @module
 */

import type { Role, Scope, Token, User } from "../access/mod.ts";
import type { CallReport, CallSummary, HealthReport, StatusReport } from "../web/mod.ts";
import { type ClientOptions, Connection } from "./connection.ts";

/** Which calls {@link AdminClient.calls} gives. */
export interface CallFilter {
  /** Part of a call-id, tag, label, metadata, address or codec. */
  readonly search?: string;
  /** Only calls in this state. */
  readonly state?: CallSummary["state"];
  /** Order of creation; newest first when absent. */
  readonly sort?: "newest" | "oldest";
  /** Calls left out at the beginning. */
  readonly offset?: number;
  /** At most so many, 1..500 (50). */
  readonly limit?: number;
}

/** A page of calls. */
export interface CallPage {
  /** Calls that match. */
  readonly total: number;
  /** Calls left out at the beginning. */
  readonly offset: number;
  /** The page. */
  readonly calls: readonly CallSummary[];
}

/** Asks the admin API with a token of the scope `read` or `admin`. */
export class AdminClient {
  readonly #connection: Connection;

  /** A client; nothing is asked yet. */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
  }

  /** Version, uptime, totals, ports. @throws AdminError */
  status(): Promise<StatusReport> {
    return this.#ask("GET", "/status");
  }

  /** What is well, what is not, and what to do. @throws AdminError */
  health(): Promise<HealthReport> {
    return this.#ask("GET", "/health");
  }

  /** A page of the calls that match. @throws AdminError */
  calls(filter: CallFilter = {}): Promise<CallPage> {
    const query = new URLSearchParams(
      Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return this.#ask("GET", `/calls?${query}`);
  }

  /** One call. @throws AdminError with the status 404 when there is none */
  call(id: string): Promise<CallReport> {
    return this.#ask("GET", `/calls/${encodeURIComponent(id)}`);
  }

  /** Ends a call. @throws AdminError */
  terminate(id: string): Promise<void> {
    return this.#ask("DELETE", `/calls/${encodeURIComponent(id)}`);
  }

  /** All users. @throws AdminError */
  users(): Promise<readonly User[]> {
    return this.#ask("GET", "/users");
  }

  /** Adds a user. @throws AdminError */
  createUser(
    user: { readonly name: string; readonly role: Role; readonly password: string },
  ): Promise<User> {
    return this.#ask("POST", "/users", user);
  }

  /** Removes a user. @throws AdminError */
  removeUser(name: string): Promise<void> {
    return this.#ask("DELETE", `/users/${encodeURIComponent(name)}`);
  }

  /** All tokens, without their text. @throws AdminError */
  tokens(): Promise<readonly Token[]> {
    return this.#ask("GET", "/tokens");
  }

  /** Makes a token; its text is shown this once. @throws AdminError */
  createToken(
    token: { readonly name: string; readonly scopes: readonly Scope[]; readonly expires?: number },
  ): Promise<{ readonly token: Token; readonly text: string }> {
    return this.#ask("POST", "/tokens", token);
  }

  /** Ends a token. @throws AdminError */
  revokeToken(id: string): Promise<void> {
    return this.#ask("DELETE", `/tokens/${encodeURIComponent(id)}`);
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return await this.#connection.ask(method, `/api/v1${path}`, body) as T;
  }
}
