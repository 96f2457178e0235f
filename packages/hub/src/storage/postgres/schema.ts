import { createError } from '@flowsync/protocol'
import type { Session } from './session.js'

/**
 * What each version adds to the one before. Version 1: an append-only log for all streams, whose rows hold
 * all ops that one commit brought to a stream; compaction moves them into segments. Names are compared by
 * their bytes, as in every driver.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE stream (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    rule text NOT NULL,
    rule_version integer NOT NULL,
    epoch text NOT NULL,
    head_seq bigint NOT NULL DEFAULT 0,
    floor_seq bigint NOT NULL DEFAULT 0,
    truncated_seq bigint NOT NULL DEFAULT 0,
    UNIQUE (workspace, name)
  ) WITH (fillfactor = 50);
  CREATE SEQUENCE replica_number;
  CREATE TABLE replica (
    id bigint PRIMARY KEY,
    workspace text COLLATE "C" NOT NULL,
    hex text COLLATE "C" NOT NULL,
    subject bytea NOT NULL,
    UNIQUE (workspace, hex)
  );
  ALTER SEQUENCE replica_number OWNED BY replica.id;
  CREATE TABLE log (
    stream bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    ops bytea NOT NULL,
    PRIMARY KEY (stream, first)
  );
  ALTER TABLE log ALTER COLUMN ops SET STORAGE EXTERNAL;
  CREATE TABLE segment (
    stream bigint NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    size integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (stream, first)
  );
  ALTER TABLE segment ALTER COLUMN bytes SET STORAGE EXTERNAL;
  CREATE TABLE mark (
    stream bigint NOT NULL,
    replica bigint NOT NULL,
    counter bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (stream, replica, counter)
  );
  CREATE TABLE kept_counter (
    stream bigint NOT NULL,
    replica bigint NOT NULL,
    next_counter bigint NOT NULL,
    truncated_counter bigint NOT NULL,
    PRIMARY KEY (stream, replica)
  );
  CREATE TABLE snapshot (
    stream bigint NOT NULL,
    seq bigint NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (stream, seq)
  );
  `,
]

const VERSION = MIGRATIONS.length
/** A migration may rewrite tables. */
const MIGRATION_LIMIT_MS = 3_600_000

/**
 * Brings the schema to this version, creating it where it is missing; several hubs may do so at once.
 * A schema that is there needs no right to create anything.
 * @throws FlowSyncError `config/invalid` for a schema of a newer FlowSync, or one that holds tables of another program
 */
export async function prepareSchema(session: Session, schema: string): Promise<void> {
  if ((await versionOf(session, schema)) === VERSION) return
  await session.transact(async () => {
    await lockSchema(session, schema)
    const version = await versionOf(session, schema)
    if (version === VERSION) return
    // CREATE SCHEMA IF NOT EXISTS asks for the right to create one even where it exists.
    const found = await session.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
    if (found.length === 0) await session.query(`CREATE SCHEMA ${schema}`)
    await session.query('SET LOCAL statement_timeout = 0')
    await session.query('CREATE TABLE IF NOT EXISTS meta (key text PRIMARY KEY, value text NOT NULL)')
    for (const migration of MIGRATIONS.slice(version)) await session.query(migration, [], MIGRATION_LIMIT_MS)
    await session.query(
      `INSERT INTO meta VALUES ('version', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [String(VERSION)],
    )
  })
}

/** Keeps others from changing the schema as a whole until the transaction ends. */
export function lockSchema(session: Session, schema: string): Promise<unknown> {
  return session.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`flowsync/${schema}`])
}

async function versionOf(session: Session, schema: string): Promise<number> {
  // Not to_regclass: it remembers, to the end of a transaction, that there was no such table.
  const tables = await session.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'meta'`,
    [schema],
  )
  if (tables.length === 0) return 0
  const [row] = await session.query<{ value: string }>(`SELECT value FROM meta WHERE key = 'version'`)
  const version = Number(row?.value ?? 0)
  if (version <= VERSION) return version
  throw createError(
    'config/invalid',
    `The schema "${schema}" was written by a newer FlowSync (version ${version}, this one knows ${VERSION}). Update the hub, or choose another schema.`,
  )
}
