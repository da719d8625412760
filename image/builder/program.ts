/**
 * The program for a board: the runtime, the C library, the kernel module.
 *
 * @module
 */

import { deno, root } from "../../tools/proc.ts";
import { SetupError } from "../../tools/packages.ts";
import { stage } from "../../systemd/packaging/stage.ts";
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

/** Builds the C library and the kernel module, unless neither they nor the kernel changed. @returns their folder */
export async function compile(board: Board, shop: Workshop): Promise<string> {
  const sources = await must([
    "sh",
    "-euc",
    "find ffi/src ffi/include ffi/Makefile kernel -type f | LC_ALL=C sort | xargs sha256sum",
  ], {
    cwd: root,
  });
  return await kept(
    `native-${board.name}`,
    { sources, kernel: shop.kernel, tools: shop.tools },
    (out) => make(board, shop, out),
  );
}

async function make(board: Board, shop: Workshop, out: string): Promise<void> {
  await Deno.mkdir(out, { recursive: true });
  const cross = shop.sysroot !== "";
  const prefix = cross ? `${board.triplet}-` : "";
  // headers and libraries of the target, as Debian's packages have them, with the link that a system has beside
  const compiler = cross ? `${prefix}gcc --sysroot=${shop.sysroot}` : "gcc";
  const kernel = cross ? `ARCH=${board.kernelArch} CROSS_COMPILE=${prefix}` : "";
  // type information of modules needs the kernel's own, which is not there
  await inside(
    toolRoot(shop, { "/src": root, "/out": out }),
    `
    jobs=$(nproc)
    ${cross ? `ln -sfn usr/lib ${shop.sysroot}/lib` : ""}
    make -s -j$jobs -C /src/ffi lib BUILD=/out/ffi OUT=/out/librtpedge.so CC="${compiler}"
    make -s -j$jobs -C /src/kernel module BUILD=/out/kernel KDIR=${shop.headers} CONFIG_DEBUG_INFO_BTF_MODULES= ${kernel}
    cp /out/kernel/${shop.kernel}/rtpedge.ko /out/rtpedge.ko
    ${prefix}strip --strip-debug /out/rtpedge.ko
    ${prefix}strip --strip-unneeded /out/librtpedge.so
    rm -rf /out/ffi /out/kernel`,
  );
}

/** Puts the program below `folder`. */
export async function install(
  board: Board,
  folder: string,
  native: string,
  epoch: number,
): Promise<void> {
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
