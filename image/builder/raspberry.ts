/**
 * Files with which a Raspberry Pi 4 or 5 starts from the ESP: its firmware loads U-Boot, which runs the boot loader as
 * any UEFI does.
 *
 * @module
 */

import { toolRoot, type Workshop } from "./debian.ts";
import { inside } from "./shell.ts";

const CONFIG =
  `# The firmware starts U-Boot, and that the boot loader: slots and updates are the same as on other boards.
arm_64bit=1
enable_uart=1
[pi4]
kernel=u-boot-rpi4.bin
[pi5]
kernel=u-boot-rpi5.bin
[all]
`;

/** Files by their path on the ESP; their places are as seen from inside the tools. */
export async function raspberryFiles(
  shop: Workshop,
  out: string,
): Promise<ReadonlyMap<string, string>> {
  await Deno.mkdir(`${out}/rpi`, { recursive: true });
  await Deno.writeTextFile(`${out}/rpi/config.txt`, CONFIG);
  const listed = await inside(
    toolRoot(shop, { "/out": out }),
    `
    cd /out/rpi
    s=${shop.sysroot}
    for f in $s/usr/lib/raspi-firmware/start4.elf $s/usr/lib/raspi-firmware/fixup4.dat $s/usr/lib/raspi-firmware/bootcode.bin; do
      [ ! -f $f ] || cp $f .
    done
    [ ! -f $s/usr/lib/u-boot/rpi_4/u-boot.bin ] || cp $s/usr/lib/u-boot/rpi_4/u-boot.bin u-boot-rpi4.bin
    [ ! -f $s/usr/lib/u-boot/rpi_arm64/u-boot.bin ] || cp $s/usr/lib/u-boot/rpi_arm64/u-boot.bin u-boot-rpi5.bin
    find /kernel/tree -name 'bcm2711-rpi-4-b.dtb' -o -name 'bcm2711-rpi-400.dtb' -o -name 'bcm2711-rpi-cm4*.dtb' \\
      -o -name 'bcm2712-rpi-5-b.dtb' -o -name 'bcm2712-d-rpi-5-b.dtb' | while read -r f; do cp "$f" .; done
    ls`,
  );
  return new Map(listed.trim().split("\n").map((name) => [name, `rpi/${name}`] as const));
}
