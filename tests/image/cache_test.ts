/**
 * The cache of the image's build: what is made once, and when it goes.
 */

import assert from "node:assert/strict";
import { exists, isKept, kept, workFolder } from "../../image/builder/cache.ts";

const HOURS = 3_600_000;

/** Runs a test with a cache of its own. */
async function withCache(test: () => Promise<void>): Promise<void> {
  const before = Deno.env.get("XDG_CACHE_HOME");
  const folder = await Deno.makeTempDir();
  Deno.env.set("XDG_CACHE_HOME", folder);
  try {
    await test();
  } finally {
    if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", before);
    await Deno.remove(folder, { recursive: true });
  }
}

async function make(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/deep`, { recursive: true });
  await Deno.writeTextFile(`${folder}/deep/file`, "made");
}

async function lastUsed(path: string, hoursAgo: number): Promise<void> {
  const then = new Date(new Date().getTime() - hoursAgo * HOURS);
  await Deno.utime(path, then, then);
}

Deno.test("kept makes a folder once for what goes into it", () =>
  withCache(async () => {
    assert.equal(await isKept("root", { packages: 1 }), false);
    const first = await kept("root", { packages: 1 }, make);
    assert.equal(await isKept("root", { packages: 1 }), true);
    const again = await kept("root", { packages: 1 }, () => assert.fail("made twice"));
    assert.equal(again, first);
    assert.notEqual(await kept("root", { packages: 2 }, make), first);
  }));

Deno.test("kept makes anew what was half made", () =>
  withCache(async () => {
    const broken = kept("root", 1, async (folder) => {
      await make(folder);
      throw new Error("no space");
    });
    await assert.rejects(broken, /no space/);
    assert.equal(await isKept("root", 1), false);
    const folder = await kept("root", 1, async (folder) => {
      assert.equal(await exists(folder), false, "what was half made is still there");
      await make(folder);
    });
    assert.equal(await Deno.readTextFile(`${folder}/deep/file`), "made");
  }));

Deno.test("kept removes what nobody used for hours, but the last two and other names", () =>
  withCache(async () => {
    const folders: string[] = [];
    for (let number = 0; number < 4; number++) {
      folders.push(await kept("root-amd64", number, make));
    }
    for (const [number, folder] of folders.entries()) {
      await lastUsed(`${folder}.done`, 10 - number);
    }
    const other = await kept("root", 1, make);
    await lastUsed(`${other}.done`, 100);
    await kept("root-amd64", 0, () => assert.fail("it is there"));
    const last = await kept("root-amd64", "new", make);
    const there = await Promise.all(
      [...folders, other, last].map((folder) => exists(folder)),
    );
    // the first was used again just now
    assert.deepEqual(there, [true, false, false, false, true, true]);
    for (const folder of folders.slice(1)) {
      assert.deepEqual([await exists(`${folder}.done`), await exists(`${folder}.lock`)], [
        false,
        false,
      ]);
    }
  }));

Deno.test("kept removes half-made folders of old, and leaves alone what somebody is making", () =>
  withCache(async () => {
    let deadFolder = "";
    const failed = kept("tools", "dead", async (folder) => {
      await make(folder);
      deadFolder = folder;
      throw new Error("no space");
    });
    await assert.rejects(failed, /no space/);
    await lastUsed(`${deadFolder}.lock`, 50);
    let underWay = "";
    const ready = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const slow = kept("tools", "slow", async (folder) => {
      await make(folder);
      underWay = folder;
      await lastUsed(`${folder}.lock`, 60);
      ready.resolve();
      await go.promise;
    });
    await ready.promise;
    for (const number of [1, 2]) await kept("tools", number, make);
    assert.equal(await exists(deadFolder), false);
    assert.equal(await exists(`${deadFolder}.lock`), false);
    assert.equal(await exists(underWay), true);
    go.resolve();
    assert.equal(await slow, underWay);
  }));

Deno.test("workFolder removes what killed builds left behind", () =>
  withCache(async () => {
    const dead = await workFolder();
    await Deno.writeTextFile(`${dead}/file`, "left");
    await lastUsed(dead, 3);
    const busy = await workFolder();
    const own = await workFolder();
    assert.deepEqual([await exists(dead), await exists(busy), await exists(own)], [
      false,
      true,
      true,
    ]);
  }));
