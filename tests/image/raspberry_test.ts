/**
 * What a Raspberry Pi 4 or 5 finds on the image for arm64, as far as that can be told without one: files by the names
 * that its firmware looks for, and drivers for all that its card and its network hang on.
 */

import assert from "node:assert/strict";
import { BOARDS } from "../../image/builder/board.ts";
import { toolRoot, type Workshop, workshop } from "../../image/builder/debian.ts";
import { BOOT_COMMAND } from "../../image/builder/raspberry.ts";
import { inside } from "../../image/builder/shell.ts";
import { countingScript, SCRIPT } from "../../image/builder/uboot.ts";
import { warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import { enabled, needs, nodeOf, parseTree, strings, type TreeNode, walk } from "./device_tree.ts";
import { bootFile, build } from "./images.ts";
import { machineUnavailable } from "./machine.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "the image for arm64 takes a quarter of an hour: deno task image:test"
  : await machineUnavailable("arm64");
if (unavailable !== undefined) warn(`Raspberry Pi: not run: ${unavailable}`);

const MIB = 2 ** 20;
const SECTOR = 512;
/** What the kernel itself does for every board, without a driver that would be looked for. */
const CORE = ["fixed-clock", "arm,gic-400", "arm,primecell"];
/** Device trees, and what their root is. */
const TREES: readonly (readonly [string, string])[] = [
  ["bcm2711-rpi-4-b.dtb", "raspberrypi,4-model-b"],
  ["bcm2711-rpi-400.dtb", "raspberrypi,400"],
  ["bcm2711-rpi-cm4-io.dtb", "raspberrypi,4-compute-module"],
  ["bcm2712-rpi-5-b.dtb", "raspberrypi,5-model-b"],
  ["bcm2712-d-rpi-5-b.dtb", "raspberrypi,5-model-b"],
  ["bcm2712d0-rpi-5-b.dtb", "raspberrypi,5-model-b"],
];
/** Network chip on both, by the number that the bus reads from it: BCM54213PE. */
const PHY = 0x600d84a2;

/** An image that is looked at. */
interface Looked {
  readonly disk: string;
  readonly folder: string;
  readonly shop: Workshop;
}

/** A file of the boot partition. */
async function file({ disk, folder }: Looked, name: string): Promise<Uint8Array> {
  const to = `${folder}/${name.replaceAll("/", "_")}`;
  await must(["mcopy", "-n", "-o", "-i", `${disk}@@1M`, `::/${name}`, to]);
  return await Deno.readFile(to);
}

async function bytesAt(
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  assert.equal(await file.read(bytes), length);
  return bytes;
}

/** What config.txt says to a board: lines of its own section and of those for all. */
function configFor(text: string, board: string): Map<string, string> {
  const said = new Map<string, string>();
  let section = "all";
  for (const line of text.split("\n")) {
    const header = /^\[(.*)\]$/.exec(line)?.[1];
    if (header !== undefined) section = header;
    const [, key, value] = /^([a-z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && (section === "all" || section === board)) said.set(key, value!);
  }
  return said;
}

/** Drivers by what they say they are for: `compatible` of device trees, and other kinds of names. */
class Drivers {
  readonly #of = new Set<string>();
  readonly #others: string[] = [];

  /** @param aliases modules.alias @param builtin modules.builtin.modinfo */
  constructor(aliases: string, builtin: string) {
    const all = [
      ...aliases.split("\n").map((line) => /^alias (\S+) /.exec(line)?.[1]),
      ...builtin.split("\0").map((word) => /^[^.=]+\.alias=(.*)$/.exec(word)?.[1]),
    ];
    for (const alias of all) {
      const compatible = /^of:N.*T.*?C(.*?)(C\*)?$/.exec(alias ?? "")?.[1];
      if (compatible !== undefined) this.#of.add(compatible);
      else if (alias !== undefined) this.#others.push(alias);
    }
  }

  /** Whether there is one for a node. */
  for(node: TreeNode): boolean {
    return strings(node, "compatible").some((name) => {
      const pci = /^pci([0-9a-f]+),([0-9a-f]+)$/.exec(name);
      if (pci === null) return CORE.includes(name) || this.#of.has(name);
      const [vendor, device] = pci.slice(1).map((id) => id.toUpperCase().padStart(8, "0"));
      return this.#others.some((alias) => alias.startsWith(`pci:v${vendor}d${device}`));
    });
  }

  /** Whether there is one whose pattern, with `?` for any sign, is this name. */
  named(name: string): boolean {
    return this.#others.some((alias) =>
      alias.length === name.length &&
      [...alias].every((sign, at) => sign === "?" || sign === name[at])
    );
  }
}

/** Paths of what a device needs and nothing is there for. */
function missing(root: TreeNode, device: TreeNode, drivers: Drivers): string[] {
  const path = (node: TreeNode): string => node.parent ? `${path(node.parent)}/${node.name}` : "";
  return [...needs(root, device)]
    .filter((node) => node.parent !== undefined && node.properties.has("compatible"))
    .filter((node) => !drivers.for(node))
    .map((node) => `${path(node)} (${strings(node, "compatible")})`);
}

async function checkPartition({ disk }: Looked): Promise<void> {
  const entry = new DataView((await bytesAt(disk, 2 * SECTOR, 128)).buffer);
  // C12A7328-F81F-11D2-BA4B-00A0C93EC93B, as GPT writes it
  assert.equal(entry.getUint32(0, true), 0xc12a7328, "the first partition is not the ESP");
  assert.equal(Number(entry.getBigUint64(32, true)) * SECTOR, MIB);
  const boot = new DataView((await bytesAt(disk, MIB, SECTOR)).buffer);
  const perCluster = boot.getUint8(13);
  const reserved = boot.getUint16(14, true) + boot.getUint8(16) * boot.getUint32(36, true);
  const clusters = Math.floor((boot.getUint32(32, true) - reserved) / perCluster);
  // firmware tells FAT32 by this number, not by its name
  assert.ok(clusters >= 65525, `${clusters} clusters are FAT16`);
  assert.equal(boot.getUint32(28, true), MIB / SECTOR, "where the partition begins");
}

async function checkFirmware(looked: Looked): Promise<void> {
  const text = await bootFile(looked.disk, "config.txt");
  for (const [board, uBoot] of [["pi4", "u-boot-rpi4.bin"], ["pi5", "u-boot-rpi5.bin"]] as const) {
    const config = configFor(text, board);
    assert.equal(config.get("arm_64bit"), "1");
    assert.equal(config.get("upstream_kernel"), "1");
    assert.equal(config.get("kernel"), uBoot);
    const program = new TextDecoder("latin1").decode(await file(looked, uBoot));
    assert.match(program, /U-Boot 20\d\d\./);
    assert.ok(program.includes(board === "pi4" ? "brcm,bcm2711-emmc2" : "brcm,bcm2712-sdhci"));
    // what counting tries takes: the command of the device tree, and writing to the boot partition
    for (const word of ["/config", "fatwrite", "fatrm"]) assert.ok(program.includes(`${word}\0`));
  }
  const script = await file(looked, SCRIPT);
  // a header of 64 bytes, a list of lengths, the text
  assert.equal(new DataView(script.buffer).getUint32(0), 0x27051956, "not a script of U-Boot");
  assert.equal(new TextDecoder().decode(script.subarray(72)), countingScript());
  // a Pi 4 takes these; all of a Pi 5's is in its EEPROM
  assert.equal(
    new TextDecoder("latin1").decode((await file(looked, "start4.elf")).subarray(0, 4)),
    "\x7fELF",
  );
  assert.ok((await file(looked, "fixup4.dat")).length > 1000);
  assert.match(await bootFile(looked.disk, "LICENCE.broadcom"), /Broadcom/);
}

async function checkSlot(looked: Looked): Promise<void> {
  const { disk } = looked;
  const entry = await bootFile(disk, "loader/entries/rtpedge-a.conf");
  const line = (name: string) => new RegExp(`^${name} /?(.*)$`, "m").exec(entry)?.[1] ?? "";
  const loader = await file(looked, "EFI/BOOT/BOOTAA64.EFI");
  assert.equal(new TextDecoder().decode(loader.subarray(0, 2)), "MZ");
  const kernel = await file(looked, line("linux"));
  assert.equal(new TextDecoder().decode(kernel.subarray(0x38, 0x3c)), "ARMd");
  const initrd = await file(looked, line("initrd"));
  const [, free = ""] =
    /([\d ]+) bytes free/.exec(await must(["mdir", "-i", `${disk}@@1M`, "::/"])) ?? [];
  const wanted = 2 * (kernel.length + initrd.length);
  assert.ok(
    Number(free.replaceAll(" ", "")) > wanted,
    `${free} bytes of the boot partition are free: an update needs ${wanted}`,
  );
  const words = line("options").split(" ");
  assert.ok(words.includes("rauc.slot=A") && words.includes("ro"));
  assert.ok(
    !words.some((word) => word.startsWith("console=")),
    "the console is the firmware's to name",
  );
  const verity = words.find((word) => word.startsWith("rtpedge.verity="))?.slice(15).split(",") ??
    [];
  const [hash, salt, blocks] = verity as [string, string, string];
  // the hash tree follows the data: a superblock, then its root block
  const at = MIB + 192 * MIB + Number(blocks) * 4096;
  assert.equal(new TextDecoder().decode(await bytesAt(disk, at, 6)), "verity");
  const top = new Uint8Array([
    ...Uint8Array.fromHex(salt),
    ...await bytesAt(disk, at + 4096, 4096),
  ]);
  assert.equal(new Uint8Array(await crypto.subtle.digest("SHA-256", top)).toHex(), hash);
}

async function checkDrivers(t: Deno.TestContext, looked: Looked): Promise<void> {
  const { shop, folder, disk } = looked;
  const modules = `usr/lib/modules/${shop.kernel}`;
  await file(looked, "rtpedge/a/initrd");
  await must(["cp", "--sparse=always", disk, `${folder}/disk.img`]);
  await inside(
    toolRoot(shop, { "/looked": folder }),
    `
    cd /looked
    zstd -qdc rtpedge_a_initrd | cpio --quiet -idm '${modules}/modules.*' 2>/dev/null
    for name in modules.alias modules.builtin.modinfo; do
      dump.erofs --cat --path=/${modules}/$name --offset=${193 * MIB} disk.img >$name
    done`,
  );
  const read = (path: string) => Deno.readTextFile(`${folder}/${path}`);
  const early = new Drivers(
    await read(`${modules}/modules.alias`),
    await read(`${modules}/modules.builtin.modinfo`),
  );
  await t.step("a driver that is not there is missed", async () => {
    const without = (await read(`${modules}/modules.alias`)).split("\n")
      .filter((line) => !line.includes("brcm,brcmstb-gpio")).join("\n");
    const fewer = new Drivers(without, await read(`${modules}/modules.builtin.modinfo`));
    const tree = parseTree(await file(looked, "bcm2712-rpi-5-b.dtb"));
    const card = nodeOf(tree, "/soc@107c000000/mmc@fff000");
    assert.match(missing(tree, card, fewer).join(), /gpio@[0-9a-f]+ \(brcm,bcm7445-gpio/);
  });
  const late = new Drivers(await read("modules.alias"), await read("modules.builtin.modinfo"));
  // what is on a card is told when the card was read
  assert.ok(early.named("mmc:block"), "no driver for cards in the ramdisk");
  const phy = `mdio:${PHY.toString(2).padStart(32, "0")}`;
  assert.ok(late.named(phy), "no driver for the network chip");
  for (const [name, board] of TREES) {
    await t.step(name, async () => {
      const tree = parseTree(await file(looked, name));
      assert.ok(strings(tree, "compatible").includes(board));
      assert.deepEqual(strings(nodeOf(tree, "/config"), "bootcmd"), [BOOT_COMMAND]);
      const devices = (start: string) =>
        [...walk(tree)].filter((node) => node.name.startsWith(start) && enabled(node));
      const cards = devices("mmc@");
      assert.ok(cards.length > 0);
      for (const card of cards) assert.deepEqual(missing(tree, card, early), []);
      const networks = devices("ethernet@");
      assert.equal(networks.length, 1);
      for (const network of networks) assert.deepEqual(missing(tree, network, late), []);
      // the kernel takes it for its console, unless its command line names another
      const [port = ""] = strings(nodeOf(tree, "/chosen"), "stdout-path");
      assert.deepEqual(missing(tree, nodeOf(tree, port.split(":")[0]!), early), []);
    });
  }
}

Deno.test({
  name:
    "the arm64 image has what a Raspberry Pi 4 and 5 look for, and drivers for their cards and networks",
  ignore: unavailable !== undefined,
  async fn(t) {
    const disk = `${await build({ board: "arm64", version: "1.0.0", name: "arm64" })}.img`;
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-raspberry-", dir: "/var/tmp" });
    try {
      const looked = { disk, folder, shop: await workshop(BOARDS["arm64"]!, 0) };
      await t.step("the boot partition", () => checkPartition(looked));
      await t.step("firmware and U-Boot", () => checkFirmware(looked));
      await t.step("boot loader and slot", () => checkSlot(looked));
      await checkDrivers(t, looked);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
