/**
 * The set-up code where the screen of an appliance finds it: a file in memory, there only while it is good.
 *
 * @module
 */

/** The file. */
export class SetupCodeFile {
  readonly #path: string | undefined;
  #written: string | undefined;

  /**
   * Removes the file of a process before this one.
   *
   * @param folder systemd's RUNTIME_DIRECTORY; without one nothing is written
   */
  constructor(folder: string | undefined) {
    const first = folder?.split(":")[0];
    this.#path = first === undefined || first === "" ? undefined : `${first}/setup-code`;
    // of a process before this one
    if (this.#path !== undefined) remove(this.#path);
  }

  /** Writes the code that is good now; undefined removes the file. */
  update(code: string | undefined): void {
    if (this.#path === undefined || code === this.#written) return;
    if (code === undefined) remove(this.#path);
    else Deno.writeTextFileSync(this.#path, `${code}\n`, { mode: 0o600 });
    this.#written = code;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
