/**
 * What is read before the root file system is there: the initial ramdisk, the boot loader's entry, the root file
 * system's hash tree.
 *
 * @module
 */

import { root } from "../../tools/proc.ts";
import { type Board, BOOT_MODULES, STORAGE } from "./board.ts";
import { digest } from "./cache.ts";
import { toolRoot, type Workshop } from "./debian.ts";
import { inside, must, script } from "./shell.ts";

/** Programs of the target in the initial ramdisk. */
const PROGRAMS = [
  "usr/sbin/dmsetup",
  "usr/sbin/mke2fs",
  "usr/sbin/e2fsck",
  "usr/sbin/tune2fs",
  "usr/sbin/resize2fs",
  "usr/sbin/sfdisk",
];

/** Makes the initial ramdisk. @returns its path */
export async function makeInitrd(
  target: string,
  { shop, work, epoch, fast }: { shop: Workshop; work: string; epoch: number; fast: boolean },
): Promise<string> {
  const tree = `${work}/initrd`;
  for (
    const folder of [
      "bin",
      "dev",
      "proc",
      "sys",
      "run",
      "sysroot",
      "etc",
      "usr/lib",
      "usr/bin",
      "usr/sbin",
    ]
  ) {
    await Deno.mkdir(`${tree}/${folder}`, { recursive: true });
  }
  for (const name of ["lib", "lib64", "sbin"]) {
    await Deno.symlink(`usr/${name === "sbin" ? "sbin" : "lib"}`, `${tree}/${name}`);
  }
  await Deno.copyFile(`${root}/image/initrd/init`, `${tree}/init`);
  await Deno.copyFile(`${target}/usr/bin/busybox`, `${tree}/bin/busybox`);
  await Deno.writeTextFile(`${tree}/modules`, BOOT_MODULES.join("\n") + "\n");
  await Deno.copyFile(`${target}/etc/mke2fs.conf`, `${tree}/etc/mke2fs.conf`);
  for (const program of PROGRAMS) await Deno.copyFile(`${target}/${program}`, `${tree}/${program}`);
  await Deno.symlink("tune2fs", `${tree}/usr/sbin/e2label`);
  await libraries(tree, target);
  await modules(tree, target, shop);
  const out = `${work}/out`;
  await Deno.mkdir(out, { recursive: true });
  await inside(
    toolRoot(shop, { "/target": tree, "/out": out }, { SOURCE_DATE_EPOCH: String(epoch) }),
    `
    depmod -b /target ${shop.kernel}
    rm -f /target/usr/lib/modules/*/*.bin /target/usr/lib/modules/*/modules.devname
    chown -R 0:0 /target
    cd /target
    find . -exec touch -hd @$SOURCE_DATE_EPOCH {} +
    find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible | zstd -q -${
      fast ? 3 : 19
    } -T0 >/out/initrd`,
  );
  return `${out}/initrd`;
}

/** Copies what programs are linked with, and what that is linked with. */
async function libraries(tree: string, target: string): Promise<void> {
  const wanted = new Set<string>();
  const seen = new Set<string>();
  const queue = PROGRAMS.map((program) => `${target}/${program}`);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const text = await must(["readelf", "-dl", path]);
    const names = [...text.matchAll(/\(NEEDED\).*\[([^\]]+)\]|interpreter: [^\]]*\/([^\]]+)\]/g)]
      .map((match) => match[1] ?? match[2]!);
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      const found = (await script(
        'find "$ROOT/usr/lib" "$ROOT/usr/lib64" -maxdepth 2 -name "$NAME" 2>/dev/null | head -n 1',
        { ROOT: target, NAME: name },
      )).trim();
      if (found === "") continue;
      wanted.add(name);
      await must(["cp", "-L", found, `${tree}/usr/lib/${name}`]);
      queue.push(`${tree}/usr/lib/${name}`);
    }
  }
}

