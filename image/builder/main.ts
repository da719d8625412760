/**
 * `image/build`: from Debian packages and this tree to a disk image and an update bundle.
 *
 * @module
 */

import { parseArgs } from "node:util";
import manifest from "../../deno.json" with { type: "json" };
import { sourceDate } from "../../systemd/packaging/deb.ts";
import { ensurePackages, SetupError } from "../../tools/packages.ts";
import { root, say, warn } from "../../tools/proc.ts";
import { fetchPackages } from "../../tools/setup.ts";
import { BOARDS } from "./board.ts";
import { entryText, makeInitrd, makeVerity } from "./boot.ts";
import { cacheDirectory, workFolder } from "./cache.ts";
import { baseRoot, bootPackages, workshop } from "./debian.ts";
import { makeDisk, SLOT_BYTES } from "./disk.ts";
import { raspberryFiles } from "./raspberry.ts";
import { compile, expectSize } from "./program.ts";
import { largestPackages, programsOf, rootRows, sizeTable, spdx } from "./report.ts";
import { makeRoot } from "./root.ts";
import { must, script } from "./shell.ts";
import { uBootFiles } from "./uboot.ts";
import { keysFor, makeBundle } from "./update_bundle.ts";

/** Largest update bundle that may be shipped. */
const BUNDLE_BYTES = 450 * 2 ** 20;

const HELP = `Usage: image/build [OPTIONS]

Builds the appliance: a disk image to flash and an update bundle for devices that run.

  --board NAME       ${Object.keys(BOARDS).join(" or ")} (amd64)
  --out DIR          where the results go (dist/image/NAME)
  --version VERSION  version of the image (${manifest.version})
  --key FILE         key that the bundle is signed with, PEM; without it one of this machine's own
  --cert FILE        its certificate
  --keyring FILE     certificates of signers that the device trusts (the file of --cert)
  --fast             less compression, for tests
  --no-disk          the update bundle only
  --customise SCRIPT shell script that changes the root file system ($1) before it is sealed

The time of all files is SOURCE_DATE_EPOCH, by default that of the last commit: the same tree and the same packages
give the same image. Needs root, mmdebstrap, and for arm64 qemu-user-static and npm. What is slow to make is kept in
${cacheDirectory()}; delete it to take newer Debian packages.
`;

/** Packages of this machine that the build needs. */
const NEEDED = ["mmdebstrap", "util-linux", "binutils", "openssl"];
const NEEDED_FOREIGN = ["qemu-user-static", "arch-test"];

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      board: { type: "string", default: "amd64" },
      out: { type: "string" },
      version: { type: "string", default: manifest.version },
      key: { type: "string" },
      cert: { type: "string" },
      keyring: { type: "string" },
      fast: { type: "boolean", default: false },
      "no-disk": { type: "boolean", default: false },
      customise: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return say(HELP);
  const board = BOARDS[values.board];
  if (board === undefined) {
    throw new SetupError(`There is no board "${values.board}": ${Object.keys(BOARDS).join(", ")}`);
  }
  if (!/^[0-9][0-9A-Za-z.+~-]*$/.test(values.version)) {
    throw new SetupError(`Version "${values.version}" does not begin with a digit`);
  }
  if (Deno.uid() !== 0) {
    throw new SetupError("image/build needs root: it makes file systems with files of others");
  }
  const { version, fast } = values;
  const results = values.out ?? `${root}/dist/image/${board.name}`;
  const started = performance.now();
  const step = (text: string) =>
    say(`[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);

  await ensurePackages(
    [...NEEDED, ...(board.name === "amd64" ? [] : NEEDED_FOREIGN)],
    "Building the appliance",
  );
  await fetchPackages();
  const epoch = await sourceDate();
  const work = await workFolder();
  try {
    step(`tools and kernel for ${board.name}`);
    const shop = await workshop(board, epoch);
    step(`Debian packages`);
    const base = await baseRoot(board, epoch);
    step(`C library and kernel module for ${shop.kernel}`);
    const native = await compile(board, shop);
    const keys = await keysFor(values);
    step("root file system");
    const target = `${work}/root`;
    const sizes = await makeRoot(target, {
      board,
      shop,
      base,
      native,
      version,
      epoch,
      keyring: keys.keyring,
      ...(values.customise === undefined ? {} : { customise: values.customise }),
    });
    const packages = await Deno.readTextFile(`${target}/usr/share/rtpedge/packages.tsv`);
    const lock = await Deno.readTextFile(`${root}/deno.lock`);
    const bill = await spdx({
      version,
      architecture: board.name,
      epoch,
      kernel: shop.kernel,
      packages: packages + await bootPackages(shop),
      programs: programsOf(lock),
    });
    await Deno.writeTextFile(`${target}/usr/share/rtpedge/sbom.spdx.json`, bill);
    step("initial ramdisk");
    await makeInitrd(target, { shop, work, epoch, fast });
    const out = `${work}/out`;
    await script(
      'cp "$(ls "$TREE"/boot/vmlinuz-* "$TREE"/usr/lib/modules/*/vmlinuz 2>/dev/null | head -n 1)" "$OUT/vmlinuz"',
      {
        TREE: shop.kernelTree,
        OUT: out,
      },
    );
    step("file system and hash tree");
    const verity = await makeVerity(target, { shop, work, epoch, version, fast });
    const size = async (name: string) => (await Deno.stat(`${out}/${name}`)).size;
    expectSize("the root file system", await size("root.img"), SLOT_BYTES);
    await Deno.writeTextFile(`${out}/entry`, entryText(board, version, verity));
    step("update bundle");
    await makeBundle({ board, shop, out, version, keys, epoch });
    expectSize("the update bundle", await size("update.raucb"), BUNDLE_BYTES);
    const files = ["update.raucb"];
    if (!values["no-disk"]) {
      step("disk image");
      const extra = board.name === "arm64"
        ? new Map([...await raspberryFiles(shop, out), ...await uBootFiles(shop, out, epoch)])
        : new Map<string, string>();
      await makeDisk({ board, shop, out, epoch, extra });
      files.push("disk.img");
    }
    await Deno.mkdir(results, { recursive: true });
    await Deno.writeTextFile(`${results}/rtpedge-${version}-${board.name}.spdx.json`, bill);
    for (const name of files) {
      const to = `${results}/rtpedge-${version}-${board.name}.${
        name === "disk.img" ? "img" : "raucb"
      }`;
      await must(["cp", "--sparse=always", `${out}/${name}`, `${to}.new`]);
      await Deno.rename(`${to}.new`, to);
    }
    step("sizes");
    sizeTable([
      ...rootRows(sizes),
      ...await largestPackages(base, target, 6),
      ["kernel", await size("vmlinuz")],
      ["initial ramdisk", await size("initrd")],
      ["root file system, compressed", await size("root.img")],
      ["update bundle", await size("update.raucb")],
    ]);
    if (keys.own) {
      say(
        `    The bundle is signed with ${keys.key}, made on this machine. For devices of others: --key and --cert.`,
      );
    }
    step(`done: ${results}`);
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => undefined);
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
    Deno.exit(1);
  }
}
