/**
 * Runs programs for the build: here, or inside a folder with a Debian in it.
 *
 * @module
 */

import { run } from "../../tools/proc.ts";
import { SetupError } from "../../tools/packages.ts";

/** Runs a program and gives what it printed. @throws SetupError with the end of its output */
export async function must(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const { code, output } = await run(argv, { show: false, ...options });
  if (code !== 0) {
    const tail = output.trimEnd().split("\n").slice(-15).join("\n    ");
    throw new SetupError(`${argv.join(" ").slice(0, 300)} failed (${code}):\n\n    ${tail}`);
  }
  return output;
}

/** Runs a shell script that stops at the first failure. */
export function script(text: string, env: Record<string, string> = {}): Promise<string> {
  return must(["sh", "-euc", text], { env });
}

/** A folder with a Debian in which programs are run. */
export interface Chroot {
  readonly folder: string;
  /** Folders of this machine by their place inside. */
  readonly binds: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a shell script inside, as root, with mounts that nobody else sees. */
export async function inside(chroot: Chroot, text: string): Promise<string> {
  const mounts = Object.entries(chroot.binds).map(([place, folder]) =>
    `mkdir -p '${chroot.folder}${place}'; mount --bind '${folder}' '${chroot.folder}${place}'`
  );
  const env = { PATH: "/usr/sbin:/usr/bin", LC_ALL: "C.UTF-8", HOME: "/root", ...chroot.env };
  const outer = [
    "set -eu",
    `mount --bind /dev '${chroot.folder}/dev'`,
    `mount -t proc proc '${chroot.folder}/proc'`,
    `cp -L /etc/resolv.conf '${chroot.folder}/etc/resolv.conf' 2>/dev/null || true`,
    ...mounts,
    'exec chroot "$ROOT" env -i $WORDS sh -euc "$INNER"',
  ].join("\n");
  return await must(["unshare", "--mount", "--propagation", "private", "sh", "-c", outer], {
    env: {
      ROOT: chroot.folder,
      WORDS: Object.entries(env).map(([name, value]) => `${name}=${value}`).join(" "),
      INNER: text,
    },
  });
}
