/**
 * What can be wrong with bytes that should be an ng message.
 *
 * @module
 */

/** Bytes that are not a valid message; `offset` counts from the start of the payload. */
export class DecodeError extends Error {
  /** Always `DecodeError`. */
  override readonly name: string = "DecodeError";
  /** An error about the byte at `offset`. */
  constructor(
    message: string,
    /** Byte it was noticed at. */
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}
