/**
 * The database of access: its marks and its tables.
 *
 * @module
 */

import type { DatabaseFormat } from "../store/mod.ts";

const APPLICATION_ID = 0x52545041;
const SCHEMA_VERSION = 1;

/** How the database of access is told from others; its `application_id` is "RTPA" in ASCII. */
export const ACCESS_FORMAT: DatabaseFormat = {
  applicationId: APPLICATION_ID,
  version: SCHEMA_VERSION,
  // times are wall-clock ms
  schema: `
  CREATE TABLE user (
    name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
    password TEXT NOT NULL,
    created INTEGER NOT NULL,
    last_login INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE session (
    -- SHA-256 of the cookie
    hash TEXT NOT NULL PRIMARY KEY,
    user TEXT NOT NULL COLLATE NOCASE REFERENCES user (name) ON DELETE CASCADE,
    csrf TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    address TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX session_user ON session (user, created);
  CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- separated by blanks
    scopes TEXT NOT NULL,
    -- SHA-256 of the secret
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires INTEGER,
    last_used INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT,
    after TEXT
  );
  CREATE INDEX audit_kind ON audit (kind, number);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`,
};
