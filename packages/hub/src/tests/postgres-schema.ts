import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { PostgresOptions } from '../storage/postgres/options.js'

const DATABASE_URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

async function runSql(text: string, connectionString: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const answer: unknown = await client.query(text)
    // Several statements have several results.
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as pg.QueryResult<Record<string, unknown>>
    return last.rows
  } finally {
    await client.end()
  }
}

/** A schema of a test. */
export interface TestSchema {
  readonly target: PostgresOptions & { readonly schema: string }
  /** Runs one statement in it. */
  run(text: string): Promise<Record<string, unknown>[]>
  drop(): Promise<void>
}

/** Names a schema of its own for a test; the driver that opens it creates it. */
export function createSchema(connectionString = DATABASE_URL): TestSchema {
  const schema = `flowsync_test_${randomBytes(6).toString('hex')}`
  return {
    target: { connectionString, schema },
    run: (text) => runSql(`SET search_path = ${schema}; ${text}`, connectionString),
    drop: async () => {
      await runSql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`, connectionString)
    },
  }
}
