import type { OpId, ReplicaId } from '@flowsync/crdt'
import { createEpoch, createSystem, type System } from '@flowsync/protocol'
import type {
  AppendBatch,
  AppendOutcome,
  LogDriver,
  LogPosition,
  LogSlice,
  ReadRange,
  Snapshot,
  StoreOpening,
  StreamCreation,
  StreamHead,
  StreamKey,
  StreamReplica,
  StreamRestore,
} from '../driver.js'
import { appendBatches } from './append.js'
import { compactStream } from './compaction.js'
import { Connector } from './connector.js'
import { findStoredSeq } from './find-seq.js'
import { type PostgresOptions, type PostgresTarget, targetOf } from './options.js'
import { readLog } from './read-log.js'
import { restoreStream } from './restoration.js'
import type { Session } from './session.js'
import { SessionPool } from './session-pool.js'
import { latestSnapshot, putSnapshot } from './snapshot-table.js'
import { StreamOpener } from './stream-opener.js'
import { listReplicas, nextCountersOf } from './stream-replicas.js'
import {
  findStreams,
  headOf,
  listStreams,
  listWorkspaces,
  lockStream,
  positionOf,
  setEpoch,
} from './stream-table.js'
import { truncateStream } from './truncation.js'

/** What a log in PostgreSQL takes from the outside world. */
export interface PostgresSurroundings {
  /** For the epochs of new streams and the spacing of connection attempts. */
  readonly system?: System
}

/**
 * The log in PostgreSQL 14 or newer, for one hub or a cluster of them. An op is acknowledged once the server has
 * committed it with `synchronous_commit` on. Needs the package `pg`, and connections that keep their session: not those
 * of a pooler in transaction mode.
 *
 * ```ts
 * createHub({ storage: postgres('postgres://flowsync:secret@localhost:5432/app'), … })
 * ```
 * @throws FlowSyncError `config/invalid` for options that are none
 */
export function postgres(
  target: string | PostgresOptions,
  surroundings: PostgresSurroundings = {},
): LogDriver {
  return new PostgresDriver(targetOf(target), surroundings.system ?? createSystem())
}

class PostgresDriver implements LogDriver {
  readonly kind = 'postgres'
  readonly isShared = true
  private readonly system: System
  private readonly connector: Connector
  /** Appends go one after the other over a connection of their own: nothing else delays them. */
  private readonly appends: SessionPool
  private readonly pool: SessionPool
  private readonly opener: StreamOpener

  constructor(target: PostgresTarget, system: System) {
    this.system = system
    this.connector = new Connector(target, system)
    const connect = (): Promise<Session> => this.connector.connect()
    const waitMs = target.timeoutMs
    this.appends = new SessionPool({ size: 1, waitMs, system, connect })
    this.pool = new SessionPool({ size: target.poolSize, waitMs, system, connect })
    this.opener = new StreamOpener(this.pool, system)
  }

  open(): Promise<StoreOpening> {
    return this.connector.open()
  }

  openStream(creation: StreamCreation): Promise<StreamHead> {
    return this.opener.open(creation)
  }

  findStream(key: StreamKey): Promise<StreamHead | undefined> {
    return this.pool.use(async (session) => {
      const [row] = await findStreams(session, [key])
      return row && headOf(row)
    })
  }

  positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]> {
    return this.pool.use(async (session) => {
      const rows = await findStreams(session, keys)
      return rows.map((row) => row && positionOf(row))
    })
  }

  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    return this.appends.use((session) => appendBatches(session, batches))
  }

  read(range: ReadRange): Promise<LogSlice | undefined> {
    return this.pool.use((session) => readLog(session, range))
  }

  countersOf(key: StreamKey, replicas: readonly ReplicaId[]): Promise<readonly number[]> {
    return this.pool.use(async (session) => {
      const next = await nextCountersOf(session, key, replicas)
      return next.map((counter) => counter - 1)
    })
  }

  findSeq(key: StreamKey, id: OpId, subject: string): Promise<number | undefined> {
    return this.pool.use((session) => findStoredSeq(session, key, id, subject))
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void> {
    return this.pool.use((session) => putSnapshot(session, key, snapshot))
  }

  latestSnapshot(key: StreamKey, atOrBelow = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    return this.pool.use((session) => latestSnapshot(session, key, atOrBelow))
  }

  listStreams(
    workspace: string,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]> {
    return this.pool.use(async (session) => (await listStreams(session, workspace, after, limit)).map(headOf))
  }

  listWorkspaces({
    after = '',
    limit,
  }: {
    readonly after?: string
    readonly limit: number
  }): Promise<readonly string[]> {
    return this.pool.use((session) => listWorkspaces(session, after, limit))
  }

  replicasOf(
    key: StreamKey,
    page: { readonly after?: ReplicaId; readonly limit: number },
  ): Promise<readonly StreamReplica[]> {
    return this.pool.use((session) => listReplicas(session, key, page))
  }

  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined> {
    return this.pool.use((session) =>
      session.transact(async () => {
        const locked = await lockStream(session, key)
        if (locked?.epoch !== epoch) return locked && headOf(locked)
        const renewed = { ...locked, epoch: createEpoch(this.system) }
        await setEpoch(session, locked.number, renewed.epoch)
        return headOf(renewed)
      }),
    )
  }

  compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined> {
    return this.pool.use((session) => compactStream(session, key, epoch, throughSeq))
  }

  truncate(key: StreamKey, epoch: string, headSeq: number): Promise<StreamHead | undefined> {
    return this.pool.use((session) =>
      truncateStream(session, key, { epoch, headSeq }, createEpoch(this.system)),
    )
  }

  restore(part: StreamRestore): Promise<void> {
    return this.pool.use((session) => restoreStream(session, part))
  }

  async close(): Promise<void> {
    await Promise.all([this.appends.close(), this.pool.close()])
  }
}
