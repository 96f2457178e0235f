import { Samples } from '../samples.js'
import type { ServerOptions } from '../server-types.js'
import type { BatchStore } from './batch-store.js'
import { openPostgresRows } from './postgres-rows.js'
import { openRedisRows } from './redis-rows.js'
import { RowStore } from './row-store.js'

const ROWS = 50
const BODY = Uint8Array.of(0x78)

/** Opens the bare store that stands under a hub with these options. */
export async function openFloor({
  storage = 'sqlite',
  storageUrl = '',
  directory,
}: ServerOptions): Promise<BatchStore> {
  switch (storage) {
    case 'sqlite':
      return new RowStore(directory)
    case 'postgres':
      return openPostgresRows(storageUrl)
    case 'redis':
      return openRedisRows(storageUrl)
    case 'memory':
      throw new Error('memory has no floor')
  }
}

/** Writes batches of 50 rows for a while, each durable before the next begins. */
export async function floorWrites(
  store: BatchStore,
  forMs: number,
): Promise<Record<'rate' | 'p50' | 'p99', number>> {
  const latencies = new Samples()
  const startedAt = performance.now()
  let endedAt = startedAt
  for (let number = 1; endedAt - startedAt < forMs; number++) {
    const before = endedAt
    await store.append(
      Array.from({ length: ROWS }, (_, index) => ({ stream: `w${index}`, number, body: BODY })),
    )
    endedAt = performance.now()
    latencies.add(endedAt - before)
  }
  return {
    rate: (latencies.length * ROWS * 1000) / (endedAt - startedAt),
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
  }
}
