import type { Stage } from '../benchmark.js'
import type { RawClient } from '../client.js'
import { Trouble, until } from '../settle.js'

const CONNECT_MS = 60_000

/** Who connects, and with what. */
export interface CrowdOptions {
  readonly url: string
  readonly document: string
  readonly count: number
  /** At most so many at the same time; all when absent. */
  readonly atOnce?: number
  readonly have?: unknown
  /** The author's number of the first one. */
  readonly firstAuthor: number
}

/** Connects many clients and resolves when each is up to date. */
export async function gatherCrowd(stage: Stage, options: CrowdOptions): Promise<readonly RawClient[]> {
  const { url, document, count, atOnce = count, have, firstAuthor } = options
  const clients: RawClient[] = []
  let ready = 0
  const trouble = new Trouble()
  while (clients.length < count) {
    const wanted = Math.min(count, clients.length + atOnce)
    while (clients.length < wanted) {
      const client = stage.open({
        url,
        document,
        author: firstAuthor + clients.length,
        ...(have === undefined ? {} : { have }),
        onFailure: trouble.report,
      })
      clients.push(client)
      void client.ready.then(() => ready++)
    }
    await until(
      () => `${wanted - ready} clients did not connect`,
      () => ready === wanted,
      CONNECT_MS,
      () => trouble.error,
    )
  }
  if (trouble.error) throw trouble.error
  return clients
}

/** Ends the connections. */
export function disperse(clients: readonly RawClient[]): void {
  for (const client of clients) client.close()
}
