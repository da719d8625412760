/**
 * Where this machine gets Debian packages from, as its own apt is set up. Nothing here names a host.
 *
 * @module
 */

import { must } from "../support/process.ts";

/**
 * Picks the main Debian archive out of `apt-get indextargets` lines of the form
 * `URI ORIGIN COMPONENT`, each for one package index.
 */
export function pickMirror(lines: string): string | undefined {
  const archives = lines.split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((uri) => /^(https?|file|copy):/.test(uri))
    .map((uri) => uri.replace(/\/+$/, ""));
  return archives.find((uri) => uri.endsWith("/debian"));
}

/** Address of the Debian mirror apt is set up with. @throws Error when there is none */
export async function debianMirror(): Promise<string> {
  const lines = await must([
    "apt-get",
    "indextargets",
    "--format",
    "$(REPO_URI) $(CODENAME)",
    "Created-By: Packages",
  ]);
  const mirror = pickMirror(lines);
  if (mirror === undefined) {
    throw new Error("apt has no Debian archive among its sources (an address ending in /debian)");
  }
  return mirror;
}
