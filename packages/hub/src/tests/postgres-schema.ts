import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { PostgresOptions } from '../storage/postgres/options.js'

const URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

/** Runs one statement on the server that the tests use. */
export async function runSql(text: string, connectionString = URL): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(text)
    return rows
  } finally {
    await client.end()
  }
}

/** A schema of its own for a test; it is created by the driver that opens it. */
export async function createSchema(): Promise<{
  readonly target: PostgresOptions & { readonly schema: string }
  drop(): Promise<void>
}> {
  const schema = `flowsync_test_${randomBytes(6).toString('hex')}`
  return {
    target: { connectionString: URL, schema },
    drop: async () => {
      await runSql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    },
  }
}
