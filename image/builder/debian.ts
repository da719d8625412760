/**
 * Debian from the mirror this machine's apt is set up with: the folder in which everything is built, and the
 * packages that go into images.
 *
 * @module
 */

import { SetupError } from "../../tools/packages.ts";
import { say } from "../../tools/proc.ts";
import { type Board, CROSS_TOOLS, PACKAGES, TOOLS } from "./board.ts";
import { exists, isKept, kept } from "./cache.ts";
import { type Chroot, inside, must } from "./shell.ts";

/** Release the appliance is made of. */
const SUITE = "trixie";

/** Lines for sources.list. @throws SetupError when apt has no Debian mirror */
export async function sources(components = "main"): Promise<readonly string[]> {
  const sites = (await must([
    "apt-get",
    "indextargets",
    "--format",
    "$(SITE)",
    "Created-By: Packages",
    "Origin: Debian",
  ])).split("\n").filter((site) => site !== "");
  const main = sites.find((site) => !site.endsWith("-security"));
  if (main === undefined) {
    throw new SetupError("apt of this machine has no Debian mirror: run apt-get update");
  }
  const security = sites.find((site) => site.endsWith("-security")) ?? `${main}-security`;
  const key = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const line = (site: string, suite: string) =>
    `deb [signed-by=${key}] ${site} ${suite} ${components}`;
  return [
    line(main, SUITE),
    line(main, `${SUITE}-updates`),
    line(security, `${SUITE}-security`),
    line(main, `${SUITE}-backports`),
  ];
}

const LEAN = [
  "--dpkgopt=path-exclude=/usr/share/doc/*",
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  "--dpkgopt=path-exclude=/usr/share/man/*",
  "--dpkgopt=path-exclude=/usr/share/locale/*",
  "--dpkgopt=path-exclude=/usr/share/info/*",
];

async function writeSources(components?: string): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "rtpedge-sources-" });
  await Deno.writeTextFile(file, (await sources(components)).join("\n") + "\n");
  return file;
}

/** What the build works with. */
export interface Workshop {
  /** Folder in which tools run. */
  readonly tools: string;
  /** Version of the kernel, as in /lib/modules. */
  readonly kernel: string;
  /** Folder with the kernel's packages, unpacked. */
  readonly kernelTree: string;
  /** Headers of the kernel, inside `tools`. */
  readonly headers: string;
  /** Packages of the target to link and boot with, unpacked inside `tools`; empty when it is the tools' own. */
  readonly sysroot: string;
}

function toolsFor({ name }: Board): readonly string[] {
  return name === "amd64" ? TOOLS : [...TOOLS, ...CROSS_TOOLS];
}

function toolsOf(board: Board) {
  const { name, flavour, loader } = board;
  return { SUITE, TOOLS: toolsFor(board), name, flavour, loader, recipe: 3 };
}

function packagesOf(board: Board) {
  return { SUITE, PACKAGES, name: board.name, recipe: 2 };
}

/** Whether everything that is fetched for a board was fetched by an earlier build. */
export async function isFetched(board: Board): Promise<boolean> {
  return await isKept(`tools-${board.name}`, toolsOf(board)) &&
    await isKept(`root-${board.name}`, packagesOf(board));
}

/** The folder with compilers and makers of file systems, the kernel for a board, and headers of both. */
export async function workshop(board: Board, epoch: number): Promise<Workshop> {
  const folder = await kept(
    `tools-${board.name}`,
    toolsOf(board),
    async (folder) => {
      const cross = board.name !== "amd64";
      await must([
        "mmdebstrap",
        "--mode=root",
        "--variant=apt",
        `--include=${toolsFor(board).join(",")}`,
        ...(cross ? [`--architectures=amd64,${board.name}`] : []),
        ...LEAN,
        "--skip=cleanup/apt/lists",
        SUITE,
        folder,
        await writeSources("main non-free-firmware"),
      ], { env: { SOURCE_DATE_EPOCH: String(epoch) } });
      say("    kernel");
      await inside({ folder, binds: {} }, fetchKernel(board));
    },
  );
  const kernel = (await Deno.readTextFile(`${folder}/kernel/release`)).trim();
  return {
    tools: folder,
    kernel,
    kernelTree: `${folder}/kernel/tree`,
    headers: `/kernel/tree/usr/src/linux-headers-${kernel}`,
    sysroot: board.name === "amd64" ? "" : "/kernel/sysroot",
  };
}

/**
 * Downloads the newest kernel of the backports and unpacks it with its headers, and what programs for the board are
 * linked with. Nothing is installed: maintainer scripts of kernels build ramdisks nobody needs.
 */
