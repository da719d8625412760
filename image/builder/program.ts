/**
 * The program for a board: the runtime, the C library, the kernel module.
 *
 * @module
 */

import { deno, root } from "../../tools/proc.ts";
import { SetupError } from "../../tools/packages.ts";
import { stage } from "../../packaging/stage.ts";
import type { Board } from "./board.ts";
import { kept } from "./cache.ts";
import { toolRoot, type Workshop } from "./debian.ts";
import { inside, must } from "./shell.ts";

/** The runtime for a board: the one that runs here, or the same version for the other architecture. */
async function runtime(board: Board): Promise<string> {
  const here = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  if (board.name === here) return deno;
  const wanted = `${board.denoPackage}@${Deno.version.deno}`;
  const folder = await kept(`deno-${board.name}`, { wanted }, async (folder) => {
    await Deno.mkdir(folder, { recursive: true });
    await must(["npm", "pack", "--silent", wanted], { cwd: folder });
    await must(["sh", "-euc", "tar -xzf *.tgz && rm *.tgz"], { cwd: folder });
    await Deno.chmod(`${folder}/package/deno`, 0o755);
  });
  return `${folder}/package/deno`;
}

/** Builds the C library and the kernel module. @returns their folder */
export async function compile(board: Board, shop: Workshop, work: string): Promise<string> {
  const out = `${work}/native`;
  await Deno.mkdir(out, { recursive: true });
  const cross = shop.sysroot !== "";
  const cc = cross ? `${board.triplet}-gcc` : "gcc";
  // headers and libraries of the target come before the compiler's own
  const paths = `-I${shop.sysroot}/usr/include/${board.triplet} -I${shop.sysroot}/usr/include`;
  const link = `-L${shop.sysroot}/usr/lib/${board.triplet}`;
  const own = cross ? `CFLAGS="${paths}" LDFLAGS="${link} -Wl,-rpath-link,${shop.sysroot}/usr/lib/${board.triplet}"` : "";
  const kernel = cross ? `ARCH=${board.kernelArch} CROSS_COMPILE=${board.triplet}-` : "";
  await inside(toolRoot(shop, { "/src": root, "/out": out }), `
    make -s -C /src/ffi lib BUILD=/out/ffi OUT=/out/librtpedge.so CC=${cc} ${own}
    make -s -C /src/kernel module BUILD=/out/kernel KDIR=${shop.headers} CONFIG_DEBUG_INFO_BTF_MODULES= ${kernel}
    cp /out/kernel/${shop.kernel}/rtpedge.ko /out/rtpedge.ko
    ${cross ? `${board.triplet}-` : ""}strip --strip-debug /out/rtpedge.ko
    ${cross ? `${board.triplet}-` : ""}strip --strip-unneeded /out/librtpedge.so`);
  return out;
}

/** Puts the program below `folder`. */
export async function install(board: Board, folder: string, native: string, epoch: number): Promise<void> {
  await stage(folder, {
    deno: await runtime(board),
    library: `${native}/librtpedge.so`,
    epoch,
  });
}

/** A sentence when the two ends of an update would not fit. @throws SetupError */
export function expectSize(what: string, bytes: number, most: number): void {
  if (bytes <= most) return;
  const mib = (value: number) => `${Math.ceil(value / 2 ** 20)} MiB`;
  throw new SetupError(`${what} is ${mib(bytes)}, more than its ${mib(most)}`);
}
