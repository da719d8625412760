/**
 * The files of rtpedge where an installed system has them: the same on Debian and in the appliance.
 *
 * @module
 */

import { bundleScript, launcherText } from "../../tools/bundle.ts";
import { root } from "../../tools/proc.ts";

/** What is put where. */
export interface Staged {
  /** The deno binary for the target. */
  readonly deno: string;
  /** librtpedge.so for the target. */
  readonly library: string;
  /** Seconds since 1970 that files are from. */
  readonly epoch: number;
}

const UNITS = [
  "rtpedge.service",
  "rtpedge-firewall.service",
  "rtpedge-firewall.path",
  "rtpedge-firewall-update.service",
  "rtpedge-health.service",
];

/** Lays the files out below `folder`. */
export async function stage(folder: string, { deno, library }: Staged): Promise<void> {
  const lib = `${folder}/usr/lib/rtpedge`;
  await Deno.mkdir(`${lib}/lib`, { recursive: true });
  await bundleScript(`${lib}/lib/rtpedge.js`);
  await put(library, `${lib}/lib/librtpedge.so`, 0o644);
  await put(deno, `${lib}/lib/deno`, 0o755);
  await write(`${lib}/rtpedge`, launcherText(), 0o755);
  await Deno.mkdir(`${folder}/usr/bin`, { recursive: true });
  await Deno.symlink("../lib/rtpedge/rtpedge", `${folder}/usr/bin/rtpedge`);
  for await (const { name } of Deno.readDir(`${root}/systemd/lib`)) {
    await put(`${root}/systemd/lib/${name}`, `${lib}/${name}`, 0o755);
  }
  for (const unit of UNITS) {
    await put(`${root}/systemd/${unit}`, `${folder}/usr/lib/systemd/system/${unit}`, 0o644);
  }
  const files = [
    ["rtpedge.sysusers", "usr/lib/sysusers.d/rtpedge.conf"],
    ["rtpedge.tmpfiles", "usr/lib/tmpfiles.d/rtpedge.conf"],
    ["rtpedge.sysctl", "usr/lib/sysctl.d/60-rtpedge.conf"],
    ["rtpedge.modprobe", "usr/lib/modprobe.d/rtpedge.conf"],
    ["rtpedge.udev", "usr/lib/udev/rules.d/90-rtpedge.rules"],
    ["firewall.nft", "usr/share/rtpedge/firewall.nft"],
    ["rtpedge.conf", "etc/rtpedge/rtpedge.conf"],
    ["../LICENSE", "usr/share/doc/rtpedge/copyright"],
    ["../CHANGELOG.md", "usr/share/doc/rtpedge/CHANGELOG.md"],
    ["../docs/options.md", "usr/share/doc/rtpedge/options.md"],
    ["../docs/appliance.md", "usr/share/doc/rtpedge/appliance.md"],
  ];
  for (const [from, to] of files) await put(`${root}/systemd/${from}`, `${folder}/${to}`, 0o644);
}

/** Gives every file the same time, so that what is made of them does not depend on when. */
export async function setTimes(folder: string, epoch: number): Promise<void> {
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) await setTimes(path, epoch);
    else if (!isSymlink) await Deno.utime(path, epoch, epoch);
  }
  await Deno.utime(folder, epoch, epoch);
}

async function put(from: string, to: string, mode: number): Promise<void> {
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  await Deno.copyFile(from, to);
  await Deno.chmod(to, mode);
}

async function write(path: string, text: string, mode: number): Promise<void> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
}
