/**
 * Former configurations, in SQLite: who applied them, when, why. Bounded.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { type DatabaseFormat, openDatabase } from "../store/mod.ts";

/** Configurations that are kept. */
export const REVISIONS_KEPT = 100;

const APPLICATION_ID = 0x52545043;

/** How this database is told from others; its `application_id` is "RTPC" in ASCII. */
const FORMAT: DatabaseFormat = {
  applicationId: APPLICATION_ID,
  version: 1,
  // times are wall-clock ms
  schema: `
  CREATE TABLE revision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    comment TEXT NOT NULL,
    text TEXT NOT NULL
  );
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = 1;
`,
};

/** A configuration that was in force. */
export interface Revision {
  /** Rises with every one. */
  readonly number: number;
  /** Wall-clock ms at which it was applied, or found. */
  readonly at: number;
  /** Who applied it; empty = it was changed outside of the program. */
  readonly actor: string;
  /** Why. */
  readonly comment: string;
  /** The file. */
  readonly text: string;
}

/** Keeps former configurations. */
export class ConfigurationHistory implements Disposable {
  readonly #database: DatabaseSync;

  /** Over a database that has the table. */
  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Opens or makes the database; what is none of ours is set aside.
   *
   * @param stamp goes into the name of a file that is set aside
   * @throws DatabaseInUse, Error when it cannot be had
   */
  static open(path: string, stamp: string): ConfigurationHistory {
    return new ConfigurationHistory(openDatabase(path, stamp, FORMAT).database);
  }

  /** One that is gone with the process. */
  static inMemory(): ConfigurationHistory {
    const database = new DatabaseSync(":memory:");
    database.exec(FORMAT.schema);
    return new ConfigurationHistory(database);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** The newest ones, newest first. */
  list(limit = REVISIONS_KEPT): Revision[] {
    return this.#database.prepare("SELECT * FROM revision ORDER BY number DESC LIMIT ?")
      .all(limit) as unknown as Revision[];
  }

  /** One; undefined when it is not kept any more. */
  get(number: number): Revision | undefined {
    return this.#database.prepare("SELECT * FROM revision WHERE number = ?").get(number) as
      | Revision
      | undefined;
  }

  /** The last one; undefined = there was none. */
  last(): Revision | undefined {
    return this.list(1)[0];
  }

  /** Adds one; the oldest make room. @returns its number */
  add({ at, actor, comment, text }: Omit<Revision, "number">): number {
    const { lastInsertRowid } = this.#database.prepare(
      "INSERT INTO revision (at, actor, comment, text) VALUES (?, ?, ?, ?)",
    ).run(at, actor, comment, text);
    this.#database.prepare(
      "DELETE FROM revision WHERE number <= (SELECT max(number) FROM revision) - ?",
    ).run(REVISIONS_KEPT);
    return Number(lastInsertRowid);
  }
}
