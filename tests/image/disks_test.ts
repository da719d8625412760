/**
 * The disks that the image starts from: each kind turns up in its own time, and with drivers of its own.
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import { consoleUntil } from "./console.ts";
import { bootFile, build, diskOf } from "./images.ts";
import { machineUnavailable } from "./machine.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes minutes: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`disks: not run: ${unavailable}`);

/** How an emulated machine has a disk. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "SATA": ["-device", "ahci,id=ahci", "-device", "ide-hd,drive=disk,bus=ahci.0"],
  "NVMe": ["-device", "nvme,drive=disk,serial=1"],
  "USB": ["-device", "qemu-xhci", "-device", "usb-storage,drive=disk"],
  "an SD card": ["-device", "sdhci-pci", "-device", "sd-card,drive=disk"],
  "SCSI": ["-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=disk"],
};

/** How long an emulated machine may take to the first program of the root file system, in seconds. */
const BOOT_SECONDS = 400;

Deno.test({
  name: "the image starts from SATA, NVMe, USB, SD cards and SCSI",
  ignore: unavailable !== undefined,
  async fn(t) {
    const image = await build({ board: "amd64", version: "1.0.0" });
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-disks-", dir: "/var/tmp" });
    try {
      const disk = await diskOf(image, folder);
      // a card's size is a power of two
      await Deno.truncate(disk, 4 * 2 ** 30);
      for (const name of ["vmlinuz", "initrd"]) {
        await must(["mcopy", "-i", `${disk}@@1M`, `::/rtpedge/a/${name}`, `${folder}/${name}`]);
      }
      const entry = await bootFile(disk, "loader/entries/rtpedge-a.conf");
      const options = /^options (.*)$/m.exec(entry)![1]!
        .replace("systemd.show_status=no", "systemd.show_status=yes");
      assert.match(options, /show_status=yes/);
      for (const [kind, devices] of Object.entries(KINDS)) {
        await t.step(kind, async () => {
          const started = performance.now();
          const said = await consoleUntil(
            [
              "qemu-system-x86_64",
              ...[
                "-machine",
                "q35,i8042=off",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max,la57=off",
              ],
              ...["-m", "1024", "-smp", "2", "-nodefaults", "-no-reboot"],
              ...["-display", "none", "-serial", "stdio"],
              ...["-kernel", `${folder}/vmlinuz`, "-initrd", `${folder}/initrd`],
              ...["-append", options],
              ...["-drive", `file=${disk},format=raw,if=none,id=disk,snapshot=on`],
              ...devices,
            ],
            /Welcome to|no partition/,
            BOOT_SECONDS,
          );
          assert.doesNotMatch(said, /no partition/);
          warn(`from ${kind} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