function fetchKernel({ name, flavour, loader }: Board): string {
  const foreign = name === "amd64" ? "" : `:${name}`;
  return `
    export DEBIAN_FRONTEND=noninteractive
    suite=${SUITE}-backports
    mkdir -p /kernel/deb /kernel/tree
    cd /kernel/deb
    echo 'APT::Sandbox::User "root";' >/etc/apt/apt.conf.d/99sandbox
    # the meta package names the version
    release=$(apt-cache -t $suite depends linux-image-${flavour}${foreign} |
      sed -n 's/.*Depends: *<\\{0,1\\}linux-image-\\([0-9][^<>:]*\\).*/\\1/p' | head -n 1)
    [ -n "$release" ]
    common=$(echo $release | sed 's/-${flavour}$/-common/')
    kbuild=$(echo $release | sed 's/-${flavour}$//')
    list=
    for p in linux-image-$release${foreign} linux-base-$release${foreign} linux-binary-$release${foreign} \\
      linux-modules-$release${foreign} linux-headers-$release${foreign} linux-headers-$common linux-kbuild-$kbuild; do
      if apt-cache show $p >/dev/null 2>&1; then list="$list $p"; fi
    done
    apt-get -qq -t $suite download $list
    for deb in *.deb; do dpkg -x $deb /kernel/tree; done
    sed -i 's,\\([ "=]\\)/usr/,\\1/kernel/tree/usr/,g' /kernel/tree/usr/src/linux-headers-$release/Makefile
    for link in /kernel/tree/usr/src/linux-headers-*/scripts /kernel/tree/usr/src/linux-headers-*/tools; do
      [ -L $link ] || continue
      target=$(readlink $link)
      case $target in /*) ln -sfn /kernel/tree$target $link ;; esac
    done
    echo $release >/kernel/release
    mkdir -p /kernel/boot
    if [ -n "${foreign}" ]; then
      # the last of them is for tests: U-Boot for emulated boards, of the release that the one for boards is of
      mkdir /kernel/sysdeb /kernel/sysroot
      cd /kernel/sysdeb
      apt-get -qq download libssl-dev${foreign} libssl3t64${foreign} systemd-boot-efi${foreign} libc6${foreign} \\
        libc6-dev${foreign} linux-libc-dev libzstd1${foreign} zlib1g${foreign} raspi-firmware u-boot-rpi${foreign} \\
        u-boot-qemu
      for deb in *.deb; do dpkg -x $deb /kernel/sysroot; done
      cp /kernel/sysroot/usr/lib/systemd/boot/efi/${loader[0]} /kernel/boot/
    else
      cp /usr/lib/systemd/boot/efi/${loader[0]} /kernel/boot/
    fi`;
}

/** Names and versions of the packages of which something is on the boot partition, in lines, as dpkg-query has them. */
export async function bootPackages(shop: Workshop): Promise<string> {
  const names = ["systemd-boot-efi", "raspi-firmware", "u-boot-rpi"];
  if (shop.sysroot === "") {
    const folder = `--admindir=${shop.tools}/var/lib/dpkg`;
    return await must(["dpkg-query", folder, "-W", "-f=${Package}\\t${Version}\\n", names[0]!]);
  }
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(`${shop.tools}/kernel/sysdeb`)) {
    const [given = "", version = ""] = name.split("_");
    if (names.includes(given)) lines.push(`${given}\t${decodeURIComponent(version)}\n`);
  }
  if (lines.length !== names.length) throw new SetupError(`${shop.tools} has not all of ${names}`);
  return lines.sort().join("");
}

/** The Debian packages of the root file system, as they are installed. */
export async function baseRoot(board: Board, epoch: number): Promise<string> {
  return await kept(
    `root-${board.name}`,
    packagesOf(board),
    async (folder) => {
      if (board.name !== "amd64") await emulate();
      await must([
        "mmdebstrap",
        "--mode=root",
        "--variant=essential",
        `--architectures=${board.name}`,
        `--include=${PACKAGES.join(",")}`,
        ...LEAN,
        SUITE,
        folder,
        await writeSources(),
      ], { env: { SOURCE_DATE_EPOCH: String(epoch) } });
    },
  );
}

/** Lets this machine run programs for arm64. */
async function emulate(): Promise<void> {
  if (await exists("/proc/sys/fs/binfmt_misc/qemu-aarch64")) return;
  await must([
    "sh",
    "-euc",
    `
    [ -e /proc/sys/fs/binfmt_misc/register ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    conf=/usr/lib/binfmt.d/qemu-aarch64.conf
    [ -e $conf ] || { echo "qemu-user-static is not installed"; exit 1; }
    [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] || grep -v '^#' $conf >/proc/sys/fs/binfmt_misc/register`,
  ]);
}

/** The chroot of the tools with the tree and an output folder. */
export function toolRoot(
  shop: Workshop,
  binds: Record<string, string>,
  env: Record<string, string> = {},
): Chroot {
  return { folder: shop.tools, binds, env };
}
