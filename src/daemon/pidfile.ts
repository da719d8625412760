/**
 * The pid file: written at the start, removed at the end if it is still ours.
 *
 * @module
 */

/** The pid file cannot be written. */
export class PidFileError extends Error {
  /** Always `PidFileError`. */
  override readonly name: string = "PidFileError";
}

/** A pid file that was written. */
export class PidFile {
  readonly #path: string;
  readonly #pid: number;

  /** A file that {@link write} has written. */
  constructor(path: string, pid: number) {
    this.#path = path;
    this.#pid = pid;
  }

  /**
   * Writes the file by rename, so that a reader never sees half of it.
   *
   * @throws PidFileError naming the path and the reason
   */
  static write(path: string, pid: number): PidFile {
    const temporary = `${path}.${pid}`;
    try {
      Deno.writeTextFileSync(temporary, `${pid}\n`, { createNew: true, mode: 0o644 });
      Deno.renameSync(temporary, path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new PidFileError(`pidfile: "${path}" cannot be written: ${why}`);
    }
    return new PidFile(path, pid);
  }

  /** Removes the file unless another process has taken it over. */
  remove(): void {
    try {
      if (Deno.readTextFileSync(this.#path).trim() === String(this.#pid)) {
        Deno.removeSync(this.#path);
      }
    } catch {
      // Somebody else has removed it: that is what we want.
    }
  }
}
