/**
 * Makes the Debian packages: `rtpedge`, and `rtpedge-dkms` with the kernel module's source. They run on Debian 12 and
 * 13.
 *
 * Usage: deno task deb [--out DIR] [--level 1-19]
 *
 * @module
 */

import { parseArgs } from "node:util";
import manifest from "../../deno.json" with { type: "json" };
import { SetupError } from "../../tools/packages.ts";
import { deno, root, run, say, warn } from "../../tools/proc.ts";
import { LIBRARY, setup } from "../../tools/setup.ts";
import { setTimes, stage } from "./stage.ts";

const MAINTAINER = "rtpedge maintainers <maintainers@rtpedge.invalid>";

/** Seconds since 1970 that built files are from: SOURCE_DATE_EPOCH, else the last commit, else the licence. */
export async function sourceDate(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given !== undefined) {
    if (!/^\d+$/.test(given)) throw new SetupError(`SOURCE_DATE_EPOCH "${given}" is not a number`);
    return Number(given);
  }
  const last = await run(["git", "log", "-1", "--format=%ct"], { show: false, cwd: root });
  if (last.code === 0 && /^\d+\s*$/.test(last.output)) return Number(last.output);
  return Math.floor(((await Deno.stat(`${root}/LICENSE`)).mtime?.getTime() ?? 0) / 1000);
}

/** How packages are made. */
export interface Making {
  /** Folder for the results. */
  readonly out: string;
  /** Seconds since 1970 that files are from. */
  readonly epoch: number;
  /** Compression, 1 to 19; 9 when absent. */
  readonly level?: number;
}

interface Fields {
  readonly name: string;
  readonly architecture: string;
  readonly depends: string;
  readonly recommends?: string;
  readonly summary: string;
  readonly text: readonly string[];
}

/** Builds one package from a folder. @returns its path */
async function build(
  folder: string,
  fields: Fields,
  { out, epoch, level = 9 }: Making,
): Promise<string> {
  const { name, architecture, depends, recommends, summary, text } = fields;
  const { output } = await run(["du", "-sk", folder], { show: false });
  const control = [
    `Package: ${name}`,
    `Version: ${manifest.version}`,
    `Architecture: ${architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${/^\d+/.exec(output)?.[0] ?? "0"}`,
    `Depends: ${depends}`,
    ...(recommends === undefined ? [] : [`Recommends: ${recommends}`]),
    "Section: net",
    "Priority: optional",
    `Description: ${summary}`,
    ...text.map((line) => ` ${line}`),
    "",
  ];
  await Deno.mkdir(`${folder}/DEBIAN`, { recursive: true });
  await Deno.writeTextFile(`${folder}/DEBIAN/control`, control.join("\n"));
  await setTimes(folder, epoch);
  const file = `${out}/${name}_${manifest.version}_${architecture}.deb`;
  const made = await run(
    ["dpkg-deb", "--root-owner-group", "-Zzstd", `-z${level}`, "--build", folder, file],
    {
      show: false,
      env: { SOURCE_DATE_EPOCH: String(epoch) },
    },
  );
  if (made.code !== 0) throw new SetupError(`dpkg-deb failed:\n\n${made.output}`);
  return file;
}

/** Makes the package of the daemon. @returns its path */
export async function daemonPackage(making: Making): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-deb-" });
  try {
    await Deno.chmod(folder, 0o755);
    await stage(folder, { deno, library: LIBRARY, epoch: making.epoch });
    await Deno.mkdir(`${folder}/DEBIAN`);
    await Deno.writeTextFile(`${folder}/DEBIAN/conffiles`, "/etc/rtpedge/rtpedge.conf\n");
    for (const name of ["postinst", "prerm", "postrm"]) {
      await Deno.copyFile(`${root}/systemd/packaging/debian/${name}`, `${folder}/DEBIAN/${name}`);
      await Deno.chmod(`${folder}/DEBIAN/${name}`, 0o755);
    }
    return await build(folder, {
      name: "rtpedge",
      architecture: Deno.build.arch === "aarch64" ? "arm64" : "amd64",
      depends: "libc6 (>= 2.36), libgcc-s1, libssl3 | libssl3t64, kmod, init-system-helpers",
      recommends: "nftables, rtpedge-dkms",
      summary: "media proxy for SIP, controlled over the ng protocol",
      text: [
        "Relays RTP between SIP endpoints as Kamailio or OpenSIPS ask it to; takes the",
        "place of rtpengine. The configuration is in /etc/rtpedge/rtpedge.conf.",
      ],
    }, making);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes the package of the kernel module's source. @returns its path */
export async function modulePackage(making: Making): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-dkms-" });
  try {
    await Deno.chmod(folder, 0o755);
    const made = await run(["make", "-s", "-C", "kernel", "dkms-install", `DESTDIR=${folder}`], {
      show: false,
      cwd: root,
    });
    if (made.code !== 0) throw new SetupError(`make dkms-install failed:\n\n${made.output}`);
    await Deno.mkdir(`${folder}/DEBIAN`);
    const { version } = manifest;
    const scripts = {
      postinst: `dkms add -m rtpedge -v ${version} >/dev/null 2>&1 || true
  for headers in /lib/modules/*/build; do
    [ ! -d "$headers" ] || dkms install -m rtpedge -v ${version} -k "$(basename "$(dirname "$headers")")" || true
  done`,
      prerm: `dkms remove -m rtpedge -v ${version} --all >/dev/null 2>&1 || true`,
    };
    for (const [name, text] of Object.entries(scripts)) {
      const body =
        `#!/bin/sh\nset -e\nif [ -x /usr/sbin/dkms ] || [ -x /sbin/dkms ]; then\n  ${text}\nfi\n`;
      await Deno.writeTextFile(`${folder}/DEBIAN/${name}`, body);
      await Deno.chmod(`${folder}/DEBIAN/${name}`, 0o755);
    }
    return await build(folder, {
      name: "rtpedge-dkms",
      architecture: "all",
      depends: "dkms",
      summary: "kernel module of rtpedge (source)",
      text: ["Forwards media inside the kernel. Built for the kernels that are installed."],
    }, making);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { out: { type: "string" }, level: { type: "string", default: "9" } },
  });
  try {
    await setup();
    const out = values.out ?? `${root}/dist`;
    await Deno.mkdir(out, { recursive: true });
    if (!/^1?[1-9]$|^10$/.test(values.level)) {
      throw new SetupError(`--level "${values.level}" is not between 1 and 19`);
    }
    const making = { out, epoch: await sourceDate(), level: Number(values.level) };
    for (const make of [daemonPackage, modulePackage]) say(await make(making));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
