import { startPostgres, startRedis } from '@flowsync/testkit/servers'

/** A server that keeps what hubs store, or links them. */
export type StoreName = 'postgres' | 'redis'

/** Where the stores of a benchmark are reached. */
export type StoreUrls = Readonly<Partial<Record<StoreName, string>>>

interface Store {
  readonly url: string
  remove(): Promise<void>
}

/** Stores of a benchmark's own, each synced at every commit, and gone after it. */
export interface Stores {
  readonly urls: StoreUrls
  remove(): Promise<void>
}

const starters: Readonly<Record<StoreName, () => Promise<Store>>> = {
  postgres: startPostgres,
  redis: startRedis,
}

/**
 * Starts what a benchmark needs.
 * @throws FlowSyncError `config/invalid` when one is not installed
 */
export async function startStores(names: readonly StoreName[]): Promise<Stores> {
  const started: (Store & { readonly name: StoreName })[] = []
  const remove = async () => void (await Promise.all(started.map((store) => store.remove())))
  try {
    for (const name of names) started.push({ name, ...(await starters[name]()) })
  } catch (error) {
    await remove()
    throw error
  }
  return { urls: Object.fromEntries(started.map(({ name, url }) => [name, url])), remove }
}
