/**
 * Writes `docs/options.md` from the option table; with `--check` only tells whether it is up to date.
 *
 * @module
 */

import { optionsManual } from "../src/config/manual.ts";

const path = new URL("../docs/options.md", import.meta.url);
const wanted = optionsManual();

if (Deno.args.includes("--check")) {
  let present = "";
  try {
    present = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (present !== wanted) {
    await Deno.stderr.write(
      new TextEncoder().encode(
        "docs/options.md is not what the option table says: run deno run -A tools/gen_options_doc.ts\n",
      ),
    );
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(path, wanted);
}
