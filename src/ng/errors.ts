/**
 * What can be wrong with bytes that should be an ng message.
 *
 * @module
 */

/** Bytes that are not a valid message; `offset` counts from the start of the payload. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  constructor(message: string, readonly offset: number) {
    super(`${message} at byte ${offset}`);
  }
}
