/**
 * Fresh Debians to install packages in, fetched once.
 *
 * @module
 */

import { deno, root, run as runHere } from "../../tools/proc.ts";
import { kept } from "../../image/builder/cache.ts";
import { must, run } from "../support/process.ts";

/** Releases that packages are made for. */
export type Suite = "bookworm" | "trixie";

/** Packages that a Debian is made with. */
const NEEDED: Readonly<Record<Suite, readonly string[]>> = {
  bookworm: ["systemd", "libssl3", "kmod", "init-system-helpers"],
  trixie: ["systemd", "libssl3t64", "kmod", "init-system-helpers"],
};

/** Why no Debian can be made here, or undefined. */
export async function debianUnavailable(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "making a Debian needs root";
  const { success } = await run(["sh", "-c", "command -v mmdebstrap dpkg-deb"]);
  return success ? undefined : "mmdebstrap is not installed";
}

/** The release that this machine runs. */
export async function ownSuite(): Promise<Suite> {
  const text = await Deno.readTextFile("/etc/os-release");
  return /^VERSION_CODENAME=trixie$/m.test(text) ? "trixie" : "bookworm";
}

/** Runs a script inside a Debian, with its own /proc and network. @throws Error when it fails */
export function inDebian(folder: string, script: string, seconds = 240): Promise<string> {
  const outer =
    `mount -t proc proc ${folder}/proc; mount --bind /dev ${folder}/dev; ip link set lo up
    exec chroot ${folder} env -i HOME=/root PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -euc "$INNER"`;
  return must(["unshare", "--mount", "--net", "--propagation", "private", "sh", "-euc", outer], {
    env: { INNER: script },
    timeout: seconds * 1000,
  });
}

/** The line of apt's sources for a release, from the mirror that this machine uses. */
async function sources(suite: Suite): Promise<string> {
  const site = (await must([
    "apt-get",
    "indextargets",
    "--format",
    "$(SITE)",
    "Created-By: Packages",
    "Origin: Debian",
  ])).split("\n").find((line) => line !== "" && !line.endsWith("-security"));
  if (site === undefined) throw new Error("apt has no Debian mirror: run apt-get update");
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${site} ${suite} main\n`;
}

/** A fresh Debian with some packages besides. @returns a folder that must not be changed */
export async function freshDebian(suite: Suite, more: readonly string[] = []): Promise<string> {
  const line = await sources(suite);
  const packages = [...NEEDED[suite], ...more];
  const name = `debian-${suite}${more.length > 0 ? "-more" : ""}`;
  return await kept(name, { line, packages, recipe: 3 }, async (folder) => {
    const file = await Deno.makeTempFile({ prefix: "sources-" });
    try {
      await Deno.writeTextFile(file, line);
      await must([
        "mmdebstrap",
        "--mode=root",
        "--variant=essential",
        `--include=${packages.join(",")}`,
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        suite,
        folder,
        file,
      ], { timeout: 900_000 });
    } finally {
      await Deno.remove(file);
    }
  });
}

/** Makes the packages of this tree in `folder`. @returns paths of `rtpedge` and of `rtpedge-dkms` */
export async function makePackages(folder: string): Promise<readonly [string, string]> {
  const made = await runHere(
    [deno, "run", "-A", "systemd/packaging/deb.ts", "--level=1", "--out", folder],
    { cwd: root, show: false },
  );
  if (made.code !== 0) throw new Error(`deno task deb failed:\n${made.output}`);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const find = (pattern: RegExp) => `${folder}/${names.find((name) => pattern.test(name))}`;
  return [find(/^rtpedge_.*\.deb$/), find(/^rtpedge-dkms_.*\.deb$/)];
}

/** The same package as if it were of an older version. @returns its path */
export async function olderPackage(deb: string, version: string): Promise<string> {
  const now = (await must(["dpkg-deb", "-f", deb, "Version"])).trim();
  const older = deb.replace(now, version);
  await must([
    "sh",
    "-euc",
    `
    dpkg-deb -R "$DEB" "$DEB.d"
    sed -i "s/$PATTERN/$OLD/g" "$DEB.d"/DEBIAN/*
    for folder in "$DEB.d"/usr/src/*-"$NOW"; do
      [ -d "$folder" ] || continue
      sed -i "s/$PATTERN/$OLD/g" "$folder/dkms.conf"
      mv "$folder" "\${folder%-*}-$OLD"
    done
    dpkg-deb --root-owner-group -Zzstd -z1 --build "$DEB.d" "$OLDER" >/dev/null
    rm -r "$DEB.d"`,
  ], {
    env: {
      DEB: deb,
      NOW: now,
      PATTERN: now.replaceAll(".", "\\."),
      OLD: version,
      OLDER: older,
    },
    timeout: 120_000,
  });
  return older;
}
