/**
 * What goes wrong, as the client is told: a status, a word for programs, a sentence, and what to do.
 *
 * @module
 */

import { AccessError, type AccessProblem } from "../../access/mod.ts";
import { CertificateError } from "../../tls/mod.ts";
import { UpkeepError, type UpkeepProblem } from "../../upkeep/mod.ts";
import { SchemaError } from "./schema.ts";

/** Statuses of errors. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

/** An error with its status. */
export class Problem extends Error {
  /** Always `Problem`. */
  override readonly name = "Problem";

  /** A refusal of a request. */
  constructor(
    /** HTTP status. */
    readonly status: ErrorStatus,
    /** A word for programs. */
    readonly code: string,
    message: string,
    /** What to do about it. */
    readonly hint: string,
    /** Headers that go with it. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const OF_ACCESS: Readonly<Record<AccessProblem, readonly [ErrorStatus, string, string]>> = {
  "bad credentials": [401, "bad_credentials", "check what was typed"],
  "locked": [429, "locked", "wait before the next attempt"],
  "busy": [503, "busy", "try again in a moment"],
  "weak password": [422, "weak_password", "choose a longer one that is used nowhere else"],
  "bad name": [422, "bad_name", "choose another name"],
  "exists": [409, "exists", "choose another name"],
  "unknown": [404, "not_found", "look at the list"],
  "limit": [409, "limit", "remove what is not needed any more"],
  "last admin": [409, "last_admin", "make another user administrator first"],
  "set up": [409, "set_up", "sign in"],
  "bad expiry": [422, "bad_expiry", "choose a time to come"],
  "bad backup": [422, "bad_backup", "choose another backup"],
};

const OF_UPKEEP: Readonly<Record<UpkeepProblem, readonly [ErrorStatus, string]>> = {
  "bad input": [422, "bad_input"],
  "conflict": [409, "conflict"],
  "unknown": [404, "not_found"],
  "limit": [409, "limit"],
};

/** Any error as one the client may see; undefined when it is a fault of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof SchemaError) {
    return new Problem(422, "bad_input", error.message, "see /api/v1/openapi.json");
  }
  if (error instanceof UpkeepError) {
    const [status, code] = OF_UPKEEP[error.problem];
    return new Problem(status, code, error.message, error.hint || "see docs/admin.md");
  }
  if (error instanceof CertificateError) {
    return new Problem(422, "bad_certificate", error.message, "upload another chain and key");
  }
  if (!(error instanceof AccessError)) return undefined;
  const [status, code, hint] = OF_ACCESS[error.problem];
  const { retryAfterMs } = error;
  return new Problem(
    status,
    code,
    error.message,
    hint,
    retryAfterMs === undefined ? {} : { "Retry-After": String(Math.ceil(retryAfterMs / 1000)) },
  );
}
