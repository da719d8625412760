/**
 * A directory in memory for what outlives the process but not the host.
 *
 * @module
 */

/** Directories to try, best first: systemd's, the session's, the system's, and `fallback`. */
export function runtimeDirectories(
  env: Readonly<Record<string, string>>,
  fallback: string,
): readonly string[] {
  const candidates = [
    // several are separated by colons
    env["RUNTIME_DIRECTORY"]?.split(":")[0],
    env["XDG_RUNTIME_DIR"] && `${env["XDG_RUNTIME_DIR"]}/rtpedge`,
    "/run/rtpedge",
    fallback,
  ];
  return candidates.filter((path): path is string => path?.startsWith("/") === true);
}

/**
 * The first of the directories that can be written to; made if need be.
 *
 * @throws Error naming all of them when none can
 */
export function usableDirectory(directories: readonly string[]): string {
  for (const directory of directories) {
    try {
      Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
      const probe = `${directory}/.probe-${crypto.randomUUID()}`;
      Deno.writeFileSync(probe, new Uint8Array(1), { createNew: true, mode: 0o600 });
      Deno.removeSync(probe);
      return directory;
    } catch {
      continue;
    }
  }
  throw new Error(`none of ${directories.join(", ")} can be written to`);
}
