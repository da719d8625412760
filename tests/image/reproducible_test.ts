/**
 * The same tree with the same packages gives the same image, whoever builds it where.
 */

import assert from "node:assert/strict";
import { BOARDS } from "../../image/builder/board.ts";
import { cacheDirectory } from "../../image/builder/cache.ts";
import { isFetched, toolRoot, workshop } from "../../image/builder/debian.ts";
import { inside } from "../../image/builder/shell.ts";
import { deno, root, warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") === undefined) return "it takes minutes: deno task image:test";
  if (Deno.uid() !== 0) return "an image is made by root";
  if (await isFetched(BOARDS["amd64"]!)) return undefined;
  return "its Debian packages were never fetched here: image/build, then again";
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`two builds: not run: ${unavailable}`);

/** A cache that has Debian's packages and the keys, and nothing that was compiled. */
async function bareCache(base: string): Promise<void> {
  const from = cacheDirectory();
  const to = `${base}/rtpedge/image`;
  await Deno.mkdir(to, { recursive: true });
  await Deno.symlink(`${from}/keys`, `${to}/keys`);
  for await (const { name } of Deno.readDir(from)) {
    const folder = /^((?:tools|root)-amd64-[0-9a-f]{12})\.done$/.exec(name)?.[1];
    if (folder === undefined) continue;
    await Deno.symlink(`${from}/${folder}`, `${to}/${folder}`);
    await Deno.writeTextFile(`${to}/${name}`, "");
  }
}

/** Copies what belongs to the tree, with other times. */
async function copyTree(to: string): Promise<void> {
  await Deno.mkdir(to);
  const script = `git ls-files -z --cached --others --exclude-standard |
    tar --null --ignore-failed-read -T - -c 2>/dev/null | tar -x -m -C "$1"`;
  await must(["sh", "-c", script, "sh", to], { cwd: root, timeout: 120_000 });
}

Deno.test({
  name: "two builds of a tree in different places are the same image, bit by bit",
  ignore: unavailable !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-twice-", dir: "/var/tmp" });
    const shop = await workshop(BOARDS["amd64"]!, 0);
    try {
      const found: string[] = [];
      for (const name of ["one", "two"]) {
        await bareCache(`${folder}/${name}`);
        // compiled anew, and the second time in another place
        const tree = `${folder}/${name}/${name === "one" ? "tree" : "a-tree-elsewhere"}`;
        await copyTree(tree);
        const out = `${folder}/${name}/out`;
        const args = ["--fast", "--version=1.0.0", `--out=${out}`];
        await must([deno, "run", "-A", "image/builder/main.ts", ...args], {
          cwd: tree,
          env: { XDG_CACHE_HOME: `${folder}/${name}`, SOURCE_DATE_EPOCH: "1700000000" },
          timeout: 900_000,
        });
        await Deno.remove(tree, { recursive: true });
        // the signature of the bundle has its own time, what it signs has not
        const sums = await inside(
          toolRoot(shop, { "/results": out }),
          `
          cd /results
          unsquashfs -quiet -no-progress -d bundle rtpedge-1.0.0-amd64.raucb >/dev/null
          find rtpedge-*.img rtpedge-*.json bundle -type f | LC_ALL=C sort | xargs sha256sum`,
        );
        found.push(sums);
      }
      assert.equal(found[0]!.trim().split("\n").length, 8, found[0]!);
      assert.equal(found[1], found[0]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
