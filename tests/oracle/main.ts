/**
 * `deno run -A tests/oracle/main.ts`: makes the oracle folder and prints its path.
 *
 * @module
 */

import { ensureOracle } from "./install.ts";

if (import.meta.main) {
  const folder = await ensureOracle();
  Deno.stdout.writeSync(new TextEncoder().encode(`${folder}\n`));
}
