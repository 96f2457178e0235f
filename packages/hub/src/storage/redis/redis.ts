import type { OpId, ReplicaId } from '@flowsync/crdt'
import { createEpoch, createError, createSystem, type System } from '@flowsync/protocol'
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
import { keptSnapshots } from '../kept-snapshots.js'
import { compactOnce } from './compaction.js'
import { LogAppender } from './log-appender.js'
import { LogReader } from './log-reader.js'
import { findSnapshot, listNames, listSnapshots, putSnapshot } from './read-scripts.js'
import { RedisLink } from './redis-link.js'
import { replicasOf } from './list-replicas.js'
import { asBuffer, headOf, type HeadReply, plainBytes } from './replies.js'
import { ReplicaNumbers } from './replica-numbers.js'
import { restorePart } from './restoration.js'
import type { Script } from './script.js'
import { warningsOf } from './server-state.js'
import { StoreKeys } from './store-keys.js'
import type { StoreParts } from './store-parts.js'
import { StreamLoader } from './stream-loader.js'
import { findHeads, openStream, renewEpoch, truncate } from './stream-scripts.js'

/** How the log in Redis is kept. */
export interface RedisStorageOptions {
  /** Of all keys. Stores with different prefixes do not know of each other. Default `flowsync`. */
  readonly keyPrefix?: string
  /** How long a call may take before it fails with `storage/unavailable`. Default 5000. */
  readonly timeoutMs?: number
  /** Refuse to open on a server that does not sync every write before it answers. Default false: a warning. */
  readonly requireFsync?: boolean
  readonly system?: System
}

const TIMEOUT_MS = 5_000

/**
 * A log in Redis 7.0 or newer, which any number of hubs may share.
 *
 * It is as durable as the server: with `appendonly yes` and `appendfsync always` an op that was acknowledged survives
 * the machine's end, with any other setting the last seconds may be lost. Then, and when another server took over, all streams
 * begin new epochs, so that nobody takes what is stored instead for what was lost.
 *
 * @param url such as `redis://user:password@localhost:6379/0`, or `rediss:` for TLS; of one primary
 * @throws FlowSyncError `config/invalid`
 */
export function redis(url: string, options: RedisStorageOptions = {}): LogDriver {
  return new RedisDriver(url, options)
}

class RedisDriver implements LogDriver {
  readonly kind = 'redis'
  readonly isShared = true
  private readonly system: System
  private readonly keys: StoreKeys
  private readonly link: RedisLink
  private readonly parts: StoreParts
  private readonly appender: LogAppender
  private isOpen = false
  private lastAppend: Promise<unknown> = Promise.resolve()

  constructor(url: string, options: RedisStorageOptions) {
    const { keyPrefix = 'flowsync', timeoutMs = TIMEOUT_MS, requireFsync = false } = options
    this.system = options.system ?? createSystem()
    this.keys = new StoreKeys(keyPrefix)
    this.link = new RedisLink({
      url,
      metaKey: this.keys.meta,
      timeoutMs,
      requireFsync,
      system: this.system,
      knownHeads: () => this.parts.loader.knownHeads(),
      onNewLife: () => {
        this.parts.loader.clear()
        this.parts.replicas.clear()
      },
    })
    const { link, keys, system } = this
    const replicas = new ReplicaNumbers(link, keys)
    const reader = new LogReader(link, keys, replicas)
    const loader = new StreamLoader(link, keys, replicas, reader)
    this.parts = { link, keys, replicas, reader, loader }
    this.appender = new LogAppender({ ...this.parts, system, driverId: createEpoch(system) })
  }

  async open(): Promise<StoreOpening> {
    const { server, wasRestored } = await this.link.connect()
    this.isOpen = true
    return { wasRestored, warnings: warningsOf(server) }
  }

  async openStream(creation: StreamCreation): Promise<StreamHead> {
    const { workspace, stream, rule, ruleVersion } = creation
    const keys = [
      this.keys.stream(creation).head,
      this.keys.workspace(workspace).streams,
      this.keys.workspaces,
    ]
    const epoch = createEpoch(this.system)
    const args = [rule, String(ruleVersion), epoch, stream, workspace]
    return headOf(creation, (await this.run(openStream, keys, args)) as HeadReply)
  }

  async findStream(key: StreamKey): Promise<StreamHead | undefined> {
    const [head] = await this.headsOf([key])
    return head
  }

