/**
 * Requests over HTTP, with a token, a time limit, and errors that say what to do.
 *
 * @module
 */

/** How a client reaches rtpedge. */
export interface ClientOptions {
  /** Where it listens for HTTP or HTTPS: `https://192.0.2.1:2226`. */
  readonly url: string;
  /** Sent with every request. */
  readonly token?: string;
  /** Milliseconds until a request is given up (10,000). */
  readonly timeoutMs?: number;
  /** Does the requests: the runtime's own when absent, which trusts public certificates only. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** A refusal. */
export class AdminError extends Error {
  /** Always `AdminError`. */
  override readonly name = "AdminError";

  /** A refusal with this status. */
  constructor(
    /** HTTP status. */
    readonly status: number,
    /** A word for programs. */
    readonly code: string,
    message: string,
    /** What to do. */
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Requests to one rtpedge. */
export class Connection {
  readonly #options: ClientOptions;

  /** @throws TypeError when the URL is none */
  constructor(options: ClientOptions) {
    this.#options = { ...options, url: new URL(options.url).origin };
  }

  /** Sends JSON and gives the JSON of the answer. @throws AdminError, and what `fetch` throws */
  async ask(method: string, path: string, body?: unknown, type?: string): Promise<unknown> {
    const text = await (await this.#send(method, path, body, type)).text();
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Sends JSON and gives the bytes of the answer. @throws AdminError, and what `fetch` throws */
  async file(method: string, path: string, body?: unknown): Promise<Uint8Array<ArrayBuffer>> {
    return await (await this.#send(method, path, body)).bytes();
  }

  async #send(method: string, path: string, body?: unknown, type?: string): Promise<Response> {
    const { url, token, timeoutMs = 10_000, fetch: request = fetch } = this.#options;
    const response = await request(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { "Content-Type": type ?? "application/json" }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return response;
    throw errorOf(response.status, await response.text());
  }
}

function errorOf(status: number, text: string): AdminError {
  try {
    const { error } = JSON.parse(text) as { error: Record<string, unknown> };
    return new AdminError(
      status,
      String(error["code"]),
      String(error["message"]),
      String(error["hint"]),
    );
  } catch {
    return new AdminError(
      status,
      "refused",
      text.trim() || `status ${status}`,
      "check URL and token",
    );
  }
}
