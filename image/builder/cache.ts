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

/**
 * A folder of the cache; made by `make` when it is missing or half made. Two builds wait for each other.
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
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(`${folder}.done`)) {
    say(`    kept from an earlier build: ${folder}`);
    return folder;
  }
  await Deno.remove(folder, { recursive: true }).catch(() => undefined);
  await make(folder);
  await Deno.writeTextFile(`${folder}.done`, "");
  return folder;
}

/** Whether {@link kept} has it. */
export async function isKept(name: string, ingredients: unknown): Promise<boolean> {
  return await exists(`${await folderFor(name, ingredients)}.done`);
}

async function folderFor(name: string, ingredients: unknown): Promise<string> {
  return `${cacheDirectory()}/${name}-${await digest(JSON.stringify(ingredients), 12)}`;
}
