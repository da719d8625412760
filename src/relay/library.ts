/**
 * Where the relay core library is, and how a copy embedded in the program is unpacked.
 *
 * @module
 */

import { createHash, randomBytes } from "node:crypto";

/** File name of the relay core library. */
export const LIBRARY_NAME = "librtpedge.so";

/** What {@link locateLibrary} looks at. */
export interface LibraryPlaces {
  /** Value of RTPEDGE_LIB. */
  readonly override: string | undefined;
  /** Folders of the program, nearest first. */
  readonly besideProgram: readonly string[];
  /** Built from source, or embedded in a compiled program. */
  readonly built: readonly string[];
  /** Files under `built` are not on disk: unpack them. */
  readonly embedded: boolean;
  /** Private folders of this user to unpack into, best first. */
  readonly unpackInto: readonly string[];
}

/** The places for this process. */
export function libraryPlaces(): LibraryPlaces {
  const { standalone } = Deno.build;
  const beside = standalone ? [dirOf(Deno.execPath())] : [];
  const main = filePath(Deno.mainModule);
  if (!standalone && main !== undefined) beside.push(dirOf(main));
  const built: string[] = [];
  const here = import.meta.dirname;
  if (here !== undefined && (standalone || here.endsWith("/src/relay"))) {
    // a bundled program may lie higher in the embedded tree than its source
    const levels = standalone ? ["../..", "..", "."] : ["../.."];
    for (const level of levels) built.push(`${here}/${level}/build/${LIBRARY_NAME}`);
  }
  const env = (name: string) => Deno.env.get(name) || undefined;
  const home = env("HOME");
  // /run is often mounted without permission to execute, so it comes last
  const caches = [
    env("CACHE_DIRECTORY")?.split(":")[0],
    env("XDG_CACHE_HOME"),
    home === undefined ? undefined : `${home}/.cache`,
    env("XDG_RUNTIME_DIR"),
  ];
  return {
    override: env("RTPEDGE_LIB"),
    besideProgram: beside,
    built,
    embedded: standalone,
    unpackInto: caches.filter((folder) => folder !== undefined),
  };
}

/**
 * Finds the library: RTPEDGE_LIB, next to the program, embedded, `build/` of the source tree.
 *
 * @throws Error that says where it was looked for and which command builds it
 */
export function locateLibrary(places: LibraryPlaces = libraryPlaces()): string {
  const { override, besideProgram, built, embedded, unpackInto } = places;
  if (override !== undefined) {
    if (isFile(override)) return override;
    throw new Error(`RTPEDGE_LIB names ${override}, which is not a file`);
  }
  const beside = besideProgram.map((folder) => `${folder}/${LIBRARY_NAME}`);
  const found = beside.find(isFile);
  if (found !== undefined) return found;
  const source = built.find(isFile);
  if (source !== undefined) {
    return embedded ? unpackLibrary(Deno.readFileSync(source), unpackInto) : source;
  }
  const looked = [...beside, ...built].join(", ");
  throw new Error(
    `the relay core library was not found (looked for ${looked}): build it with ` +
      "`make -C ffi lib`, or name it in RTPEDGE_LIB",
  );
}

/**
 * Writes the library into a folder that only this user can change, named after its content, and returns
 * its path. A copy already there is used again if its content is right; older ones are removed.
 *
 * @param folders where to make the private folder; when none will do, a new temporary one is made
 */
export function unpackLibrary(content: Uint8Array, folders: readonly string[]): string {
  const hash = sha256(content);
  const folder = privateFolder(folders);
  const target = `${folder}/librtpedge-${hash.slice(0, 32)}.so`;
  if (isIntact(target, hash)) return target;
  const draft = `${folder}/.draft-${randomBytes(8).toString("hex")}`;
  // createNew: O_CREAT | O_EXCL, which follows no symbolic link
  const file = Deno.openSync(draft, { write: true, createNew: true, mode: 0o600 });
  try {
    for (let done = 0; done < content.length;) done += file.writeSync(content.subarray(done));
    file.syncSync();
  } finally {
    file.close();
  }
  Deno.chmodSync(draft, 0o500);
  Deno.renameSync(draft, target);
  for (const { name } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    // a process that has an old one loaded keeps it
    if (path !== target && /^librtpedge-[0-9a-f]{32}\.so$/.test(name)) Deno.removeSync(path);
  }
  return target;
}

/** A folder of mode 0700 that is ours. */
function privateFolder(folders: readonly string[]): string {
  for (const parent of folders) {
    const folder = `${parent}/rtpedge`;
    try {
      Deno.mkdirSync(parent, { recursive: true, mode: 0o700 });
      Deno.mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) continue;
    }
    if (isPrivate(folder)) return folder;
  }
  return Deno.makeTempDirSync({ prefix: "rtpedge-" });
}

function isPrivate(folder: string): boolean {
  try {
    const { isDirectory, isSymlink, uid, mode } = Deno.lstatSync(folder);
    return isDirectory && !isSymlink && uid === Deno.uid() && ((mode ?? 0o777) & 0o077) === 0;
  } catch {
    return false;
  }
}

function isIntact(path: string, hash: string): boolean {
  try {
    const { isFile, isSymlink, uid } = Deno.lstatSync(path);
    return isFile && !isSymlink && uid === Deno.uid() && sha256(Deno.readFileSync(path)) === hash;
  } catch {
    return false;
  }
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function dirOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

function filePath(url: string): string | undefined {
  return url.startsWith("file://") ? decodeURIComponent(new URL(url).pathname) : undefined;
}
