/**
 * The root file system: Debian's packages, the kernel's modules, the program, the files of `image/rootfs`, and what
 * none of it needs taken away.
 *
 * @module
 */

import { firewallText } from "../../src/appliance/firewall.ts";
import { editSection } from "../../src/config/edit.ts";
import { loadConfig } from "../../src/config/load.ts";
import { root } from "../../tools/proc.ts";
import { type Board, NOT_NEEDED, PRUNED } from "./board.ts";
import { toolRoot, type Workshop } from "./debian.ts";
import { install } from "./program.ts";
import { inside, must, script } from "./shell.ts";

/** Number of the daemon's user and group: files of it outlive the image. */
const DAEMON_ID = 900;

/** What goes into a root file system. */
export interface RootParts {
  readonly board: Board;
  readonly shop: Workshop;
  /** Debian's packages. */
  readonly base: string;
  /** C library and kernel module. */
  readonly native: string;
  readonly version: string;
  readonly epoch: number;
  /** Certificates of those whose updates are taken. */
  readonly keyring: string;
  /** Shell script run at the end with the folder as its argument: what a test breaks. */
  readonly customise?: string;
}

/** How large each part is, in bytes. */
export type Sizes = Map<string, number>;

/** Makes the root file system in `folder`. @returns sizes of its parts */
export async function makeRoot(folder: string, parts: RootParts): Promise<Sizes> {
  const { board, shop, base, version, epoch } = parts;
  const sizes: Sizes = new Map();
  await Deno.mkdir(folder);
  await must(["cp", "-a", `${base}/.`, folder]);
  await packageList(folder);
  for (const path of PRUNED) {
    await Deno.remove(`${folder}/${path}`, { recursive: true }).catch(() => {});
  }
  await trim(folder);
  sizes.set("Debian packages", await sizeOf(folder));
  await kernelModules(folder, parts);
  sizes.set("kernel modules", await sizeOf(`${folder}/usr/lib/modules`));
  await install(board, folder, parts.native, epoch);
  sizes.set("runtime (deno)", await sizeOf(`${folder}/usr/lib/rtpedge/lib/deno`));
  sizes.set("program", await sizeOf(`${folder}/usr/lib/rtpedge`) - sizes.get("runtime (deno)")!);
  await must(["cp", "-r", "--no-preserve=ownership", `${root}/image/rootfs/.`, folder]);
  await configure(folder, parts);
  await inside(
    toolRoot(shop, { "/target": folder }),
    `
    systemd-sysusers --root=/target
    systemctl --root=/target preset-all --preset-mode=enable-only 2>/dev/null
    for unit in systemd-firstboot.service systemd-machine-id-commit.service systemd-remount-fs.service \\
      systemd-update-done.service ldconfig.service systemd-hwdb-update.service systemd-homed.service \\
      e2scrub_reap.service e2scrub_all.timer dpkg-db-backup.timer fstrim.timer rauc-mark-good.service; do
      ln -sf /dev/null /target/etc/systemd/system/$unit
    done
    mkdir -p /target/etc/systemd/system-generators
    for generator in systemd-ssh-generator systemd-gpt-auto-generator systemd-cryptsetup-generator; do
      ln -sf /dev/null /target/etc/systemd/system-generators/$generator
    done
    depmod -b /target ${shop.kernel}`,
  );
  // password hashes carry the day they were made
  await script(
    `
    for file in shadow shadow- passwd- group- gshadow-; do rm -f "$ROOT/etc/$file-"; done
    sed -i 's/^\\([^:]*:[^:]*\\):[0-9]*:/\\1:19000:/' "$ROOT/etc/shadow"
    rm -f "$ROOT"/etc/*- "$ROOT"/etc/.pwd.lock
    rm -rf "$ROOT/var"; mkdir -p "$ROOT/var"
    chown -R 0:0 "$ROOT/usr/lib/rtpedge" "$ROOT/etc/rauc" "$ROOT/usr/share/rtpedge"`,
    { ROOT: folder },
  );
  if (parts.customise !== undefined) {
    await must(["sh", "-euc", parts.customise, "customise", folder]);
  }
  sizes.set("version " + version, 0);
  return sizes;
}

/** Names and versions of all packages, for the bill of materials, before dpkg's own list goes. */
async function packageList(folder: string): Promise<void> {
  const { output } = {
    output: await must([
      "dpkg-query",
      `--admindir=${folder}/var/lib/dpkg`,
      "-W",
      "-f=${Package}\\t${Version}\\t${Source}\\t${Installed-Size}\\n",
    ]),
  };
  await Deno.mkdir(`${folder}/usr/share/rtpedge`, { recursive: true });
  await Deno.writeTextFile(`${folder}/usr/share/rtpedge/packages.tsv`, output);
}

async function trim(folder: string): Promise<void> {
  await script(
    `
    cd "$ROOT"
    # licences stay
    rm -rf usr/share/doc-base var/cache var/lib/apt var/log
    rm -rf usr/lib/*/perl usr/lib/*/perl-base usr/bin/perl* usr/share/perl
    rm -rf usr/lib/*/gconv usr/share/i18n usr/share/zoneinfo/right usr/share/zoneinfo/posix
    rm -rf usr/lib/apt usr/bin/apt* usr/bin/dpkg* usr/bin/deb* usr/sbin/dpkg* usr/lib/dpkg usr/share/dpkg usr/share/keyrings
    rm -f usr/lib/*/libapt-* usr/lib/udev/hwdb.bin usr/lib/systemd/system-generators/systemd-gpt-auto-generator
    rm -rf usr/lib/udev/hwdb.d usr/lib/systemd/catalog/systemd.??.catalog usr/lib/systemd/catalog/systemd.??_??.catalog
  `,
    { ROOT: folder },
  );
}

