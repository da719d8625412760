/**
 * The disk: GPT with an ESP, two root partitions and data. Nothing is mounted to make it.
 *
 * @module
 */

import type { Board } from "./board.ts";
import { digest } from "./cache.ts";
import { toolRoot, type Workshop } from "./debian.ts";
import { inside } from "./shell.ts";

const MIB = 2 ** 20;
/** Size of a root partition: what updates may grow to. */
export const SLOT_BYTES = 640 * MIB;
const ESP_BYTES = 192 * MIB;
const DATA_BYTES = 32 * MIB;
const START = MIB;

/** What is on the disk. */
export interface DiskParts {
  readonly board: Board;
  readonly shop: Workshop;
  /** Folder with `root.img`, `vmlinuz`, `initrd`, `entry`. */
  readonly out: string;
  readonly epoch: number;
  /** Files for the ESP besides, by path. */
  readonly extra: ReadonlyMap<string, string>;
}

async function guid(name: string): Promise<string> {
  const hex = await digest(`rtpedge partition ${name}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${
    hex.slice(20, 32)
  }`
    .toUpperCase();
}

/** Makes `disk.img` in the folder of the parts. */
export async function makeDisk({ board, shop, out, epoch, extra }: DiskParts): Promise<string> {
  const sectors = (bytes: number) => bytes / 512;
  const rootA = START + ESP_BYTES;
  const rootB = rootA + SLOT_BYTES;
  const data = rootB + SLOT_BYTES;
  const table = [
    "label: gpt",
    `label-id: ${await guid("disk")}`,
    "first-lba: 2048",
    `start=${sectors(START)}, size=${
      sectors(ESP_BYTES)
    }, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="esp", uuid=${await guid("esp")}`,
    `start=${sectors(rootA)}, size=${
      sectors(SLOT_BYTES)
    }, type=${board.rootType}, name="root-a", uuid=${await guid("root-a")}`,
    `start=${sectors(rootB)}, size=${
      sectors(SLOT_BYTES)
    }, type=${board.rootType}, name="root-b", uuid=${await guid("root-b")}`,
    `start=${sectors(data)}, size=${
      sectors(DATA_BYTES)
    }, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="data", uuid=${await guid("data")}`,
    "",
  ];
  await Deno.writeTextFile(`${out}/table`, table.join("\n"));
  await Deno.writeTextFile(
    `${out}/loader.conf`,
    "timeout 1\neditor no\nauto-entries no\nauto-firmware no\n",
  );
  const entry = (await Deno.readTextFile(`${out}/entry`)).replaceAll("@SLOT@", "A").replaceAll(
    "@slot@",
    "a",
  );
  await Deno.writeTextFile(`${out}/entry-a`, entry);
  await Deno.writeTextFile(`${out}/entry-a-sorted`, `${entry}sort-key rtpedge-5000\n`);
  const more = [...extra].map(([path, file]) => {
    const folder = path.split("/").slice(0, -1);
    const made = folder.map((_, depth) =>
      `mmd -i esp.img -D s ::/${folder.slice(0, depth + 1).join("/")} 2>/dev/null || true`
    );
    return [...made, `mcopy -m -i esp.img ${file} ::/${path}`].join("\n");
  });
  await inside(
    toolRoot(shop, { "/out": out }, { SOURCE_DATE_EPOCH: String(epoch), TZ: "UTC" }),
    `
    cd /out
    rm -f esp.img disk.img
    truncate -s ${ESP_BYTES} esp.img
    mkfs.vfat -F 32 --invariant -h ${
      sectors(START)
    } -n RTPEDGE -i ${(await digest("esp", 8))} esp.img >/dev/null
    mmd -i esp.img ::/EFI ::/EFI/BOOT ::/loader ::/loader/entries ::/rtpedge ::/rtpedge/a
    cp /kernel/boot/${board.loader[0]} loader.efi
    touch -d @${epoch} loader.efi loader.conf entry-a entry-a-sorted vmlinuz initrd ${
      [...extra.values()].join(" ")
    }
    mcopy -m -i esp.img loader.efi ::/EFI/BOOT/${board.loader[1]}
    mcopy -m -i esp.img loader.conf ::/loader/loader.conf
    mcopy -m -i esp.img entry-a-sorted ::/loader/entries/rtpedge-a.conf
    mcopy -m -i esp.img entry-a ::/rtpedge/a/entry
    mcopy -m -i esp.img vmlinuz initrd ::/rtpedge/a/
    ${more.join("\n    ")}
    truncate -s ${data + DATA_BYTES + MIB} disk.img
    sfdisk -q disk.img <table
    dd if=esp.img of=disk.img bs=1M seek=${START / MIB} conv=notrunc,sparse status=none
    dd if=root.img of=disk.img bs=1M seek=${rootA / MIB} conv=notrunc status=none
    rm -f esp.img loader.efi table loader.conf entry-a entry-a-sorted`,
  );
  return `${out}/disk.img`;
}
