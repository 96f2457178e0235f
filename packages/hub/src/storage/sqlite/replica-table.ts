import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReplicaId } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { BoundedMap } from '../bounded-map.js'

interface ReplicaRow {
  readonly number: number
  readonly subject: string
}

/** A replica with its name. */
export interface NamedReplica extends ReplicaRow {
  readonly replica: ReplicaId
}

const CACHED_REPLICAS = 50_000

/** Replicas by number: a log row names them in a byte or two, and each belongs to one subject for good. */
export class ReplicaTable {
  private readonly byName = new BoundedMap<string, ReplicaRow>(CACHED_REPLICAS)
  private readonly byNumber = new BoundedMap<number, ReplicaId>(CACHED_REPLICAS)
  private readonly select: StatementSync
  private readonly selectName: StatementSync
  private readonly selectOfStream: StatementSync
  private readonly insert: StatementSync

  constructor(db: DatabaseSync) {
    this.select = db.prepare('SELECT id AS number, subject FROM replica WHERE workspace = ? AND hex = ?')
    this.selectName = db.prepare('SELECT hex FROM replica WHERE id = ?')
    this.selectOfStream = db.prepare(
      `SELECT id AS number, hex AS replica, subject FROM replica
       WHERE id IN (SELECT replica FROM mark WHERE stream = ?1 UNION SELECT replica FROM kept_counter WHERE stream = ?1)
         AND hex > ?2
       ORDER BY hex LIMIT ?3`,
    )
    this.insert = db.prepare('INSERT INTO replica (workspace, hex, subject) VALUES (?, ?, ?)')
  }

  find(workspace: string, replica: ReplicaId): ReplicaRow | undefined {
    const name = `${workspace}/${replica}`
    const cached = this.byName.get(name)
    if (cached) return cached
    const row = this.select.get(workspace, replica) as unknown as ReplicaRow | undefined
    if (row) this.remember(name, replica, row)
    return row
  }

  /** The replica's number; an unknown one is bound to `subject`. */
  bind(workspace: string, replica: ReplicaId, subject: string): number {
    const known = this.find(workspace, replica)
    if (known) return known.number
    const number = Number(this.insert.run(workspace, replica, subject).lastInsertRowid)
    this.remember(`${workspace}/${replica}`, replica, { number, subject })
    return number
  }

  /** @throws FlowSyncError `storage/corrupt` when the replica never appended in the workspace */
  numberOf(workspace: string, replica: ReplicaId): number {
    const known = this.find(workspace, replica)
    if (!known) throw createError('storage/corrupt', `Replica ${replica} has no number.`)
    return known.number
  }

  /** Those that ever appended to the stream, ordered by id, from the one after `after`. */
  ofStream(stream: number, after: string, limit: number): NamedReplica[] {
    return this.selectOfStream.all(stream, after, limit) as unknown as NamedReplica[]
  }

  /** @throws FlowSyncError `storage/corrupt` when the log names a number that does not exist */
  nameOf(number: number): ReplicaId {
    const cached = this.byNumber.get(number)
    if (cached) return cached
    const row = this.selectName.get(number) as { hex: ReplicaId } | undefined
    if (!row) throw createError('storage/corrupt', `The log names replica ${number}, which does not exist.`)
    this.byNumber.set(number, row.hex)
    return row.hex
  }

  /** Bounds the caches; call between transactions. */
  trim(): void {
    this.byName.trim()
    this.byNumber.trim()
  }

  /** Forgets what a rolled-back transaction may have cached. */
  clear(): void {
    this.byName.clear()
    this.byNumber.clear()
  }

  private remember(name: string, replica: ReplicaId, row: ReplicaRow): void {
    this.byName.set(name, row)
    this.byNumber.set(row.number, replica)
  }
}
