import { createError } from '@flowsync/protocol'
import type { FlowSyncClient } from '../client-types.js'
import type { ClientStorage } from '../storage/driver.js'
import { memory } from '../storage/memory.js'
import { settle } from './virtual-system.js'
import { FakeHost, type streams, type World } from './world.js'

/** A browser whose tabs share a disk that may be full, and that may be killed with all of them. */
export class Browser {
  readonly tabs: (FlowSyncClient<typeof streams> | undefined)[]
  isDiskFull = false
  private readonly world: World
  private readonly disk = memory()
  private readonly host = new FakeHost()
  private life = 1

  constructor(world: World, tabs: number) {
    this.world = world
    this.tabs = Array.from({ length: tabs }, () => this.open())
  }

  /** Closes a tab in good order and opens another. */
  async reload(tab: number): Promise<void> {
    const former = this.tabs[tab]
    this.tabs[tab] = undefined
    await former?.close()
    this.tabs[tab] = this.open()
  }

  /** Kills all tabs: nothing they had begun is finished. Then opens others. */
  async kill(): Promise<void> {
    this.life++
    for (const tab of this.tabs) tab?.goOffline()
    this.host.killTabs()
    await settle()
    this.tabs.forEach((_, tab) => (this.tabs[tab] = this.open()))
  }

  private open(): FlowSyncClient<typeof streams> {
    const { life } = this
    const whileAlive = <T>(work: () => Promise<T>): Promise<T> =>
      life === this.life ? work() : new Promise<T>(() => undefined)
    const storage: ClientStorage = {
      ...this.disk,
      open: async (scope) => {
        const handle = await this.disk.open(scope)
        const commit: typeof handle.commit = async (transaction) => {
          if (this.isDiskFull) throw createError('storage/quota', 'The disk is full.')
          await handle.commit(transaction)
        }
        return { ...handle, commit: (transaction) => whileAlive(() => commit(transaction)) }
      },
    }
    const host = {
      isBrowser: true,
      isOnline: () => true,
      onNetworkChange: () => () => undefined,
      claim: (name: string) => whileAlive(() => this.host.claim(name)),
    }
    const client = this.world.client({ storage, host })
    client.stream('doc:a')
    return client
  }
}
