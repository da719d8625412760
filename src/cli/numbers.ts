/**
 * Numbers in command arguments, read as rtpengine reads them: leading blanks and a sign are allowed,
 * what follows the digits is ignored.
 *
 * @module
 */

/** The system error number of a value out of range (ERANGE on Linux). */
const RANGE_ERROR = 34;

/** A number, or why there is none in the wording of the command tree. */
export type Parsed =
  | { readonly value: number; readonly failure?: undefined }
  | { readonly value?: undefined; readonly failure: string };

/** Reads a whole number that may be negative. */
export function parseInteger(text: string): Parsed {
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1];
  if (digits === undefined) return { failure: "no digits found" };
  const value = Number(digits);
  return Number.isSafeInteger(value) ? { value } : { failure: `errno=${RANGE_ERROR}` };
}

/** Reads a whole number ≥ 0. */
export function parseUnsigned(text: string): Parsed {
  const parsed = parseInteger(text);
  return parsed.failure === undefined && parsed.value < 0 ? { failure: "errno=0" } : parsed;
}

/** Reads a number ≥ 0 with optional decimals. */
export function parseDecimal(text: string): Parsed {
  const digits = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(text)?.[1];
  if (digits === undefined) return { failure: "no digits found" };
  const value = Number(digits);
  if (!Number.isFinite(value)) return { failure: `errno=${RANGE_ERROR}` };
  return value < 0 ? { failure: "errno=0" } : { value };
}
