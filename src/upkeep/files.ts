/**
 * Files of the operator, replaced in one step. The part of this folder that touches the disk.
 *
 * @module
 */

import type { ConfigurationFiles } from "./configuration.ts";
import { reasonOf } from "./error.ts";

/** Longest chain of links that is followed. */
const MAX_LINKS = 8;

/** The disk. */
export const systemFiles: ConfigurationFiles = {
  read(path) {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  write: replaceFile,
  readOnly(path) {
    const directory = directoryOf(targetOf(path));
    const probe = `${directory}/.rtpedge-${crypto.randomUUID()}`;
    try {
      if (!exists(directory)) Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
      Deno.writeFileSync(probe, new Uint8Array(), { createNew: true, mode: 0o600 });
      Deno.removeSync(probe);
      return undefined;
    } catch (error) {
      return `${directory} is not writable: ${reasonOf(error)}`;
    }
  },
};

/**
 * Replaces a file in one step: whoever reads it, and whatever happens, finds the old or the new one. Its
 * permissions stay; a new file is the owner's alone. A link stays, what it leads to is replaced.
 *
 * @throws Error when the directory cannot be written to
 */
export function replaceFile(path: string, text: string): void {
  const target = targetOf(path);
  const temporary = `${target}.${crypto.randomUUID()}`;
  try {
    using file = Deno.openSync(temporary, { createNew: true, write: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncDataSync();
    const former = exists(target);
    if (former?.mode != null) Deno.chmodSync(temporary, former.mode & 0o7777);
    if (former?.uid != null && former.gid != null && former.uid !== Deno.uid()) {
      Deno.chownSync(temporary, former.uid, former.gid);
    }
    Deno.renameSync(temporary, target);
  } catch (error) {
    if (exists(temporary)) Deno.removeSync(temporary);
    throw error;
  }
}

function targetOf(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS && exists(target, false)?.isSymlink === true; links++) {
    const to = Deno.readLinkSync(target);
    target = to.startsWith("/") ? to : `${directoryOf(target)}/${to}`;
  }
  return target;
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? "/" : ".";
}

function exists(path: string, follow = true): Deno.FileInfo | undefined {
  try {
    return follow ? Deno.statSync(path) : Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