/** Modules for disks, with what they need, unpacked: the ramdisk is compressed as a whole. */
async function modules(tree: string, target: string, shop: Workshop): Promise<void> {
  const folder = `usr/lib/modules/${shop.kernel}`;
  const order = await Deno.readTextFile(`${target}/${folder}/modules.dep`);
  const needs = new Map<string, string[]>();
  for (const line of order.split("\n")) {
    const [path, rest] = line.split(":");
    if (path !== undefined && rest !== undefined) {
      needs.set(
        path,
        rest.trim().split(" ").filter((name) => name !== ""),
      );
    }
  }
  const bare = (path: string) =>
    path.slice(path.lastIndexOf("/") + 1).replace(/\.ko.*$/, "").replaceAll("-", "_");
  const wanted = new Set<string>();
  for (const [path, others] of needs) {
    const name = path.replace(/^kernel\//, "").replaceAll("_", "-");
    const chosen = BOOT_MODULES.includes(bare(path)) ||
      STORAGE.some((start) => name.startsWith(start.replaceAll("_", "-")));
    if (!chosen) continue;
    wanted.add(path);
    for (const other of others) wanted.add(other);
  }
  for (const path of wanted) {
    const to = `${tree}/${folder}/${path.replace(/\.(xz|zst)$/, "")}`;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await script(
      'case $FROM in *.xz) xz -dc "$FROM" ;; *.zst) zstd -qdc "$FROM" ;; *) cat "$FROM" ;; esac >"$TO"',
      {
        FROM: `${target}/${folder}/${path}`,
        TO: to,
      },
    );
  }
  for (const name of ["modules.builtin", "modules.builtin.modinfo", "modules.order"]) {
    await Deno.copyFile(`${target}/${folder}/${name}`, `${tree}/${folder}/${name}`);
  }
}

/** A root file system with its hash tree. */
export interface Verity {
  /** One file: data, then the tree. */
  readonly file: string;
  /** Root hash, salt and number of data blocks, as the kernel command line has them. */
  readonly words: string;
}

/** Makes the file system and its hash tree. `fast` is for tests: larger, sooner. */
export async function makeVerity(
  target: string,
  { shop, work, epoch, version, fast }: {
    shop: Workshop;
    work: string;
    epoch: number;
    version: string;
    fast: boolean;
  },
): Promise<Verity> {
  const out = `${work}/out`;
  await Deno.mkdir(out, { recursive: true });
  const salt = await digest(`rtpedge ${version} ${epoch}`);
  const id = `${salt.slice(0, 8)}-${salt.slice(8, 12)}-4${salt.slice(13, 16)}-8${
    salt.slice(17, 20)
  }-${salt.slice(20, 32)}`;
  // what finds equal pieces works on one processor
  const compression = fast ? "-zlz4" : "-zzstd,level=12 -C131072 -Efragments,dedupe,ztailpacking";
  const text = await inside(
    toolRoot(shop, { "/target": target, "/out": out }),
    `
    rm -f /out/root.img
    mkfs.erofs --quiet -T${epoch} --all-time -U${id} ${compression} /out/root.img /target
    size=$(stat -c %s /out/root.img)
    size=$(((size + 4095) / 4096 * 4096))
    truncate -s $size /out/root.img
    veritysetup format --salt=${salt} --uuid=${id} --hash=sha256 --data-blocks=$((size / 4096)) \\
      --hash-offset=$size /out/root.img /out/root.img
    echo "BLOCKS $((size / 4096))"`,
  );
  const hash = /Root hash:\s*([0-9a-f]{64})/.exec(text)?.[1];
  const blocks = /^BLOCKS (\d+)$/m.exec(text)?.[1];
  if (hash === undefined || blocks === undefined) throw new Error(`veritysetup said: ${text}`);
  return { file: `${out}/root.img`, words: `${hash},${salt},${blocks}` };
}

/** Entry of the boot loader; the hook of a bundle puts the slot in. */
export function entryText(board: Board, version: string, verity: Verity): string {
  return [
    `title rtpedge ${version} (slot @SLOT@)`,
    `version ${version}`,
    "linux /rtpedge/@slot@/vmlinuz",
    "initrd /rtpedge/@slot@/initrd",
    `options rauc.slot=@SLOT@ rtpedge.verity=${verity.words} ro quiet panic=10 loglevel=4 systemd.show_status=no ${board.commandLine}`
      .trimEnd(),
    "",
  ].join("\n");
}