async function kernelModules(folder: string, { shop, native }: RootParts): Promise<void> {
  const from = await script(
    `for d in "$TREE"/usr/lib/modules/* "$TREE"/lib/modules/*; do [ ! -d "$d/kernel" ] || { echo "$d"; break; }; done`,
    { TREE: shop.kernelTree },
  );
  const to = `${folder}/usr/lib/modules/${shop.kernel}`;
  await Deno.mkdir(`${folder}/usr/lib/modules`, { recursive: true });
  await must(["cp", "-a", from.trim(), to]);
  await script(
    `
    cd "$TO"
    rm -rf build source vmlinuz updates config System.map
    cd kernel
    for path in $GONE; do rm -rf $path*; done
    find . -type d -empty -delete`,
    { TO: to, GONE: NOT_NEEDED.join(" ") },
  );
  await Deno.mkdir(`${to}/updates`);
  await Deno.copyFile(`${native}/rtpedge.ko`, `${to}/updates/rtpedge.ko`);
}

async function configure(folder: string, parts: RootParts): Promise<void> {
  const { board, version, keyring } = parts;
  const etc = `${folder}/etc`;
  // own to each device: the initial ramdisk mounts over these
  for (const name of ["machine-id", "hostname"]) await Deno.writeTextFile(`${etc}/${name}`, "");
  await Deno.mkdir(`${etc}/systemd/network`, { recursive: true });
  await Deno.symlink("../run/systemd/resolve/stub-resolv.conf", `${etc}/resolv.conf`);
  // commands start in a third of the time when what is compiled is kept
  await Deno.symlink("../var/cache/root", `${folder}/root/.cache`);
  await Deno.writeTextFile(`${etc}/fstab`, "# The initial ramdisk mounts what there is.\n");
  await Deno.writeTextFile(
    `${etc}/hosts`,
    "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n",
  );
  // the daemon's configuration is copied from here at the first start
  const shipped = await Deno.readTextFile(`${folder}/etc/rtpedge/rtpedge.conf`);
  await Deno.writeTextFile(`${folder}/usr/share/rtpedge/rtpedge.conf`, applianceConfig(shipped));
  await Deno.remove(`${folder}/etc/rtpedge/rtpedge.conf`);
  await openedPorts(`${folder}/usr/share/rtpedge`, `${folder}/usr/lib/rtpedge/lib/rtpedge.js`);
  const users = `${folder}/usr/lib/sysusers.d/rtpedge.conf`;
  const text = await Deno.readTextFile(users);
  await Deno.writeTextFile(users, text.replace(/^u rtpedge - /m, `u rtpedge ${DAEMON_ID} `));
  const system = `${etc}/rauc/system.conf`;
  const rauc = await Deno.readTextFile(system);
  await Deno.writeTextFile(system, rauc.replace("@COMPATIBLE@", board.compatible));
  await Deno.copyFile(keyring, `${etc}/rauc/keyring.pem`);
  await Deno.chmod(`${etc}/rauc/keyring.pem`, 0o644);
  await Deno.writeTextFile(
    `${folder}/usr/lib/os-release`,
    [
      `PRETTY_NAME="rtpedge ${version}"`,
      'NAME="rtpedge"',
      "ID=rtpedge",
      "ID_LIKE=debian",
      `VERSION_ID="${version}"`,
      'VERSION_CODENAME="trixie"',
      "IMAGE_ID=rtpedge",
      `IMAGE_VERSION="${version}"`,
      "",
    ].join("\n"),
  );
  // answers nobody but this host
  const chrony = `${etc}/chrony/chrony.conf`;
  const ntp = await Deno.readTextFile(chrony);
  await Deno.writeTextFile(chrony, `${ntp}\nport 0\ncmdport 0\nsourcedir /run/rtpedge-ntp\n`);
}

/** The shipped configuration with what the appliance has otherwise: HTTPS outside, for those who have a token. */
export function applianceConfig(shipped: string): string {
  return editSection(
    shipped.replace(
      /^.*this host only\.$/m,
      "# Configuration of the rtpedge appliance: media on every network interface, control over HTTPS and WSS with a token.",
    ),
    "rtpengine",
    new Map([
      ["listen-https", "443"],
      ["control-auth", "listen-https"],
      ["control-allow-https", "0.0.0.0/0;::/0"],
      ["table", "0"],
    ]),
  );
}

/** What the packet filter opens for the shipped configuration, so that the first start need not work it out. */
async function openedPorts(share: string, program: string): Promise<void> {
  const text = await Deno.readTextFile(`${share}/rtpedge.conf`);
  const result = await loadConfig(["--config-file=/shipped"], {
    env: {},
    host: {
      addresses: () => [{ device: "eth0", family: 4, address: "192.0.2.1" }],
      resolve: (name) => Promise.reject(new Error(`${name} is not looked up in a build`)),
      readFile: (path) => path === "/shipped" ? text : undefined,
    },
  });
  if (result.outcome !== "run") {
    throw new Error(`the shipped configuration: ${JSON.stringify(result)}`);
  }
  const stamp = await script('cat "$CONFIG" "$PROGRAM" | cksum', {
    CONFIG: `${share}/rtpedge.conf`,
    PROGRAM: program,
  });
  await Deno.writeTextFile(
    `${share}/opened.nft`,
    `# ${stamp.trim()}\n${firewallText(result.loaded)}`,
  );
}

/** Bytes of files below a path. */
export async function sizeOf(path: string): Promise<number> {
  return Number(/^\d+/.exec(await must(["du", "-sb", path]))?.[0] ?? 0);
}
