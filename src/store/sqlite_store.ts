/**
 * {@link CallStore} in SQLite. Reading happens once, before anything runs; writing happens on a thread of
 * its own.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { openDatabase } from "./open.ts";
import { CALLS_FORMAT } from "./schema.ts";
import type { CallBatch, CallStore, StoredCall } from "./types.ts";
import writer from "./writer.js" with { type: "text" };

/** What {@link SqliteStore.open} found. */
export interface OpenedStore {
  /** Ready to load and write. */
  readonly store: SqliteStore;
  /** Says what was set aside and why; undefined when nothing was. */
  readonly notice: string | undefined;
}

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

/** Calls in a database file. */
export class SqliteStore implements CallStore {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #calls: readonly StoredCall[];
  #number = 0;

  /** Over a thread that has a database open; {@link SqliteStore.open} makes both. */
  constructor(worker: Worker, calls: readonly StoredCall[]) {
    this.#worker = worker;
    this.#calls = calls;
    worker.onmessage = ({ data }: MessageEvent<{ number: number; error?: string }>) => {
      const pending = this.#pending.get(data.number);
      this.#pending.delete(data.number);
      if (data.error === undefined) pending?.resolve();
      else pending?.reject(new Error(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#pending.values()) reject(new Error(event.message));
      this.#pending.clear();
    };
  }

  /**
   * Opens or makes the database.
   *
   * @param stamp goes into the name of a file that is set aside
   * @throws DatabaseInUse, Error when it cannot be had
   */
  static async open(path: string, stamp: string): Promise<OpenedStore> {
    const { database, setAside } = openDatabase(path, stamp, CALLS_FORMAT);
    let calls: StoredCall[];
    try {
      calls = database.prepare(
        "SELECT call_id AS callId, snapshot AS text FROM call ORDER BY number",
      )
        .all().map(({ callId, text }) => ({ callId: fromKey(String(callId)), text: String(text) }));
    } finally {
      database.close();
    }
    const url = URL.createObjectURL(new Blob([writer], { type: "text/javascript" }));
    const store = new SqliteStore(new Worker(url, { type: "module", name: "store" }), calls);
    URL.revokeObjectURL(url);
    try {
      await store.#ask({ path });
    } catch (error) {
      store.#worker.terminate();
      throw error;
    }
    const notice = setAside &&
      `${path} was set aside as ${setAside.path}, calls in it are not resumed: ${setAside.why}`;
    return { store, notice };
  }

  /** What was kept; once. */
  load(): readonly StoredCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  /** Writes a batch as one transaction. */
  async write(batch: CallBatch): Promise<void> {
    await this.#ask({
      batch: {
        put: batch.put.map(({ callId, text }) => ({ callId: toKey(callId), text })),
        remove: batch.remove.map(toKey),
        refuse: batch.refuse.map(({ callId, reason }) => ({ callId: toKey(callId), reason })),
      },
    });
  }

  /** Ends the thread after the writes under way. */
  async close(): Promise<void> {
    await this.#ask({ close: true });
    this.#worker.terminate();
  }

  #ask(request: { path: string } | { batch: CallBatch } | { close: true }): Promise<void> {
    const number = ++this.#number;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.set(number, { resolve, reject });
    this.#worker.postMessage({ number, ...request });
    return promise;
  }
}

/** A call-id as text without NUL, at which SQLite's strings may end: as it would stand in JSON. */
function toKey(callId: ByteString): string {
  return JSON.stringify(callId).slice(1, -1);
}

function fromKey(key: string): ByteString {
  return JSON.parse(`"${key}"`);
}
