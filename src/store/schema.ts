/**
 * The database of calls: its marks and its tables.
 *
 * @module
 */

import type { DatabaseFormat } from "./open.ts";

/** `PRAGMA application_id`: "RTPE" in ASCII. */
export const APPLICATION_ID = 0x52545045;
/** `PRAGMA user_version`. */
export const SCHEMA_VERSION = 1;

/** What an empty database is given. */
export const SCHEMA = `
  CREATE TABLE call (
    -- order of creation
    number INTEGER PRIMARY KEY,
    call_id TEXT NOT NULL UNIQUE,
    -- JSON
    snapshot TEXT NOT NULL
  );
  -- what could not be brought back, for whoever wants to know why
  CREATE TABLE refused_call (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    snapshot TEXT NOT NULL
  );
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** How the database of calls is told from others. */
export const CALLS_FORMAT: DatabaseFormat = {
  applicationId: APPLICATION_ID,
  version: SCHEMA_VERSION,
  schema: SCHEMA,
};