  async positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]> {
    const heads = await this.headsOf(keys)
    return heads.map((head) => {
      if (!head) return undefined
      const { epoch, headSeq, floorSeq, truncatedSeq } = head
      return { epoch, headSeq, floorSeq, truncatedSeq }
    })
  }

  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    const { lastAppend } = this
    const appending = this.checked(() => lastAppend.then(() => this.appender.append(batches)))
    this.lastAppend = appending.catch(() => undefined)
    return appending
  }

  read(range: ReadRange): Promise<LogSlice | undefined> {
    return this.checked(() => this.parts.reader.read(range))
  }

  async countersOf(key: StreamKey, replicas: readonly ReplicaId[]): Promise<readonly number[]> {
    const stream = await this.checked(() => this.parts.loader.look(key, replicas))
    return replicas.map((replica) => (stream?.nextCounter(replica) ?? 1) - 1)
  }

  async findSeq(key: StreamKey, { replica, counter }: OpId, subject: string): Promise<number | undefined> {
    const stream = await this.checked(() => this.parts.loader.look(key, [replica]))
    const place = stream?.places.get(replica)
    if (!stream || !place || stream.subjectOf(replica) !== subject) return undefined
    if (counter < (stream.truncatedCounters.get(replica) ?? 1)) return stream.truncatedSeq
    const ops = await this.parts.reader.around(key, place.number, counter)
    return ops.find((op) => op.replica === replica && op.counter === counter)?.seq
  }

  async putSnapshot(key: StreamKey, { epoch, seq, state }: Snapshot): Promise<void> {
    const { head, snapshots } = this.keys.stream(key)
    const found = (await this.run(listSnapshots, [head, snapshots], [])) as [HeadReply, Buffer[]] | null
    const seqs = (found?.[1] ?? []).map(Number)
    const kept = new Set(keptSnapshots([...new Set([...seqs, seq])]))
    // One that is not wanted beside newer ones is not stored; what another hub drops at the same time is missed by none.
    if (!kept.has(seq)) return
    const dropped = seqs.filter((other) => !kept.has(other)).map(String)
    await this.run(putSnapshot, [head, snapshots], [epoch, String(seq), asBuffer(state), ...dropped])
  }

  async latestSnapshot(key: StreamKey, atOrBelow?: number): Promise<Snapshot | undefined> {
    const { head, snapshots } = this.keys.stream(key)
    const found = (await this.run(findSnapshot, [head, snapshots], [String(atOrBelow ?? '')])) as
      Buffer[] | null
    const [epoch, seq, state] = found ?? []
    if (!epoch || !seq || !state) return undefined
    return { epoch: epoch.toString(), seq: Number(seq), state: plainBytes(state) }
  }

  async listStreams(
    workspace: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]> {
    const names = await this.namesIn(this.keys.workspace(workspace).streams, page)
    const heads = await this.headsOf(names.map((stream) => ({ workspace, stream })))
    return heads.filter((head) => head !== undefined)
  }

  listWorkspaces(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]> {
    return this.namesIn(this.keys.workspaces, page)
  }

  replicasOf(
    key: StreamKey,
    page: { readonly after?: ReplicaId; readonly limit: number },
  ): Promise<readonly StreamReplica[]> {
    return this.checked(() => replicasOf(this.parts, key, page))
  }

  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined> {
    return this.change(key, renewEpoch, [this.keys.stream(key).head], [epoch, createEpoch(this.system)])
  }

  compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined> {
    return this.checked(() => compactOnce(this.parts, key, epoch, throughSeq))
  }

  truncate(key: StreamKey, epoch: string, headSeq: number): Promise<StreamHead | undefined> {
    const { head, log, segments, marks, places, snapshots } = this.keys.stream(key)
    return this.change(
      key,
      truncate,
      [head, log, segments, marks, places, snapshots],
      [epoch, String(headSeq), createEpoch(this.system)],
    )
  }

  restore(part: StreamRestore): Promise<void> {
    return this.checked(() => restorePart(this.parts, part))
  }

  private async headsOf(keys: readonly StreamKey[]): Promise<(StreamHead | undefined)[]> {
    if (keys.length === 0) return []
    const names = keys.map((key) => this.keys.stream(key).head)
    const replies = (await this.run(findHeads, names, [])) as (HeadReply | null)[]
    return keys.map((key, index) => {
      const reply = replies[index]
      return reply ? headOf(key, reply) : undefined
    })
  }

  private async namesIn(
    key: string,
    { after, limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const least = after === undefined ? '-' : `(${after}`
    const names = (await this.run(listNames, [key], [least, String(limit)])) as Buffer[]
    return names.map(String)
  }

  private async change(
    key: StreamKey,
    script: Script,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<StreamHead | undefined> {
    const reply = (await this.run(script, keys, args)) as HeadReply | null
    return reply ? headOf(key, reply) : undefined
  }

  private run(script: Script, keys: readonly string[], args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.checked(() => this.link.run(script, keys, args))
  }

  private async checked<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isOpen) throw createError('storage/unavailable', 'The storage is not open.')
    return work()
  }

  async close(): Promise<void> {
    this.isOpen = false
    await this.lastAppend
    await this.link.close()
  }
}
