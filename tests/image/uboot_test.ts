/**
 * The image for arm64 started by U-Boot, as a Raspberry Pi does it: it hands over a device tree, and cannot rename the
 * files in whose names tries are counted.
 */

import assert from "node:assert/strict";
import { ensurePackages } from "../../tools/packages.ts";
import { warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import { ARM_PACKAGES, consoleUntil } from "./console.ts";
import { bootFile, bootFolder, build, diskOf } from "./images.ts";
import { machineUnavailable } from "./machine.ts";

/** Debian's U-Boot for emulated machines. */
const U_BOOT = "/usr/lib/u-boot/qemu_arm64/u-boot.bin";

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") === undefined) return "it takes minutes: deno task image:test";
  await ensurePackages(ARM_PACKAGES, "Emulating boards for arm64");
  return await machineUnavailable("arm64");
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`U-Boot: not run: ${unavailable}`);

/** How long it may take from switching on to the first program of the root file system, in seconds. */
const SECONDS = 600;

Deno.test({
  name: "an arm64 image started by U-Boot counts the tries of a version on trial, and goes back",
  ignore: unavailable !== undefined,
  async fn() {
    const image = await build({ board: "arm64", version: "1.0.0", name: "arm64" });
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-uboot-", dir: "/var/tmp" });
    try {
      // slot B, on trial: a kernel and a ramdisk that start, but whose root file system is not what was built
      const disk = await diskOf(image, folder);
      const esp = ["-i", `${disk}@@1M`];
      const good = (await bootFile(disk, "loader/entries/rtpedge-a.conf"))
        .replace("show_status=no", "show_status=yes");
      const trial = good.replaceAll("slot A", "slot B").replaceAll("slot=A", "slot=B")
        .replace("rtpedge-5000", "rtpedge-4999");
      await Deno.writeTextFile(`${folder}/a`, good);
      await Deno.writeTextFile(`${folder}/b`, trial);
      await must(["mcopy", "-o", ...esp, `${folder}/a`, "::/loader/entries/rtpedge-a.conf"]);
      await must(["mcopy", ...esp, `${folder}/b`, "::/loader/entries/rtpedge-b+3.conf"]);

      // restarts by itself until there are no tries left
      const started = performance.now();
      const said = await consoleUntil(
        [
          "qemu-system-aarch64",
          ...["-machine", "virt", "-accel", "tcg,thread=multi", "-cpu", "cortex-a72"],
          ...["-m", "1280", "-smp", "2", "-nodefaults", "-display", "none", "-serial", "stdio"],
          ...["-bios", U_BOOT],
          ...["-drive", `file=${disk},format=raw,if=none,id=disk`],
          ...["-device", "virtio-blk-pci,drive=disk"],
        ],
        /Welcome to/,
        SECONDS,
      );
      warn(
        `from three bad starts to a good one in ${
          ((performance.now() - started) / 1000).toFixed(0)
        } s`,
      );
      assert.match(said, /U-Boot 20/);
      assert.equal(said.match(/is not what was built|cannot be opened/g)?.length, 3, said);
      assert.deepEqual(
        (await bootFolder(disk, "loader/entries")).toSorted(),
        ["rtpedge-a.conf", "rtpedge-b+0.conf"],
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
