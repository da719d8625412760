/**
 * Writes `docs/ng.md` from the tables of the ng protocol; with `--check` only tells whether it is up to date.
 *
 * @module
 */

import { ngManual } from "../src/ng/manual.ts";
import { writeGenerated } from "./generated.ts";

await writeGenerated("docs/ng.md", ngManual());
