import type { DatabaseSync } from 'node:sqlite'
import { createError } from '@flowsync/protocol'

/** Marks the file as a FlowSync log: "FSYN". */
const APPLICATION_ID = 0x4653594e

/**
 * One append-only log for all streams. Clustering rows by stream instead would dirty a page per stream
 * and commit; so only the small index does, and a row holds all ops that one commit brought to a stream.
 */
const LOG = `
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
  -- Where to look for a replica's ops: see noteOp.
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
 * Floor, truncation, and how to tell that the file is older than it should be.
 *
 * Pages that compaction and truncation free are used again by what is appended next; the file does not
 * shrink. auto_vacuum would shrink it, at the price of a pointer for every page that moves with each commit,
 * and a log that grows on needs the pages anyway.
 */
const FLOOR = `
  ALTER TABLE stream ADD COLUMN floor_seq INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE stream ADD COLUMN truncated_seq INTEGER NOT NULL DEFAULT 0;
  -- The log up to floor_seq, as encodeSegment wrote it. size: of its ops, see sizeOfOp.
  CREATE TABLE segment (
    stream INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (stream, first)
  ) STRICT;
  -- How far the replicas of a truncated stream had come.
  CREATE TABLE kept_counter (
    stream INTEGER NOT NULL,
    replica INTEGER NOT NULL,
    next_counter INTEGER NOT NULL,
    PRIMARY KEY (stream, replica)
  ) STRICT, WITHOUT ROWID;
  -- One row. session, witnessed: see SessionGuard. position: the highest that a deleted row of the log had.
  CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    session TEXT NOT NULL,
    witnessed TEXT NOT NULL,
    position INTEGER NOT NULL
  ) STRICT;
  INSERT INTO store VALUES (1, '', '', 0);
`

/** The step at index n brings a file from schema n to n + 1. Steps that were released never change. */
const MIGRATIONS: readonly string[] = [LOG, FLOOR]

/**
 * Creates the tables in an empty file, or brings those of an older FlowSync up to date: in one transaction,
 * so that a crash leaves the file as it was.
 * @throws FlowSyncError `config/invalid` for another program's file or one of a newer FlowSync
 */
export function prepareSchema(db: DatabaseSync, file: string): void {
  const isOurs = readPragma(db, 'application_id') === APPLICATION_ID
  const version = isOurs ? readPragma(db, 'user_version') : 0
  if (version === MIGRATIONS.length) return
  if (version > MIGRATIONS.length) {
    throw createError(
      'config/invalid',
      `${file} was written by another version of FlowSync (schema ${version}, this one reads up to ${MIGRATIONS.length}). Start the version that wrote it.`,
    )
  }
  if (!isOurs) refuseForeignTables(db, file)
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const step of MIGRATIONS.slice(version)) db.exec(step)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function refuseForeignTables(db: DatabaseSync, file: string): void {
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (tables === 0) return
  throw createError('config/invalid', `${file} is the database of another program. Choose another file.`)
}

function readPragma(db: DatabaseSync, name: string): number {
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, number>
  return row[name] ?? 0
}
