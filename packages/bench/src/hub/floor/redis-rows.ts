import { createClient } from 'redis'
import type { BatchStore } from './batch-store.js'

/** Rows in lists of Redis: one transaction a batch, synced before it is answered. */
export async function openRedisRows(url: string): Promise<BatchStore> {
  const client = createClient({ url })
  await client.connect()
  return {
    append: async (rows) => {
      const batch = client.multi()
      for (const { stream, number, body } of rows)
        batch.rPush(stream, `${number}:${Buffer.from(body).toString()}`)
      await batch.exec()
    },
  }
}
