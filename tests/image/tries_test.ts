/**
 * What U-Boot does to count tries, carried out by a shell whose commands do to a folder what U-Boot's do to a disk.
 */

import assert from "node:assert/strict";
import { bootCommand, countingScript } from "../../image/builder/uboot.ts";
import { must } from "../support/process.ts";

/** U-Boot's commands; a disk is a folder named by kind and number. */
const COMMANDS = `
setenv() { eval "$1=\\$2"; }
test() {
  case $1 in
  -e) [ -e "$2-$3$4" ] ;;
  *) [ "$@" ] ;;
  esac
}
load() { [ "$3" ] && cp "$1-$2$4" memory && filesize=$(wc -c <memory); }
fatwrite() { [ "$3" = 40400000 ] && [ "$5" = "$filesize" ] && [ ! -e full ] && cp memory "$1-$2$4"; }
fatrm() { rm "$1-$2$3"; }
source() { . ./script; }
usb() { echo "usb $*" >>said; }
run() { echo "run $*" >>said; }
kernel_addr_r=40400000 scriptaddr=40200000
`;

function entriesOf(disk: string): string[] {
  return [...Deno.readDirSync(`${disk}/loader/entries`)].map(({ name }) => name).sort();
}

/** One start. @returns entries on the disk afterwards, and what U-Boot would have gone on with */
async function start(
  folder: string,
  { disk = "mmc-1", kinds = ["mmc", "usb"] } = {},
): Promise<{ entries: string[]; said: string }> {
  await Deno.writeTextFile(`${folder}/script`, countingScript());
  await Deno.writeTextFile(`${folder}/said`, "");
  await Deno.writeTextFile(`${folder}/${disk}:1/boot.scr`, "");
  await must(["sh", "-uc", `rtpedge_counted=; ${COMMANDS}\n${bootCommand(kinds)}`], {
    cwd: folder,
  });
  return {
    entries: entriesOf(`${folder}/${disk}:1`),
    said: await Deno.readTextFile(`${folder}/said`),
  };
}

async function withEntries(
  names: readonly string[],
  body: (folder: string) => Promise<void>,
  disk = "mmc-1",
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-tries-" });
  try {
    await Deno.mkdir(`${folder}/${disk}:1/loader/entries`, { recursive: true });
    for (const name of names) {
      await Deno.writeTextFile(`${folder}/${disk}:1/loader/entries/${name}`, `title ${name}\n`);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("U-Boot counts three tries, then the version is bad; what is good stays", () =>
  withEntries(["rtpedge-a.conf", "rtpedge-b+3.conf"], async (folder) => {
    for (const tries of ["+3-1", "+2-2", "+1-3", "+0-3", "+0-3"]) {
      const { entries, said } = await start(folder);
      assert.deepEqual(entries, [`rtpedge-b${tries}.conf`, "rtpedge-a.conf"].toSorted());
      assert.equal(said, "run bootcmd\n");
    }
    assert.equal(
      await Deno.readTextFile(`${folder}/mmc-1:1/loader/entries/rtpedge-b+0-3.conf`),
      "title rtpedge-b+3.conf\n",
    );
  }));

Deno.test("U-Boot counts for either slot, and leaves alone what nobody tries", async () => {
  await withEntries(["rtpedge-a+2-2.conf", "rtpedge-b.conf"], async (folder) => {
    assert.deepEqual((await start(folder)).entries, ["rtpedge-a+1-3.conf", "rtpedge-b.conf"]);
  });
  await withEntries(["rtpedge-a.conf", "rtpedge-b.conf"], async (folder) => {
    assert.deepEqual((await start(folder)).entries, ["rtpedge-a.conf", "rtpedge-b.conf"]);
  });
});

Deno.test("U-Boot: power that goes between writing a name and removing the other gives no more tries", async () => {
  await withEntries(["rtpedge-b+3.conf", "rtpedge-b+3-1.conf"], async (folder) => {
    assert.deepEqual((await start(folder)).entries, ["rtpedge-b+2-2.conf"]);
  });
  await withEntries(["rtpedge-b+3.conf", "rtpedge-b+2-2.conf", "rtpedge-b+1-3.conf"], async (f) => {
    assert.deepEqual((await start(f)).entries, ["rtpedge-b+0-3.conf"]);
  });
});

Deno.test("U-Boot: a disk that cannot be written keeps what it has, and is started", () =>
  withEntries(["rtpedge-b+3.conf"], async (folder) => {
    await Deno.writeTextFile(`${folder}/full`, "");
    const { entries, said } = await start(folder);
    assert.deepEqual(entries, ["rtpedge-b+3.conf"]);
    assert.equal(said, "run bootcmd\n");
  }));

Deno.test("U-Boot: a disk on USB is looked for when no card has the script", () =>
  withEntries(["rtpedge-b+3.conf"], async (folder) => {
    const { entries, said } = await start(folder, { disk: "usb-0" });
    assert.deepEqual(entries, ["rtpedge-b+3-1.conf"]);
    assert.equal(said, "usb start\nrun bootcmd\n");
  }, "usb-0"));

Deno.test("U-Boot: a second disk with the same is not counted on", () =>
  withEntries(["rtpedge-b+3.conf"], async (folder) => {
    await Deno.mkdir(`${folder}/mmc-2:1/loader/entries`, { recursive: true });
    await Deno.writeTextFile(`${folder}/mmc-2:1/boot.scr`, "");
    await Deno.writeTextFile(`${folder}/mmc-2:1/loader/entries/rtpedge-b+3.conf`, "");
    assert.deepEqual((await start(folder)).entries, ["rtpedge-b+3-1.conf"]);
    assert.deepEqual(entriesOf(`${folder}/mmc-2:1`), ["rtpedge-b+3.conf"]);
  }));
