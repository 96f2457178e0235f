import type { DatabaseSync } from 'node:sqlite'
import { createError } from '@flowsync/protocol'

/** Marks the file as a FlowSync log: "FSYN". */
const APPLICATION_ID = 0x4653594e
const SCHEMA_VERSION = 1

/**
 * One append-only log for all streams. Clustering rows by stream instead would dirty a page per stream
 * and commit; so only the small index does, and a row holds all ops that one commit brought to a stream.
 */
const CREATE = `
  CREATE TABLE stream (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_version INTEGER NOT NULL,
    epoch TEXT NOT NULL,
    UNIQUE (workspace, name)
  ) STRICT;
  CREATE TABLE replica (
    id INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    hex TEXT NOT NULL,
    subject TEXT NOT NULL,
    UNIQUE (workspace, hex)
  ) STRICT;
  -- ops: what writeOps wrote, with first - 1 as the anchor.
  CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    first INTEGER NOT NULL,
    ops BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX log_by_stream ON log (stream, first);
  -- Where to look for a replica's ops: see ReplicaMarks.
  CREATE TABLE mark (
    stream INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (stream, replica, counter)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshot (
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (stream, seq)
  ) STRICT;
`

/**
 * Creates the tables in an empty file, or checks that they are ours.
 * @throws FlowSyncError `config/invalid` for another program's file or one of a newer FlowSync
 */
export function prepareSchema(db: DatabaseSync, file: string): void {
  const applicationId = readPragma(db, 'application_id')
  const version = readPragma(db, 'user_version')
  if (applicationId === APPLICATION_ID && version === SCHEMA_VERSION) return
  if (applicationId === APPLICATION_ID) {
    throw createError(
      'config/invalid',
      `${file} was written by another version of FlowSync (schema ${version}, this one reads ${SCHEMA_VERSION}). Start the version that wrote it.`,
    )
  }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (tables > 0) {
    throw createError('config/invalid', `${file} is the database of another program. Choose another file.`)
  }
  db.exec(
    `BEGIN IMMEDIATE; ${CREATE} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`,
  )
}

function readPragma(db: DatabaseSync, name: string): number {
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, number>
  return row[name] ?? 0
}
