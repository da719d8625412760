/**
 * Where this machine gets Debian packages from, as its own apt is set up. Nothing here names a host.
 *
 * @module
 */

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
export function debianMirror(): string {
  const mirror = pickMirror(indexTargets());
  if (mirror === undefined) {
    throw new Error("apt has no Debian archive among its sources (an address ending in /debian)");
  }
  return mirror;
}

function indexTargets(): string {
  try {
    const { stdout } = new Deno.Command("apt-get", {
      args: ["indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages"],
    }).outputSync();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error("there is no apt-get here");
    throw error;
  }
}
