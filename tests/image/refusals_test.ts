/**
 * Bundles that an appliance must not take, given to the script that installs them, with RAUC as the appliance has it.
 */

import assert from "node:assert/strict";
import { BOARDS, PACKAGES } from "../../image/builder/board.ts";
import { isFetched, toolRoot, workshop } from "../../image/builder/debian.ts";
import { inside } from "../../image/builder/shell.ts";
import { keysFor } from "../../image/builder/update_bundle.ts";
import { deno, root, warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";

const board = BOARDS["amd64"]!;

async function reason(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "folders with a Debian in them need root";
  if (await isFetched(board)) return undefined;
  return "its Debian packages were never fetched here, which takes minutes: image/build, then again";
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`refused updates: not run: ${unavailable}`);

/** Version that the device runs. */
const VERSION = "1.0.0";

/** What the device says about each bundle. */
const SAID: Readonly<Record<string, RegExp>> = {
  "short": /^refused: it is truncated, damaged or not signed: \S/m,
  "unsigned": /^refused: it is truncated, damaged or not signed: \S/m,
  "flipped": /^refused: it is (truncated, damaged or not signed|not signed by a key)/m,
  "stranger": /^refused: it is not signed by a key that this device trusts$/m,
  "board": /^refused: it is for rtpedge-toaster, this is rtpedge-amd64$/m,
  "older": /^refused: version 0\.9\.0 is older than 1\.0\.0; --allow-downgrade/m,
  "missing": /^refused: there is no file \/stage\/missing\.raucb$/m,
};

/** A device's files below `stage`: slot A good, slot B never installed. */
async function device(stage: string): Promise<void> {
  await Deno.mkdir(`${stage}/esp/loader/entries`, { recursive: true });
  await Deno.writeTextFile(`${stage}/esp/loader/entries/rtpedge-a.conf`, "sort-key rtpedge-5000\n");
  await Deno.writeTextFile(`${stage}/cmdline`, "rauc.slot=A\n");
  await Deno.writeTextFile(`${stage}/os-release`, `ID=debian\nIMAGE_VERSION="${VERSION}"\n`);
  await Deno.mkdir(`${stage}/rauc`);
  const text = await Deno.readTextFile(`${root}/image/rootfs/etc/rauc/system.conf`);
  await Deno.writeTextFile(
    `${stage}/rauc/system.conf`,
    text.replace("@COMPATIBLE@", board.compatible),
  );
  await Deno.copyFile((await keysFor({})).keyring, `${stage}/rauc/keyring.pem`);
}

/** The bundles of `forge.ts`, and what becomes of one on the way. */
async function bundles(stage: string): Promise<void> {
  await must([deno, "run", "-A", "--quiet", `${root}/tests/image/forge.ts`, stage], {
    timeout: 120_000,
  });
  const bytes = await Deno.readFile(`${stage}/older.raucb`);
  await Deno.writeFile(`${stage}/short.raucb`, bytes.subarray(0, bytes.length / 2));
  await Deno.writeFile(`${stage}/unsigned.raucb`, bytes.subarray(0, 4096));
  const flipped = bytes.slice();
  flipped[200] = flipped[200]! ^ 1;
  await Deno.writeFile(`${stage}/flipped.raucb`, flipped);
}

Deno.test({
  name:
    "a bundle that is cut, changed, a stranger's, another board's or older is refused, with why",
  ignore: unavailable !== undefined,
  async fn() {
    const stage = await Deno.makeTempDir({ prefix: "rtpedge-refusals-", dir: "/var/tmp" });
    try {
      // the folder that RAUC runs in here has more packages than the appliance
      for (const name of ["rauc", "squashfs-tools", "curl"]) {
        assert.ok(PACKAGES.includes(name), name);
      }
      await device(stage);
      await bundles(stage);
      const shop = await workshop(board, 0);
      const requests = Object.keys(SAID).map((name) =>
        `echo "== ${name}"; echo "install /stage/${name}.raucb" | /scripts/system || true`
      );
      const said = await inside(
        toolRoot(shop, { "/stage": stage, "/scripts": `${root}/image/rootfs/usr/lib/rtpedge` }, {
          RTPEDGE_ESP: "/stage/esp",
          RTPEDGE_CMDLINE: "/stage/cmdline",
        }),
        // only this shell sees these
        `mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/tmp; mkdir -p /etc/rauc /usr/lib/rtpedge
        mount --bind /stage/rauc /etc/rauc; mount --bind /scripts /usr/lib/rtpedge
        mount --bind /stage/os-release /usr/lib/os-release
        ${requests.join("\n")}
        echo "== left"; ls -A /run /var/tmp; ls /stage/esp/loader/entries`,
      );
      const parts = new Map(
        said.split(/^== /m).map((part) => {
          const end = part.indexOf("\n");
          return [part.slice(0, end), part.slice(end + 1)];
        }),
      );
      for (const [name, pattern] of Object.entries(SAID)) {
        assert.match(parts.get(name) ?? said, pattern, name);
        assert.match(parts.get(name)!, /^exit 1$/m, name);
      }
      // nothing of a refused bundle stays, and the slots are as before
      assert.match(parts.get("left")!, /\nrtpedge-a\.conf\n$/);
      assert.doesNotMatch(parts.get("left")!, /rtpedge-update|rtpedge-b/);
    } finally {
      await Deno.remove(stage, { recursive: true });
    }
  },
});
