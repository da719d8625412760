/**
 * The image for arm64 started by U-Boot, as a Raspberry Pi does it: it hands over a device tree, and cannot rename the
 * files in whose names tries are counted.
 */

import assert from "node:assert/strict";
import { BOARDS } from "../../image/builder/board.ts";
import { toolRoot, type Workshop, workshop } from "../../image/builder/debian.ts";
import { inside } from "../../image/builder/shell.ts";
import { bootCommand } from "../../image/builder/uboot.ts";
import { ensurePackages } from "../../tools/packages.ts";
import { warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import { ARM_PACKAGES, consoleUntil } from "./console.ts";
import { bootFile, bootFolder, build, diskOf } from "./images.ts";
import { machineUnavailable } from "./machine.ts";

/** U-Boot for emulated machines: here, and among the tools, where it is of the release that a Raspberry Pi's is of. */
const U_BOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin";
/** How long it may take from switching on to the first program of the root file system, in seconds. */
const SECONDS = 600;

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") === undefined) return "it takes minutes: deno task image:test";
  await ensurePackages(ARM_PACKAGES, "Emulating boards for arm64");
  return await machineUnavailable("arm64");
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`U-Boot: not run: ${unavailable}`);

/** Ways in which a version does not come up. */
const FAULTS = {
  /** Kernel and ramdisk start, but the root file system is not what was built: it is another slot's. */
  root: /is not what was built|cannot be opened/g,
  /** The kernel finds no ramdisk and panics. */
  kernel: /Kernel panic - not syncing/g,
} as const;

/** A machine that starts the image, with slot B on trial that is broken. */
interface Trial {
  readonly folder: string;
  readonly disk: string;
  readonly shop: Workshop;
}

/** A disk with slot B on trial. */
async function trial(shop: Workshop, fault: keyof typeof FAULTS): Promise<Trial> {
  const image = await build({ board: "arm64", version: "1.0.0", name: "arm64" });
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-uboot-", dir: "/var/tmp" });
  const disk = await diskOf(image, folder);
  const esp = ["-i", `${disk}@@1M`];
  const good = (await bootFile(disk, "loader/entries/rtpedge-a.conf"))
    .replace("show_status=no", "show_status=yes");
  let bad = good.replaceAll("slot A", "slot B").replaceAll("slot=A", "slot=B")
    .replace("rtpedge-5000", "rtpedge-4999");
  if (fault === "kernel") {
    bad = bad.replace("initrd /rtpedge/a/initrd", "initrd /rtpedge/a/entry");
  }
  await Deno.writeTextFile(`${folder}/a`, good);
  await Deno.writeTextFile(`${folder}/b`, bad);
  await must(["mcopy", "-o", ...esp, `${folder}/a`, "::/loader/entries/rtpedge-a.conf"]);
  await must(["mcopy", ...esp, `${folder}/b`, "::/loader/entries/rtpedge-b+3.conf"]);
  return { folder, disk, shop };
}

/** Arguments of a machine that U-Boot starts from the disk. */
function machine({ disk }: Trial, uBoot: string, more: readonly string[] = []): string[] {
  return [
    "qemu-system-aarch64",
    ...["-machine", "virt", "-accel", "tcg,thread=multi", "-cpu", "cortex-a72"],
    ...["-m", "1280", "-smp", "2", "-nodefaults", "-display", "none", "-serial", "stdio"],
    ...["-bios", uBoot],
    ...["-drive", `file=${disk},format=raw,if=none,id=disk`],
    ...["-device", "virtio-blk-pci,drive=disk"],
    ...more,
  ];
}

/** The machine's device tree with our command in it, as those of a Raspberry Pi on the image have it. */
async function treeWithCommand(trial: Trial, uBoot: string): Promise<string> {
  const { folder, shop } = trial;
  const argv = machine(trial, uBoot);
  argv[argv.indexOf("virt")] = `virt,dumpdtb=${folder}/tree.dtb`;
  await must(argv);
  await inside(
    toolRoot(shop, { "/looked": folder }),
    `fdtput -t s -p /looked/tree.dtb /config bootcmd '${bootCommand(["mmc", "virtio"])}'`,
  );
  return `${folder}/tree.dtb`;
}

/**
 * Starts a machine with a version on trial that does not come up, again and again by itself, until another one is up:
 * after three tries, no more and no fewer.
 *
 * @param arrange makes arguments for the machine, of what is made and the tools' U-Boot
 * @param bad name of the entry that was on trial, afterwards
 */
async function givesUp(
  fault: keyof typeof FAULTS,
  arrange: (trial: Trial, uBoot: string) => Promise<string[]> | string[],
  bad: string,
): Promise<void> {
  const shop = await workshop(BOARDS["arm64"]!, 0);
  const made = await trial(shop, fault);
  try {
    const argv = await arrange(made, `${shop.tools}${shop.sysroot}${U_BOOT}`);
    const started = performance.now();
    const said = await consoleUntil(argv, /Welcome to/, SECONDS);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    warn(`from three bad starts to a good one in ${seconds} s`);
    assert.match(said, /U-Boot 20/);
    assert.equal(said.match(FAULTS[fault])?.length, 3, said);
    const entries = await bootFolder(made.disk, "loader/entries");
    assert.deepEqual(entries.toSorted(), ["rtpedge-a.conf", bad]);
  } finally {
    await Deno.remove(made.folder, { recursive: true });
  }
}

Deno.test({
  name:
    "the arm64 image started by U-Boot gives up a kernel that does not come as far as the ramdisk",
  ignore: unavailable !== undefined,
  fn: () =>
    givesUp("kernel", async (trial, uBoot) => {
      return machine(trial, uBoot, ["-dtb", await treeWithCommand(trial, uBoot)]);
    }, "rtpedge-b+0-3.conf"),
});

Deno.test({
  name:
    "the arm64 image started by a U-Boot with a device tree of its own counts tries in the ramdisk",
  ignore: unavailable !== undefined,
  fn: () => givesUp("root", machine, "rtpedge-b+0.conf"),
});

/** Until 2023 U-Boot went through scripts first; Debian 12 has such a one. */
async function isOlder(): Promise<boolean> {
  const bytes = await Deno.readFile(U_BOOT).catch(() => new Uint8Array());
  return new TextDecoder("latin1").decode(bytes).includes("bootcmd=run distro_bootcmd");
}

const newer = unavailable === undefined && !await isOlder();
if (newer) warn("U-Boot: not run: this machine's is none that looks for scripts first");

Deno.test({
  name:
    "the arm64 image started by an older U-Boot, which looks for scripts, gives up such a kernel",
  ignore: unavailable !== undefined || newer,
  fn: () => givesUp("kernel", (trial) => machine(trial, U_BOOT), "rtpedge-b+0-3.conf"),
});
