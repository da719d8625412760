/**
 * What is slow to make is made once and kept: folders whose names tell what went into them.
 *
 * @module
 */

import { say } from "../../tools/proc.ts";

/** Where everything is kept. */
export function cacheDirectory(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? "/var/cache"}/.cache`;
  return `${base}/rtpedge/image`;
}

/** Hexadecimal SHA-256 of texts or bytes, shortened where `length` says so. */
export async function digest(of: string | Uint8Array<ArrayBuffer>, length = 64): Promise<string> {
  const bytes = typeof of === "string" ? new TextEncoder().encode(of) : of;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, length);
}

/** Whether a path exists. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** How many folders of one name are kept at least. */
const KEPT = 2;
/** What was used in this many milliseconds is kept too: another build may be about to copy it. */
const IN_USE_MS = 2 * 3_600_000;

/**
 * A folder of the cache; made by `make` when it is missing or half made. Two builds wait for each other. When one is
 * made, those of the same name that nobody has used for long are removed.
 *
 * @param ingredients everything the result depends on
 */
export async function kept(
  name: string,
  ingredients: unknown,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = await folderFor(name, ingredients);
  await Deno.mkdir(cacheDirectory(), { recursive: true });
  using _ = (await lockOf(folder, true))!;
  const now = new Date();
  if (await exists(`${folder}.done`)) {
    await Deno.utime(`${folder}.done`, now, now);
    say(`    kept from an earlier build: ${folder}`);
    return folder;
  }
  await removeTree(folder);
  await make(folder);
  await Deno.writeTextFile(`${folder}.done`, "");
  await forgetOthers(name, now.getTime());
  return folder;
}

/** The lock of a folder, or undefined when somebody has it and `wait` is false. */
async function lockOf(folder: string, wait: boolean): Promise<Deno.FsFile | undefined> {
  const path = `${folder}.lock`;
  for (;;) {
    const file = await Deno.open(path, { create: true, write: true });
    if (wait) await file.lock(true);
    else if (!await file.tryLock(true)) {
      file.close();
      return undefined;
    }
    // whoever forgets a folder removes the lock with it
    const [mine, now] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
    if (mine.ino === now?.ino) return file;
    file.close();
  }
}

/** Removes folders of a name, whole or half made, but those used last and lately. */
async function forgetOthers(name: string, now: number): Promise<void> {
  const pattern = new RegExp(`^(${name}-[0-9a-f]{12})\\.lock$`);
  const found: { folder: string; used: number }[] = [];
  for await (const { name: file } of Deno.readDir(cacheDirectory())) {
    const base = pattern.exec(file)?.[1];
    if (base === undefined) continue;
    const folder = `${cacheDirectory()}/${base}`;
    const stat = await Deno.stat(`${folder}.done`).catch(() => Deno.stat(`${folder}.lock`))
      .catch(() => undefined);
    if (stat !== undefined) found.push({ folder, used: stat.mtime?.getTime() ?? 0 });
  }
  found.sort((a, b) => b.used - a.used);
  for (const { folder, used } of found.slice(KEPT)) {
    if (now - used < IN_USE_MS) continue;
    using lock = await lockOf(folder, false);
    if (lock === undefined) continue;
    say(`    not used any more, removed: ${folder}`);
    await Deno.remove(`${folder}.done`).catch(() => undefined);
    await removeTree(folder);
    await Deno.remove(`${folder}.lock`);
  }
}

/** A new folder to work in; those that builds left behind when they were killed are removed. */
export async function workFolder(now = Date.now()): Promise<string> {
  const all = `${cacheDirectory()}/work`;
  await Deno.mkdir(all, { recursive: true });
  for await (const { name } of Deno.readDir(all)) {
    const used = (await Deno.stat(`${all}/${name}`).catch(() => undefined))?.mtime?.getTime();
    if (used !== undefined && now - used > IN_USE_MS) await removeTree(`${all}/${name}`);
  }
  return await Deno.makeTempDir({ prefix: "rtpedge-image-", dir: all });
}

/** Removes a folder, and nothing that is mounted in it: makers of file systems that are killed leave /dev there. */
async function removeTree(folder: string): Promise<void> {
  const mounts = (await Deno.readTextFile("/proc/self/mountinfo")).split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((place) => place.startsWith(`${folder}/`));
  for (const place of mounts.reverse()) {
    const { success } = await new Deno.Command("umount", { args: [place] }).output();
    if (!success) throw new Error(`${place} is mounted and cannot be unmounted`);
  }
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Whether {@link kept} has it. */
export async function isKept(name: string, ingredients: unknown): Promise<boolean> {
  return await exists(`${await folderFor(name, ingredients)}.done`);
}

async function folderFor(name: string, ingredients: unknown): Promise<string> {
  return `${cacheDirectory()}/${name}-${await digest(JSON.stringify(ingredients), 12)}`;
}
