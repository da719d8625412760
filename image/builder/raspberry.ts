/**
 * Files with which a Raspberry Pi 4 or 5 starts from the ESP: its firmware loads U-Boot and a device tree, which has it
 * count the try and then run the boot loader as any UEFI does.
 *
 * @module
 */

import { toolRoot, type Workshop } from "./debian.ts";
import { inside } from "./shell.ts";
import { bootCommand } from "./uboot.ts";

/** Device trees: Pi 4, 400 and CM4; Pi 5 with either stepping of its chip, the second by both names it goes by. */
const TREES: Readonly<Record<string, string>> = {
  "bcm2711-rpi-4-b.dtb": "bcm2711-rpi-4-b.dtb",
  "bcm2711-rpi-400.dtb": "bcm2711-rpi-400.dtb",
  "bcm2711-rpi-cm4-io.dtb": "bcm2711-rpi-cm4-io.dtb",
  "bcm2712-rpi-5-b.dtb": "bcm2712-rpi-5-b.dtb",
  "bcm2712-d-rpi-5-b.dtb": "bcm2712-d-rpi-5-b.dtb",
  "bcm2712d0-rpi-5-b.dtb": "bcm2712-d-rpi-5-b.dtb",
};

/** Files of packages by their name on the ESP. The firmware of a Pi 5 is all in its EEPROM. */
const FILES: Readonly<Record<string, string>> = {
  "start4.elf": "usr/lib/raspi-firmware/start4.elf",
  "fixup4.dat": "usr/lib/raspi-firmware/fixup4.dat",
  "LICENCE.broadcom": "usr/share/doc/raspi-firmware/copyright",
  "u-boot-rpi4.bin": "usr/lib/u-boot/rpi_4/u-boot.bin",
  "u-boot-rpi5.bin": "usr/lib/u-boot/rpi_arm64/u-boot.bin",
};

const CONFIG =
  `# The firmware starts U-Boot, and that the boot loader: slots and updates are the same as on other boards.
arm_64bit=1
enable_uart=1
# device trees have the names of the upstream kernel
upstream_kernel=1
[pi4]
kernel=u-boot-rpi4.bin
[pi5]
kernel=u-boot-rpi5.bin
[all]
`;

/** What U-Boot does first, by the device tree: cards, then what hangs on USB. */
export const BOOT_COMMAND = bootCommand(["mmc", "usb"]);

/** Files by their path on the ESP; their places are as seen from inside the tools. @throws SetupError if one is missing */
export async function raspberryFiles(
  shop: Workshop,
  out: string,
): Promise<ReadonlyMap<string, string>> {
  await Deno.mkdir(`${out}/rpi`, { recursive: true });
  await Deno.writeTextFile(`${out}/rpi/config.txt`, CONFIG);
  const trees = `/kernel/tree/usr/lib/modules/${shop.kernel}/dtb/broadcom`;
  const copies = [
    ...Object.entries(FILES).map(([to, from]) => [`${shop.sysroot}/${from}`, to]),
    ...Object.entries(TREES).map(([to, from]) => [`${trees}/${from}`, to]),
  ];
  await inside(
    toolRoot(shop, { "/out": out }),
    [
      "cd /out/rpi",
      ...copies.map(([from, to]) => `cp ${from} ${to}`),
      ...Object.keys(TREES).map((tree) =>
        `fdtput -t s -p ${tree} /config bootcmd '${BOOT_COMMAND}'`
      ),
    ].join("\n"),
  );
  const names = ["config.txt", ...copies.map(([, to]) => to!)];
  return new Map(names.map((name) => [name, `rpi/${name}`] as const));
}
