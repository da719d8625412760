/**
 * Writes `docs/options.md` from the option table; with `--check` only tells whether it is up to date.
 *
 * @module
 */

import { optionsManual } from "../src/config/manual.ts";
import { writeGenerated } from "./generated.ts";

await writeGenerated("docs/options.md", optionsManual());
