import { createHash } from 'node:crypto'
import type { OpId, ReplicaId } from '@flowsync/crdt'
import { createReplicaId, type System } from '@flowsync/protocol'
import type { HubLog } from '../log/hub-log.js'
import type { OpenStream } from '../log/open-stream.js'

const REPLICA_HEX = 32
const REMEMBERED_SUBJECTS = 10_000

/**
 * Gives ops that the hub makes itself, of intents that came over HTTP, their ids: one replica for each
 * subject and hub process, or one for each idempotency key.
 */
export class HubAuthor {
  private readonly log: HubLog
  private readonly system: System
  private readonly replicas = new Map<string, ReplicaId>()
  private readonly turns = new WeakMap<OpenStream, Promise<unknown>>()

  constructor(log: HubLog, system: System) {
    this.log = log
    this.system = system
  }

  /** The next id of the subject's replica. Ask within a turn: the id is free only as long as nobody else appends. */
  async nextId(stream: OpenStream, subject: string): Promise<OpId> {
    const replica = this.replicaOf(stream.key.workspace, subject)
    const [through = 0] = await this.log.countersOf(stream, [replica])
    return { replica, counter: through + 1 }
  }

  /** The one id that a key stands for, for ever and on every hub. */
  idOfKey({ key }: OpenStream, subject: string, idempotencyKey: string): OpId {
    const text = JSON.stringify([key.workspace, key.stream, subject, idempotencyKey])
    const digest = createHash('sha256').update(text).digest('hex')
    return { replica: digest.slice(0, REPLICA_HEX) as ReplicaId, counter: 1 }
  }

  /** Runs one `work` of a stream after the other. */
  inTurn<T>(stream: OpenStream, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(stream) ?? Promise.resolve()
    const result = before.then(work)
    this.turns.set(
      stream,
      result.catch(() => undefined),
    )
    return result
  }

  private replicaOf(workspace: string, subject: string): ReplicaId {
    const name = `${workspace}/${subject}`
    const known = this.replicas.get(name)
    if (known) return known
    if (this.replicas.size >= REMEMBERED_SUBJECTS) this.replicas.clear()
    const replica = createReplicaId(this.system)
    this.replicas.set(name, replica)
    return replica
  }
}
