/**
 * Makes the oracle folder when it is missing and adds what it lacks.
 *
 * @module
 */

import { join } from "node:path";
import { must, run, say } from "../support/process.ts";
import { debianMirror } from "./mirror.ts";
import { PACKAGES, SUITE } from "./packages.ts";

const MINUTE = 60_000;

/** The stamp file's content: what was put into the folder. */
interface Stamp {
  readonly suite: string;
  readonly packages: readonly string[];
}

const WANTED: Stamp = { suite: SUITE, packages: PACKAGES };

/** Folder the oracle lives in: `$XDG_CACHE_HOME/rtpedge/oracle` or `~/.cache/rtpedge/oracle`. */
export function oracleFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "/root", ".cache");
  return join(cache, "rtpedge", "oracle");
}

/** Why the oracle cannot be made or used here, or `undefined`. */
export function oracleUnavailable(): string | undefined {
  if (Deno.build.os !== "linux") return "the oracle runs on Linux only";
  if (Deno.uid() !== 0) return "the oracle needs root (chroot and network namespaces)";
  if (missingPackages(readStamp(oracleFolder()), WANTED).length === 0) return undefined;
  try {
    debianMirror();
    return undefined;
  } catch (error) {
    return `the oracle cannot be fetched: ${error instanceof Error ? error.message : error}`;
  }
}

/** Packages of `wanted` that a stamp does not name; all of them when the suite differs. */
export function missingPackages(stamp: Stamp | undefined, wanted: Stamp): readonly string[] {
  if (stamp === undefined || stamp.suite !== wanted.suite) return wanted.packages;
  return wanted.packages.filter((name) => !stamp.packages.includes(name));
}

/**
 * Makes sure that the folder exists with everything in {@link PACKAGES} and returns its path. Two
 * callers at once: the second waits for the first.
 */
export async function ensureOracle(folder: string = oracleFolder()): Promise<string> {
  if (missingPackages(readStamp(folder), WANTED).length === 0) return folder;
  const reason = oracleUnavailable();
  if (reason !== undefined) throw new Error(`Cannot make the oracle: ${reason}`);
  await Deno.mkdir(join(folder, ".."), { recursive: true });
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  try {
    const stamp = readStamp(folder);
    const missing = missingPackages(stamp, WANTED);
    if (missing.length === 0) return folder;
    const sameSuite = stamp === undefined || stamp.suite === SUITE;
    if (!(sameSuite && await exists(folder) && await extend(folder, missing))) await build(folder);
    await Deno.writeTextFile(stampFile(folder), `${JSON.stringify(WANTED, null, 2)}\n`);
    return folder;
  } finally {
    await lock.unlock();
  }
}

async function build(folder: string): Promise<void> {
  await ensureMmdebstrap();
  const fresh = `${folder}.new`;
  await Deno.remove(fresh, { recursive: true }).catch(ignoreMissing);
  say(`oracle: unpacking ${PACKAGES.length} packages of ${SUITE} into ${folder} (about a minute)`);
  await must([
    "mmdebstrap",
    "--quiet",
    "--variant=apt",
    `--include=${PACKAGES.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Check-Valid-Until "false"',
    SUITE,
    fresh,
    debianMirror(),
  ], { timeout: 15 * MINUTE });
  const old = `${folder}.old`;
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
  await Deno.rename(folder, old).catch(ignoreMissing);
  await Deno.rename(fresh, folder);
  await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
  say("oracle: ready");
}

/** Installs packages into an existing folder; `false` when that does not work out. */
async function extend(folder: string, packages: readonly string[]): Promise<boolean> {
  const installed = await run(["chroot", folder, "dpkg-query", "-W", "-f", "${Package}\n"]);
  if (!installed.success) return false;
  const present = new Set(installed.stdout.split("\n"));
  const absent = packages.filter((name) => !present.has(name));
  if (absent.length === 0) return true;
  say(`oracle: adding ${absent.join(", ")}`);
  const apt = (...args: string[]) =>
    run(["chroot", folder, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...args], {
      timeout: 10 * MINUTE,
    });
  await Deno.copyFile("/etc/resolv.conf", join(folder, "etc/resolv.conf"));
  await Deno.copyFile("/etc/hosts", join(folder, "etc/hosts"));
  const update = await apt("update");
  const install = await apt("install", "-y", "--no-install-recommends", ...absent);
  await apt("clean");
  if (install.success) return true;
  say(`oracle: could not be extended, making it anew: ${(update.stderr + install.stderr).trim()}`);
  return false;
}

async function ensureMmdebstrap(): Promise<void> {
  const found = await run(["sh", "-c", "command -v mmdebstrap"]);
  if (found.success) return;
  say("oracle: installing mmdebstrap");
  await run(["apt-get", "-q", "update"], { timeout: 5 * MINUTE });
  await must(["apt-get", "-q", "install", "-y", "--no-install-recommends", "mmdebstrap"], {
    timeout: 5 * MINUTE,
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

function readStamp(folder: string): Stamp | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(stampFile(folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function stampFile(folder: string): string {
  return join(folder, "etc", "rtpedge-oracle.json");
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
