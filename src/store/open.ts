/**
 * Opens a database file that may be anything: ours, of another program, damaged, or in use.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";

/** What tells a database of ours from others, and what an empty one is given. */
export interface DatabaseFormat {
  /** `PRAGMA application_id`. */
  readonly applicationId: number;
  /** `PRAGMA user_version`. */
  readonly version: number;
  /** SQL that makes the tables and sets both marks. */
  readonly schema: string;
}

/** A database of ours, open and locked. */
export interface OpenDatabase {
  /** Close it when done. */
  readonly database: DatabaseSync;
  /** What was there instead and where it lies now. */
  readonly setAside: { readonly path: string; readonly why: string } | undefined;
}

/** Another process has the database open. */
export class DatabaseInUse extends Error {
  /** Class name. */
  override readonly name = "DatabaseInUse";
}

/** SQLite's words for a file that it cannot make sense of. */
const DAMAGED = /not a database|malformed|file is encrypted|unsupported file format|corrupt/i;

/**
 * Opens or makes the database. A file that is damaged, another program's or a newer version's is renamed,
 * never deleted, and an empty database takes its place.
 *
 * @param stamp goes into the name of what is set aside
 * @throws DatabaseInUse, Error when the directory cannot be written to
 */
export function openDatabase(path: string, stamp: string, format: DatabaseFormat): OpenDatabase {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")) || "/", { recursive: true, mode: 0o700 });
  const found = attempt(path, format);
  if (typeof found !== "string") return { database: found, setAside: undefined };
  const aside = setAside(path, stamp);
  const made = attempt(path, format);
  if (typeof made === "string") throw new Error(`${path} cannot be made: ${made}`);
  return { database: made, setAside: { path: aside, why: found } };
}

/** @returns the database, or why the file is none of ours */
function attempt(path: string, format: DatabaseFormat): DatabaseSync | string {
  let database: DatabaseSync | undefined;
  try {
    // files made later, like the write-ahead log, take their mode from this one
    if (!exists(path)) Deno.writeFileSync(path, new Uint8Array(), { mode: 0o600 });
    database = new DatabaseSync(path);
    // one process at a time, and no shared memory file
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
    const problem = inspect(database, format);
    if (problem !== undefined) {
      database.close();
      return problem;
    }
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    database?.close();
    const message = error instanceof Error ? error.message : String(error);
    if (/locked/i.test(message)) throw new DatabaseInUse(`${path} is in use by another process`);
    if (DAMAGED.test(message)) return message;
    throw new Error(`${path} cannot be opened: ${message}`, { cause: error });
  }
}

/** Makes the tables of an empty database. @returns why this is not our database */
function inspect(database: DatabaseSync, format: DatabaseFormat): string | undefined {
  const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  const check = pragma("quick_check(1)");
  if (check !== "ok") return String(check);
  if (pragma("schema_version") === 0) {
    database.exec(`BEGIN EXCLUSIVE; ${format.schema}; COMMIT`);
    return undefined;
  }
  const owner = pragma("application_id");
  if (owner !== format.applicationId) return `another program's database (application_id ${owner})`;
  const version = pragma("user_version");
  if (version !== format.version) {
    return `version ${version} of the database, this program knows ${format.version}`;
  }
  return undefined;
}

function setAside(path: string, stamp: string): string {
  let aside = `${path}.${stamp}`;
  for (let n = 2; exists(aside); n++) aside = `${path}.${stamp}-${n}`;
  Deno.renameSync(path, aside);
  for (const suffix of ["-wal", "-shm", "-journal"]) {
    if (exists(path + suffix)) Deno.renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
