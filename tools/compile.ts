/**
 * `deno compile` of the daemon into one executable with the C library embedded. `--bundle` keeps only
 * reachable code, which also leaves out the test data of `bintrees` that the compiler cannot digest.
 *
 * Usage: deno run -A tools/compile.ts [--out FILE]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { PERMISSIONS } from "./bundle.ts";
import { SetupError } from "./packages.ts";
import { deno, root, run, say, warn } from "./proc.ts";
import { LIBRARY, setup } from "./setup.ts";

/** Compiles to `out`. @throws SetupError that says what to do when the base binary is missing */
export async function compile(out = `${root}/dist/rtpedge-compiled`): Promise<string> {
  const outcome = await run([
    deno,
    "compile",
    "--quiet",
    "--bundle",
    ...PERMISSIONS,
    `--include=${LIBRARY}`,
    `--output=${out}`,
    `${root}/mod.ts`,
  ], { show: false, cwd: root });
  if (outcome.code !== 0) {
    throw new SetupError(`deno compile failed:\n\n${outcome.output}\n${advice(outcome.output)}`);
  }
  return out;
}

function advice(output: string): string {
  if (!/denort/.test(output)) return "";
  return `The base binary "denort" of deno ${Deno.version.deno} could not be fetched from here. Get it on a machine\n` +
    "with a network and name it:\n\n    DENORT_BIN=/path/to/denort deno task compile\n\n" +
    "or use `deno task bundle`, which needs no base binary.";
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { out: { type: "string" } } });
  try {
    await setup();
    await Deno.mkdir(`${root}/dist`, { recursive: true });
    say(`compiled ${await compile(values.out)}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
