/**
 * What goes wrong with upkeep, as the operator is told.
 *
 * @module
 */

/** What kind of thing went wrong. */
export type UpkeepProblem =
  /** What was given contradicts itself or is none of ours. */
  | "bad input"
  /** It would be right, but not now or not here. */
  | "conflict"
  /** There is none. */
  | "unknown"
  /** There are enough. */
  | "limit";

/** A refusal; nothing was changed. */
export class UpkeepError extends Error {
  /** Always `UpkeepError`. */
  override readonly name = "UpkeepError";

  /** A refusal. */
  constructor(
    /** What kind of thing went wrong. */
    readonly problem: UpkeepProblem,
    message: string,
    /** What to do; empty = the message says it. */
    readonly hint: string = "",
  ) {
    super(message);
  }
}

/** What an error says, in one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
