/**
 * Makes bundles that an appliance must refuse: `stranger.raucb` signed with a key nobody trusts, `board.raucb` for
 * other hardware, `older.raucb`. They hold a kilobyte instead of a system: refused is what they are for.
 *
 * Usage: forge.ts FOLDER
 *
 * @module
 */

import { BOARDS } from "../../image/builder/board.ts";
import { workshop } from "../../image/builder/debian.ts";
import { keysFor, makeBundle, makeKeys } from "../../image/builder/update_bundle.ts";

const folder = Deno.args[0] ?? ".";
const board = BOARDS["amd64"]!;
const shop = await workshop(board, 0);
const out = await Deno.makeTempDir({ prefix: "rtpedge-forge-" });
for (const name of ["root.img", "vmlinuz", "initrd", "entry"]) {
  await Deno.writeFile(`${out}/${name}`, new Uint8Array(4096));
}
await makeKeys(out, "stranger");
const trusted = await keysFor({});
const stranger = { ...trusted, key: `${out}/stranger.key.pem`, cert: `${out}/stranger.cert.pem` };
const wanted = [
  { name: "stranger", version: "2.0.0", keys: stranger, compatible: board.compatible },
  { name: "board", version: "2.0.0", keys: trusted, compatible: "rtpedge-toaster" },
  { name: "older", version: "0.9.0", keys: trusted, compatible: board.compatible },
];
for (const { name, version, keys, compatible } of wanted) {
  const made = await makeBundle({
    board: { ...board, compatible },
    shop,
    out,
    version,
    keys,
    epoch: 1_700_000_000,
  });
  await Deno.copyFile(made, `${folder}/${name}.raucb`);
}
await Deno.remove(out, { recursive: true });
Deno.exit(0);
