/**
 * Calls that outlive the process, put together: the database, the journal, the file of counters. Part of
 * the composition root.
 *
 * @module
 */

import type { CallObserver, CallService, CallView } from "./call/mod.ts";
import type { Config } from "./config/mod.ts";
import { runtimeDirectories, usableDirectory } from "./daemon/mod.ts";
import type { Logger } from "./log/mod.ts";
import type { NativeRelay, PastCounters } from "./relay/mod.ts";
import {
  asideStamp,
  CallJournal,
  databaseFile,
  DatabaseInUse,
  SqliteStore,
  type StoredCall,
} from "./store/mod.ts";

/** What was there at the start. */
export interface Resumed {
  readonly calls: number;
  readonly refused: number;
}

/** The journal of calls. */
export interface Persistence {
  /** Hears of every change. */
  readonly observer: CallObserver;
  /** File for the relay core's counters; undefined when there is no place for it. */
  readonly countersPath: string | undefined;
  /** Brings back what was journalled; once, before any listener is open. */
  resume(calls: CallService, native: NativeRelay): Resumed;
  /** Once a second. */
  tick(): void;
  /** Writes what is left. The calls stay in the journal. */
  close(): Promise<void>;
}

/** What {@link openPersistence} works with. */
export interface PersistenceParts {
  readonly config: Config;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Logger;
  /** Wall-clock ms of the start. */
  readonly now: number;
}

/** Counters files of one journal start with this and a tag of the journal. */
const COUNTERS = "counters";
const DATABASE_SUFFIX = /\.[^./]+$/;

/**
 * Opens the journal that the option `journal` names. Without it calls end with the process, and so they do,
 * after a warning, when it cannot be had.
 */
export async function openPersistence(parts: PersistenceParts): Promise<Persistence | undefined> {
  const { config, log, now } = parts;
  const path = databaseFile(config.journal, config["data-dir"]);
  if (path === undefined) return undefined;
  try {
    const { store, notice } = await SqliteStore.open(path, asideStamp(now));
    if (notice !== undefined) log.error(notice);
    return new CallPersistence(parts, path, store);
  } catch (error) {
    const hint = error instanceof DatabaseInUse
      ? "give each instance a data-dir or journal of its own"
      : "make the directory writable, or set journal=none";
    const what = error instanceof Error ? error.message : error;
    log.error(`calls are not journalled and end with this process: ${what}; ${hint}`);
    return undefined;
  }
}

class CallPersistence implements Persistence {
  readonly countersPath: string | undefined;
  readonly observer: CallObserver;
  readonly #log: Logger;
  readonly #store: SqliteStore;
  readonly #stored: readonly StoredCall[];
  readonly #journal: CallJournal<CallView>;
  /** Prefix of the counters files of this journal. */
  readonly #prefix: string;
  #calls: CallService | undefined;
  #layout = "";
  #tidied = false;

  constructor({ config, env, log, now }: PersistenceParts, path: string, store: SqliteStore) {
    this.#log = log;
    this.#store = store;
    this.#stored = store.load();
    const tag = path.replace(DATABASE_SUFFIX, "").replaceAll(/[^A-Za-z0-9]+/g, "-").slice(-80);
    this.#prefix = `${COUNTERS}${tag}-`;
    this.countersPath = this.#countersFile(env, config["data-dir"], now);
    this.#journal = new CallJournal<CallView>({
      store,
      known: this.#stored.map(({ callId }) => callId),
      id: (call) => call.callId,
      write: (call) => this.#text(call),
      schedule: (ms, callback) => void setTimeout(callback, ms),
      onError: (message) => log.limited("error", "journal", message),
    });
    this.observer = {
      created: () => {},
      changed: (call) => this.#journal.changed(call),
      closed: (call) => this.#journal.closed(call),
      rejected: () => {},
    };
  }

  resume(calls: CallService, native: NativeRelay): Resumed {
    this.#calls = calls;
    this.#layout = native.countersLayout;
    const files = new Map<string, PastCounters | undefined>();
    let refused = 0;
    for (const { callId, text } of this.#stored) {
      try {
        calls.resume(text, (counters, slot) => this.#past(native, files, counters)?.read(slot));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.limited("warning", "resume", `call ${callId} does not go on: ${reason}`);
        this.#journal.refuse(callId, reason);
        refused++;
      }
    }
    for (const file of files.values()) file?.close();
    return { calls: this.#stored.length - refused, refused };
  }

  tick(): void {
    if (this.#tidied || !this.#journal.idle) return;
    this.#tidied = true;
    // every call in the journal names the present file by now
    this.#removeOldCounters();
  }

  async close(): Promise<void> {
    try {
      await this.#journal.close();
    } catch (error) {
      this.#log.error(
        `the journal did not end well: ${error instanceof Error ? error.message : error}`,
      );
      await this.#store.close().catch(() => {});
    }
  }

  #text(call: CallView): string {
    if (this.#calls === undefined) throw new Error("calls are not there yet");
    return this.#calls.snapshot(call, `${this.#layout}:${this.countersPath ?? ""}`);
  }

  /** Opens the file a snapshot names, once; undefined when nothing can be read from it. */
  #past(
    native: NativeRelay,
    files: Map<string, PastCounters | undefined>,
    counters: string,
  ): PastCounters | undefined {
    if (files.has(counters)) return files.get(counters);
    const [layout, ...path] = counters.split(":");
    let file: PastCounters | undefined;
    try {
      if (layout !== native.countersLayout) throw new Error("the counters are another version's");
      file = native.pastCounters(path.join(":"));
    } catch (error) {
      const what = error instanceof Error ? error.message : error;
      this.#log.warning(`resumed calls count from zero: ${what}`);
    }
    files.set(counters, file);
    return file;
  }

  #countersFile(
    env: Readonly<Record<string, string>>,
    dataDir: string,
    now: number,
  ): string | undefined {
    try {
      const dir = usableDirectory(runtimeDirectories(env, dataDir));
      return `${dir}/${this.#prefix}${now}-${Deno.pid}`;
    } catch (error) {
      const what = error instanceof Error ? error.message : error;
      this.#log.warning(`counters do not outlive the process: ${what}`);
      return undefined;
    }
  }

  #removeOldCounters(): void {
    const { countersPath } = this;
    if (countersPath === undefined) return;
    const dir = countersPath.slice(0, countersPath.lastIndexOf("/"));
    const own = countersPath.slice(dir.length + 1);
    try {
      for (const { name } of Deno.readDirSync(dir)) {
        if (name.startsWith(this.#prefix) && name !== own) Deno.removeSync(`${dir}/${name}`);
      }
    } catch (error) {
      this.#log.warning(`old counters stay: ${error instanceof Error ? error.message : error}`);
    }
  }
}
