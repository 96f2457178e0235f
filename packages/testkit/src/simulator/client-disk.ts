import type { ClientStorage, StorageHandle } from '@flowsync/core'
import { createError } from '@flowsync/protocol'
import { DiskQueue } from './disk-queue.js'
import type { Latency } from './pipe.js'
import type { Process } from './process.js'
import type { Random } from './random.js'

const FAST: Latency = { lowMs: 0.2, highMs: 8 }

/**
 * The database of one device, which outlives the client instances that use it. A transaction is stored whole or not
 * at all, and is lost when the client dies before it is durable.
 */
export class ClientDisk {
  private readonly image: ClientStorage
  private readonly random: Random
  private readonly nowMs: () => number
  private mounts = 0
  /** While true every transaction is refused with `storage/quota`; nothing of it is stored. */
  isFull = false
  /** While true every transaction is reported as durable and nothing of it is stored. */
  isLying = false

  /** @param image the durable content: a storage that answers without any delay of its own */
  constructor(image: ClientStorage, random: Random, nowMs: () => number) {
    this.image = image
    this.random = random
    this.nowMs = nowMs
  }

  /** The storage for one client instance. */
  mount(process: Process): ClientStorage {
    const { image, nowMs } = this
    const random = this.random.fork(`mount${++this.mounts}`)
    return {
      kind: 'simulated',
      isPersistent: true,
      open: async (scope): Promise<StorageHandle> => {
        const queue = new DiskQueue({ process, random, latency: FAST, nowMs })
        const handle = await queue.run('open', () => image.open(scope))
        return {
          load: (streams) => queue.run('load', () => handle.load(streams)),
          owners: () => queue.run('owners', () => handle.owners()),
          commit: (transaction) => {
            // As a database does: what is stored is what it was when the call was made.
            const copy = structuredClone(transaction)
            return queue.run('commit', async () => {
              if (this.isFull) throw createError('storage/quota', "The client's simulated disk is full.")
              if (!this.isLying) await handle.commit(copy)
            })
          },
          // The image stays open: closing is the end of this instance, not of the database.
          close: () => queue.run('close', () => Promise.resolve()),
        }
      },
      wipe: (scope) => image.wipe(scope),
    }
  }
}
