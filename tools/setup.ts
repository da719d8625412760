/**
 * Sets up what the daemon needs: Debian packages, npm packages from the lock file, the C library. Does
 * nothing, quickly, when everything is there.
 *
 * Usage: deno run -A tools/setup.ts [--test]
 *
 * @module
 */

import { ensurePackages, RUN_PACKAGES, SetupError, TEST_PACKAGES } from "./packages.ts";
import { deno, root, run, say, warn } from "./proc.ts";

/** Where the C library is built. */
export const LIBRARY: string = `${root}/build/librtpedge.so`;

/** Builds the C library; make decides whether there is anything to do. */
export async function buildLibrary(): Promise<void> {
  const outcome = await run(["make", "-s", "-C", `${root}/ffi`, "lib"], { show: false });
  if (outcome.code !== 0) {
    throw new SetupError(`The C library does not build:\n\n${outcome.output}`);
  }
}

/** Fetches the npm packages of deno.lock into deno's cache. */
export async function fetchPackages(): Promise<void> {
  const outcome = await run([deno, "install", "--frozen", "--quiet"], { show: false, cwd: root });
  if (outcome.code !== 0) {
    throw new SetupError(
      `The npm packages of deno.lock could not be fetched. Is the npm registry reachable?\n\n${outcome.output}`,
    );
  }
}

/** The whole set-up. @param test also what the test suites need */
export async function setup(test = false): Promise<void> {
  await ensurePackages(RUN_PACKAGES, "Building the relay core");
  if (test) await ensurePackages(TEST_PACKAGES, "The test suites");
  await fetchPackages();
  await buildLibrary();
}

if (import.meta.main) {
  try {
    await setup(Deno.args.includes("--test"));
    if (Deno.args.includes("--verbose")) say(`setup: ready, ${LIBRARY}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
