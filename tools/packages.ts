/**
 * Debian packages by name: finds what is missing and installs it where that is allowed.
 *
 * @module
 */

import { run, say } from "./proc.ts";

/** Packages that building and running need: a C compiler, make and OpenSSL. */
export const RUN_PACKAGES: readonly string[] = ["gcc", "libc6-dev", "libssl-dev", "make"];

/** Packages that the test suites need on top. */
export const TEST_PACKAGES: readonly string[] = [
  "binutils",
  "busybox",
  "chromium",
  "clang",
  "cpio",
  "curl",
  "e2fsprogs",
  "ethtool",
  "iproute2",
  "iptables",
  "kmod",
  "libclang-rt-dev",
  "libsrtp2-dev",
  "mmdebstrap",
  "mtools",
  "nftables",
  "openssh-client",
  "openssl",
  "ovmf",
  "procps",
  "tcpdump",
  "qemu-system-x86",
  "systemd",
  "util-linux",
];

/** Names among `packages` that dpkg does not list as installed. */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  const { output } = await run(
    ["dpkg-query", "-W", "-f=${Package} ${db:Status-Status} ${Provides}\n"],
    { show: false },
  );
  const installed = new Set<string>();
  for (const line of output.split("\n")) {
    const [name, status, ...provides] = line.split(" ");
    if (status !== "installed" || name === undefined) continue;
    installed.add(name);
    for (const word of provides) installed.add(word.replace(/,$/, ""));
  }
  return packages.filter((name) => !installed.has(name));
}

/** Exit status of a set-up that needs the operator's hand. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/**
 * Makes sure that Debian packages are installed.
 *
 * @throws SetupError naming the packages and the command to type when they may not be installed from here
 */
export async function ensurePackages(packages: readonly string[], why: string): Promise<void> {
  const wanted = await missingPackages(packages);
  if (wanted.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${wanted.join(" ")}`;
  const prefix = await privilege();
  if (prefix === undefined) {
    throw new SetupError(
      `${why} needs these Debian packages: ${wanted.join(" ")}\n` +
        `They may not be installed as this user. Type:\n\n    sudo ${command}\n\nand run the task again.`,
    );
  }
  say(`setup: installing ${wanted.join(" ")}`);
  const install = [...prefix, ...command.split(" ")];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  let outcome = await run(install, { env, show: false });
  if (outcome.code !== 0) {
    await run([...prefix, "apt-get", "update"], { env, show: false });
    outcome = await run(install, { env, show: false });
  }
  if (outcome.code !== 0) {
    const tail = outcome.output.trimEnd().split("\n").slice(-8).join("\n    ");
    throw new SetupError(`${why}: ${command} failed (${outcome.code}):\n\n    ${tail}`);
  }
}

/** Words to put before apt-get, or undefined when it may not be run. */
async function privilege(): Promise<string[] | undefined> {
  const apt = await run(["apt-get", "--version"], { show: false });
  if (apt.code !== 0) return undefined;
  if (Deno.uid() === 0) return [];
  const sudo = await run(["sudo", "-n", "true"], { show: false });
  return sudo.code === 0 ? ["sudo", "-n"] : undefined;
}
