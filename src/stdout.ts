/**
 * Standard output of commands.
 *
 * @module
 */

/** Writes everything; a reader that has seen enough, as `head`, is no error. */
export function writeOut(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
