/**
 * Owns what outlives the process: the journal of calls in SQLite. It knows nothing of calls but their
 * call-id and a text.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export { CallJournal, type JournalOptions } from "./journal.ts";
export { asideStamp, databaseFile } from "./place.ts";
export { DatabaseInUse, openDatabase } from "./open.ts";
export type { DatabaseFormat, OpenDatabase } from "./open.ts";
export { type OpenedStore, SqliteStore } from "./sqlite_store.ts";
export type { CallBatch, CallStore, StoredCall } from "./types.ts";
