/**
 * The thread that writes to the database, so that a slow disk holds up nobody. It runs from its text
 * (`sqlite_store.ts` imports it as such), in whatever form the program is shipped; hence plain JavaScript.
 *
 * Takes `{ number, path }` first, then `{ number, batch }`; answers `{ number, error? }` to each;
 * `{ number, close: true }` ends it.
 */
import { DatabaseSync } from "node:sqlite";

/** Refused calls that are kept. */
const REFUSED_KEPT = 1000;

/** @type {DatabaseSync | undefined} */
let database;
/** @type {Record<string, import("node:sqlite").StatementSync>} */
let statements = {};

function open(path) {
  database = new DatabaseSync(path);
  database.exec(
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
  );
  // takes the lock
  database.exec("BEGIN EXCLUSIVE; COMMIT");
  statements = {
    put: database.prepare(
      "INSERT INTO call (call_id, snapshot) VALUES (?, ?) " +
        "ON CONFLICT (call_id) DO UPDATE SET snapshot = excluded.snapshot",
    ),
    remove: database.prepare("DELETE FROM call WHERE call_id = ?"),
    refuse: database.prepare(
      "INSERT INTO refused_call (call_id, reason, snapshot) " +
        "SELECT call_id, ?, snapshot FROM call WHERE call_id = ?",
    ),
    trim: database.prepare(
      `DELETE FROM refused_call WHERE number <= (SELECT max(number) FROM refused_call) - ${REFUSED_KEPT}`,
    ),
  };
}

function write({ put, remove, refuse }) {
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const { callId, reason } of refuse) {
      statements.refuse.run(reason, callId);
      statements.remove.run(callId);
    }
    if (refuse.length > 0) statements.trim.run();
    for (const callId of remove) statements.remove.run(callId);
    for (const { callId, text } of put) statements.put.run(callId, text);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

self.onmessage = ({ data }) => {
  try {
    if (data.path !== undefined) open(data.path);
    else if (data.batch !== undefined) write(data.batch);
    else database?.close();
    self.postMessage({ number: data.number });
  } catch (error) {
    self.postMessage({ number: data.number, error: String(error?.message ?? error) });
  }
};
