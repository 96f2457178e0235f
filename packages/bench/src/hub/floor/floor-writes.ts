import { Samples } from '../samples.js'
import { RowStore } from './row-store.js'

/** A bare store that rows are written to as fast as it takes them. */
export interface FloorWrites {
  readonly note: string
  run(forMs: number): Promise<Record<'rate' | 'p50' | 'p99', number>>
}

const ROWS = 50
const BODY = Uint8Array.of(0x78)

/** The floor of one store: batches of 50 rows, each durable before the next begins. */
export async function floorWrites(kind: string, directory: string, _url?: string): Promise<FloorWrites> {
  if (kind !== 'sqlite') throw new Error(`there is no floor for ${kind}`)
  const store = new RowStore(directory)
  let number = 0
  return {
    note: 'no server, one thread: 50 rows a transaction, each on the disk before the next',
    run: (forMs) =>
      writeBatches(forMs, async () => {
        number++
        store.append(
          Array.from({ length: ROWS }, (_, index) => ({ stream: `w${index}`, number, body: BODY })),
        )
      }),
  }
}

/** Runs batches one after the other for a while. */
export async function writeBatches(
  forMs: number,
  write: () => Promise<void>,
): Promise<Record<'rate' | 'p50' | 'p99', number>> {
  const latencies = new Samples()
  const startedAt = performance.now()
  let endedAt = startedAt
  while (endedAt - startedAt < forMs) {
    const before = endedAt
    await write()
    endedAt = performance.now()
    latencies.add(endedAt - before)
  }
  return {
    rate: (latencies.length * ROWS * 1000) / (endedAt - startedAt),
    p50: latencies.quantile(0.5),
    p99: latencies.quantile(0.99),
  }
}
