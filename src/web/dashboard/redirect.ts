/**
 * How a page sends its reader elsewhere.
 *
 * @module
 */

/** Thrown by a page. */
export class Redirect extends Error {
  /** Always `Redirect`. */
  override readonly name = "Redirect";

  /** Sends the reader to a path of ours. */
  constructor(
    /** Begins with `/ui/`. */
    readonly path: string,
  ) {
    super(path);
  }
}
