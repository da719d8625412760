/**
 * Writes `docs/ng.md` from the tables of the ng protocol; with `--check` only tells whether it is up to date.
 *
 * @module
 */

import { ngManual } from "../src/ng/manual.ts";

const path = new URL("../docs/ng.md", import.meta.url);
const wanted = ngManual();

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
        "docs/ng.md is not what the tables in src/ng say: run deno run -A tools/gen_ng_doc.ts\n",
      ),
    );
    Deno.exit(1);
  }
} else {
  await Deno.writeTextFile(path, wanted);
}
