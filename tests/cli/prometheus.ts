/**
 * Prometheus itself, to run queries for real: the one on the path, or Debian's package unpacked into the
 * cache, where no service of it is ever started.
 *
 * @module
 */

import { join } from "node:path";
import { run } from "../support/mod.ts";

/** A program, or why there is none. */
export type Found = { readonly program: string } | { readonly reason: string };

/** Finds Prometheus, fetching the package when it is missing. */
export async function findPrometheus(): Promise<Found> {
  const onPath = await run(["sh", "-c", "command -v prometheus"]);
  if (onPath.success) return { program: onPath.stdout.trim() };
  const cache = Deno.env.get("XDG_CACHE_HOME") || join(Deno.env.get("HOME") ?? "/root", ".cache");
  const folder = join(cache, "rtpedge", "prometheus");
  const program = join(folder, "usr", "bin", "prometheus");
  if (await isFile(program)) return { program };
  const fetched = await fetchPackage(folder);
  return fetched === undefined ? { program } : { reason: fetched };
}

/** Downloads and unpacks the package. @returns why that failed */
async function fetchPackage(folder: string): Promise<string | undefined> {
  await Deno.mkdir(folder, { recursive: true });
  // Unpacked beside its place and moved there, so that two runs at once do not see half of it.
  const work = await Deno.makeTempDir({ dir: folder });
  const script = "apt-get -q download prometheus && dpkg-deb -x prometheus_*.deb x && " +
    "mkdir -p ../usr/bin && mv -f x/usr/bin/prometheus ../usr/bin/prometheus";
  try {
    const { success, stderr } = await run(["sh", "-c", script], { cwd: work, timeout: 120_000 });
    return success
      ? undefined
      : `Prometheus cannot be fetched: ${stderr.trim().split("\n").at(-1)}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
