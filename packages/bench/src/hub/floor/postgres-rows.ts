import { createRequire } from 'node:module'
import type { BatchStore } from './batch-store.js'

interface Client {
  connect(): Promise<void>
  query(
    query: string | { readonly name: string; readonly text: string; readonly values: readonly unknown[] },
  ): Promise<unknown>
}

const INSERT =
  'INSERT INTO row (stream, number, body) SELECT * FROM unnest($1::text[], $2::int[], $3::bytea[])'

/** Rows in PostgreSQL: one statement, and so one synced commit, a batch. */
export async function openPostgresRows(url: string): Promise<BatchStore> {
  // The client that the hub uses; this package has none of its own.
  const ofHub = createRequire(createRequire(import.meta.url).resolve('@flowsync/hub/package.json'))
  const { Client } = ofHub('pg') as { readonly Client: new (options: { connectionString: string }) => Client }
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TABLE row (id bigserial PRIMARY KEY, stream text, number int, body bytea)')
  return {
    append: async (rows) => {
      const values = [
        rows.map(({ stream }) => stream),
        rows.map(({ number }) => number),
        rows.map(({ body }) => Buffer.from(body)),
      ]
      await client.query({ name: 'insert', text: INSERT, values })
    },
  }
}
