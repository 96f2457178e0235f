import type { ReplicaId } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import type { Host } from '../host.js'
import type { ClientStorage, StorageScope } from './driver.js'
import { Journal } from './journal.js'

/** A storage that is open for one client instance. */
export interface StorageAccess {
  readonly journal: Journal
  /** Instances that are dead and whose ops this one sends from now on; the client's own is not among them. */
  readonly adopted: ReadonlySet<ReplicaId>
  /** Streams with ops of those. */
  readonly streams: ReadonlySet<string>
  /** The highest order in the outbox. */
  readonly lastOrder: number
  /** Lets other tabs know that this instance is gone. Resolves once they can. */
  release(): Promise<void>
}

/** How the storage is opened. */
export interface StorageAccessOptions {
  readonly storage: ClientStorage
  readonly scope: StorageScope
  readonly owner: ReplicaId
  readonly system: System
  readonly host: Host
  readonly onHealth: () => void
  /** Another client has wiped the user's data. */
  readonly onWiped: () => void
}

/**
 * Opens a storage and adopts the outboxes of dead instances. A living instance holds a lock on its name; where
 * there are no locks every outbox is adopted, which is safe as the hub takes each op once.
 *
 * Never rejects: what a storage that fails would hold is kept in memory, and `journal.error` says so.
 */
export async function openStorage(options: StorageAccessOptions): Promise<StorageAccess> {
  const { storage, scope, owner, system, host, onHealth, onWiped } = options
  const journal = new Journal(storage, scope, system, { onHealth, onWiped })
  // Before the first op is stored: another tab must never take this one for dead.
  const claims = [await host.claim(lockOf(owner))]
  const owners = await journal.owners()
  const adopted = new Set<ReplicaId>()
  for (const id of new Set(owners.map((entry) => entry.owner))) {
    const claim = await host.claim(lockOf(id))
    if (!claim) continue
    claims.push(claim)
    adopted.add(id)
  }
  return {
    journal,
    adopted,
    streams: new Set(owners.filter((entry) => adopted.has(entry.owner)).map(({ stream }) => stream)),
    lastOrder: Math.max(0, ...owners.map((entry) => entry.lastOrder)),
    release: async () => {
      await Promise.all(claims.map(async (claim) => claim?.release()))
    },
  }
}

function lockOf(owner: ReplicaId): string {
  return `flowsync:replica:${owner}`
}
