/**
 * Why something was refused.
 *
 * @module
 */

/** Kinds of refusal. */
export type AccessProblem =
  | "bad credentials"
  | "locked"
  | "busy"
  | "weak password"
  | "bad name"
  | "exists"
  | "unknown"
  | "limit"
  | "last admin"
  | "set up"
  | "bad expiry"
  | "bad backup";

/** A refusal; the message is for whoever asked. */
export class AccessError extends Error {
  /** Always `AccessError`. */
  override readonly name = "AccessError";

  /** A refusal of this kind. */
  constructor(
    /** What kind of refusal. */
    readonly problem: AccessProblem,
    message: string,
    /** Milliseconds after which another attempt makes sense. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}
