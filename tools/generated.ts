/**
 * Files that are made from tables in the source: written, or with `--check` compared with what is there.
 *
 * @module
 */

import { root, say } from "./proc.ts";

/**
 * Writes a generated file. Under `--check` writes nothing, and ends the program with 1 when it is stale.
 *
 * @param path relative to the project's root
 */
export async function writeGenerated(path: string, text: string): Promise<void> {
  const file = `${root}/${path}`;
  if (!Deno.args.includes("--check")) {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
    return;
  }
  const present = await Deno.readTextFile(file).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "";
  });
  if (present === text) return;
  say(`${path} is out of date; run deno task docs`);
  Deno.exit(1);
}
