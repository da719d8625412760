/**
 * The history on disk. Losing the last seconds in a power cut does no harm, so nothing waits for the disk.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type DatabaseFormat, openDatabase } from "../store/mod.ts";
import { FIELD_NAMES, type Sample } from "./fields.ts";
import { type Range, RANGES, type RangeStep, STEPS } from "./history.ts";

/** How the database is told from others: "RTPH" in ASCII. */
const FORMAT: DatabaseFormat = {
  applicationId: 0x52545048,
  version: 1,
  schema: `
    CREATE TABLE step (
      -- position in 5m, 1h, 24h
      range INTEGER NOT NULL,
      -- wall-clock ms
      at INTEGER NOT NULL,
      -- JSON: numbers by name
      sample TEXT NOT NULL,
      PRIMARY KEY (range, at)
    ) WITHOUT ROWID;
    PRAGMA application_id = ${0x52545048};
    PRAGMA user_version = 1;
  `,
};

/** Digits that are kept. */
const DIGITS = 5;

/** Steps in a file; as many as the ranges have, and no more. */
export class HistoryDatabase implements Disposable {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #trim: StatementSync;

  /** Over a database of ours; {@link HistoryDatabase.open} opens one. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec("PRAGMA synchronous = OFF");
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO step (range, at, sample) VALUES (?, ?, ?)",
    );
    this.#trim = database.prepare("DELETE FROM step WHERE range = ? AND (at <= ? OR at > ?)");
  }

  /**
   * Opens or makes the file.
   *
   * @param stamp goes into the name of a file that is set aside
   * @throws DatabaseInUse, Error when it cannot be had
   */
  static open(path: string, stamp: string): { database: HistoryDatabase; notice?: string } {
    const { database, setAside } = openDatabase(path, stamp, FORMAT);
    const opened = new HistoryDatabase(database);
    if (setAside === undefined) return { database: opened };
    return {
      database: opened,
      notice: `${path} was set aside as ${setAside.path}, the charts begin anew: ${setAside.why}`,
    };
  }

  /** Everything there is; what cannot be read is left out. */
  load(): RangeStep[] {
    const rows = this.#database.prepare("SELECT range, at, sample FROM step ORDER BY at").all();
    return rows.flatMap(({ range, at, sample }) => {
      const name = RANGES[Number(range)];
      const numbers = numbersOf(String(sample));
      return name === undefined || numbers === undefined
        ? []
        : [{ range: name, at: Number(at), sample: numbers }];
    });
  }

  /** Writes steps and removes those that have become too old, as one transaction. */
  write(steps: readonly RangeStep[], now: number): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const { range, at, sample } of steps) {
        this.#put.run(RANGES.indexOf(range), at, textOf(sample));
      }
      for (const range of new Set(steps.map((step) => step.range))) this.#removeOld(range, now);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** What lies in the future was written before the clock was set back. */
  #removeOld(range: Range, now: number): void {
    const { stepMs, length } = STEPS[range];
    this.#trim.run(RANGES.indexOf(range), now - stepMs * (length + 1), now + stepMs);
  }
}

function textOf(sample: Sample): string {
  return JSON.stringify(
    Object.fromEntries(
      FIELD_NAMES.flatMap((name) => {
        const value = sample[name];
        return value === undefined ? [] : [[name, Number(value.toPrecision(DIGITS))]];
      }),
    ),
  );
}

function numbersOf(text: string): Sample | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== "object" || json === null) return undefined;
    const numbers = json as Record<string, unknown>;
    return Object.fromEntries(
      FIELD_NAMES.flatMap((name) => {
        const value = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
        return typeof value === "number" ? [[name, value]] : [];
      }),
    );
  } catch {
    return undefined;
  }
}
