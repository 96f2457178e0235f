import type { ReplicaId } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { BoundedMap } from '../bounded-map.js'
import type { RedisLink } from './redis-link.js'
import { findBindings, findNames, reserveNumbers } from './read-scripts.js'
import type { Script } from './script.js'
import type { StoreKeys } from './store-keys.js'

/** Whose a replica is. */
export interface Binding {
  readonly number: number
  /** Undefined when the number is only kept for it: nobody has appended under it. */
  readonly subject: string | undefined
}

const CACHED_REPLICAS = 50_000

/** What was read of the replicas of all workspaces: names, numbers, subjects. A binding never changes within a life of the store. */
export class ReplicaNumbers {
  private readonly link: RedisLink
  private readonly keys: StoreKeys
  private readonly bindings = new BoundedMap<string, Binding>(CACHED_REPLICAS)
  private readonly names = new BoundedMap<string, ReplicaId>(CACHED_REPLICAS)

  constructor(link: RedisLink, keys: StoreKeys) {
    this.link = link
    this.keys = keys
  }

  get(workspace: string, replica: ReplicaId): Binding | undefined {
    return this.bindings.get(`${workspace}/${replica}`)
  }

  set(workspace: string, replica: ReplicaId, binding: Binding): void {
    this.bindings.set(`${workspace}/${replica}`, binding)
    this.names.set(`${workspace}/${binding.number}`, replica)
  }

  /** Forgets a binding that may not be as it was thought. */
  forget(workspace: string, replica: ReplicaId): void {
    this.bindings.delete(`${workspace}/${replica}`)
  }

  /**
   * Decodes with the names of the replicas that `decode` asks for. It is called again when some had to be fetched.
   * @throws FlowSyncError `storage/corrupt` when the log names a replica that does not exist
   */
  async decode<T>(workspace: string, decode: (nameOf: (number: number) => ReplicaId) => T): Promise<T> {
    for (;;) {
      const missing = new Set<number>()
      const decoded = decode((number) => {
        const name = this.names.get(`${workspace}/${number}`)
        if (name === undefined) missing.add(number)
        return name ?? ('' as ReplicaId)
      })
      if (missing.size === 0) return decoded
      await this.fetch(workspace, [...missing])
    }
  }

  /** The bindings of those that are bound, as they are stored. */
  find(workspace: string, replicas: readonly ReplicaId[]): Promise<ReadonlyMap<ReplicaId, Binding>> {
    return this.ask(findBindings, workspace, replicas)
  }

  /** The same, with a number kept for those that are not bound; their subject is ''. */
  reserve(workspace: string, replicas: readonly ReplicaId[]): Promise<ReadonlyMap<ReplicaId, Binding>> {
    return this.ask(reserveNumbers, workspace, replicas)
  }

  private async ask(
    script: Script,
    workspace: string,
    replicas: readonly ReplicaId[],
  ): Promise<ReadonlyMap<ReplicaId, Binding>> {
    const { replicas: key } = this.keys.workspace(workspace)
    const ids = replicas.map((replica) => Buffer.from(replica, 'hex'))
    const found = (await this.link.run(script, [key], ids)) as (Buffer | null)[]
    const bindings = new Map<ReplicaId, Binding>()
    replicas.forEach((replica, index) => {
      const text = found[index]?.toString()
      const colon = text?.indexOf(':') ?? 0
      if (text !== undefined) {
        bindings.set(replica, { number: Number(text.slice(0, colon)), subject: text.slice(colon + 1) })
      }
    })
    return bindings
  }

  /** Drops what was longest not asked for; call between appends. */
  trim(): void {
    this.bindings.trim()
    this.names.trim()
  }

  clear(): void {
    this.bindings.clear()
    this.names.clear()
  }

  private async fetch(workspace: string, numbers: readonly number[]): Promise<void> {
    const { numbers: key } = this.keys.workspace(workspace)
    const names = (await this.link.run(findNames, [key], numbers.map(String))) as Buffer[]
    numbers.forEach((number, index) => {
      const name = names[index]?.toString('hex') ?? ''
      if (name.length !== 32) {
        throw createError('storage/corrupt', `The log names replica ${number}, which does not exist.`)
      }
      this.names.set(`${workspace}/${number}`, name as ReplicaId)
    })
  }
}
