/**
 * Requests to the admin API with the session of this browser.
 *
 * @module
 */

/** A refusal, in the words of the API. */
export class ApiError extends Error {
  /** Always `ApiError`. */
  override readonly name = "ApiError";

  /** A refusal. */
  constructor(
    /** HTTP status; 0 = there was no answer. */
    readonly status: number,
    message: string,
    /** What to do. */
    readonly hint: string,
    /** The API's word for it. */
    readonly code = "",
  ) {
    super(message);
  }

  /** Message and hint as one text. */
  get text(): string {
    const sentence = this.message.charAt(0).toUpperCase() + this.message.slice(1);
    return this.hint === "" ? `${sentence}.` : `${sentence}: ${this.hint}.`;
  }
}

/**
 * Asks the API.
 *
 * @param path below `/api/v1`
 * @param body goes as JSON, a file as it is; undefined: none
 * @throws ApiError
 */
export async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = {};
  const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content;
  if (csrf !== undefined && method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) {
    headers["Content-Type"] = body instanceof Blob
      ? "application/octet-stream"
      : "application/json";
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, "rtpedge does not answer", "check whether it runs, then try again");
  }
  const text = await response.text();
  const json = parse(text);
  if (response.ok) return json;
  const error = (json as { error?: { message?: string; hint?: string; code?: string } } | undefined)
    ?.error;
  throw new ApiError(
    response.status,
    error?.message ?? `the answer was ${response.status}`,
    error?.hint ?? "",
    error?.code,
  );
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Leads to the sign-in page and back here afterwards. */
export function signInAgain(): void {
  const here = location.pathname + location.search;
  location.assign(`/ui/login?next=${encodeURIComponent(here)}`);
}
