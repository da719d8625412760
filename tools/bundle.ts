/**
 * Makes `dist/`: a launcher, one JavaScript file, the C library and the deno binary, which together run
 * from any directory, with an empty cache and without a network.
 *
 * Usage: deno run -A tools/bundle.ts [--out DIR]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { SetupError } from "./packages.ts";
import { deno, root, run, say, warn } from "./proc.ts";
import { LIBRARY, setup } from "./setup.ts";

/**
 * Permissions the daemon runs with. Files below /proc and /sys (load, limits, drops of the host) are for programs that
 * may do everything, and whoever has the relay core by FFI could do everything anyway: what confines the daemon is
 * systemd. Code from elsewhere is never loaded.
 */
export const PERMISSIONS: readonly string[] = ["--allow-all"];

/** The program that operators start. */
export function launcherText(): string {
  return LAUNCHER;
}

const LAUNCHER = `#!/bin/sh
# Starts rtpedge from wherever this file lies; everything it needs is in lib/ beside it.
here=$(dirname "$(readlink -f "$0")")
export RTPEDGE_LIB="\${RTPEDGE_LIB:-$here/lib/librtpedge.so}"
export RTPEDGE_PROGRAM="\${RTPEDGE_PROGRAM:-$0}" DENO_NO_UPDATE_CHECK=1 DENO_NO_PROMPT=1
export DENO_DIR="\${RTPEDGE_CACHE_DIR:-\${XDG_CACHE_HOME:-\${HOME:-/var/cache}/.cache}/rtpedge/deno}"
exec "$here/lib/deno" run --quiet --no-config --no-lock --no-remote --no-npm \\
  ${PERMISSIONS.join(" ")} "$here/lib/rtpedge.js" "$@"
`;

/** Bundles `mod.ts` into one file. */
export async function bundleScript(target: string): Promise<void> {
  const outcome = await run(
    [deno, "bundle", "--quiet", "--platform=deno", `--output=${target}`, `${root}/mod.ts`],
    { show: false, cwd: root },
  );
  if (outcome.code !== 0) throw new SetupError(`deno bundle failed:\n\n${outcome.output}`);
}

/** Makes the whole of `dist/`. @returns the launcher's path */
export async function bundle(out = `${root}/dist`): Promise<string> {
  await Deno.mkdir(`${out}/lib`, { recursive: true });
  await bundleScript(`${out}/lib/rtpedge.js`);
  await replace(LIBRARY, `${out}/lib/librtpedge.so`);
  await replace(deno, `${out}/lib/deno`);
  const launcher = `${out}/rtpedge`;
  await Deno.writeTextFile(`${launcher}.new`, LAUNCHER, { mode: 0o755 });
  await Deno.chmod(`${launcher}.new`, 0o755);
  await Deno.rename(`${launcher}.new`, launcher);
  return launcher;
}

/** Copies by rename, so that a running copy is never written into. */
async function replace(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, `${to}.new`);
  await Deno.rename(`${to}.new`, to);
}

if (import.meta.main) {
  const { values } = parseArgs({ args: Deno.args, options: { out: { type: "string" } } });
  try {
    await setup();
    const launcher = await bundle(values.out);
    say(`built ${launcher}`);
    say(`try:  ${launcher} --help`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
