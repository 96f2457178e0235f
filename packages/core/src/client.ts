import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import {
  createError,
  createReplicaId,
  DEFAULT_LIMITS,
  NO_EPOCH,
  type StreamDefinitions,
} from '@flowsync/protocol'
import { internals, type ClientInternals } from './client-internals.js'
import { ClientStatus } from './client-status.js'
import type { ClientOptions, ClientSnapshot, FlowSyncClient } from './client-types.js'
import { clientClosed } from './errors.js'
import { fromBase64, toBase64, type DehydratedState } from './hydration.js'
import { Notifier } from './observable.js'
import { resolveOptions, type ResolvedOptions } from './options.js'
import { Session } from './session/session.js'
import { createTokenSource, subjectOf, type TokenSource } from './session/token.js'
import { openStorage, type StorageAccess } from './storage/access.js'
import type { Journal } from './storage/journal.js'
import type { StoredStream } from './storage/driver.js'
import type { StreamHandle } from './stream/handle-types.js'
import { Registry } from './stream/registry.js'
import type { Stream, StreamEnvironment } from './stream/stream.js'
import { createDeferred } from './deferred.js'

/** What an op's frame holds beside its body, generously. */
const OP_OVERHEAD_BYTES = 2_048

const SPARE_REPLICAS = 4

/**
 * Makes a client: one replica of a workspace's streams, which folds edits at once, keeps them on disk and syncs them with a hub.
 *
 * ```ts
 * const client = createClient({ url: 'https://hub.example', streams, token: fetchToken, storage: dexieStorage() })
 * const doc = client.stream('doc:readme')
 * doc.insert(0, 'hi')
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export function createClient<S extends StreamDefinitions>(options: ClientOptions<S>): FlowSyncClient<S> {
  // The class knows streams by name only; their types are the caller's.
  return new Client(resolveOptions(options)) as unknown as FlowSyncClient<S>
}

class Client implements FlowSyncClient, ClientInternals, StreamEnvironment {
  readonly workspace: string
  readonly streams: StreamDefinitions
  readonly owner: ReplicaId
  readonly registry: Registry
  readonly notifier: Notifier
  readonly [internals]: ClientInternals = this

  isClosed = false
  opBytesLimit = DEFAULT_LIMITS.frameBytes - OP_OVERHEAD_BYTES
  private readonly options: ResolvedOptions<StreamDefinitions>
  private readonly session: Session
  private readonly tokens: TokenSource
  private readonly status: ClientStatus
  private readonly opened = createDeferred<StorageAccess>()
  private access: StorageAccess | undefined
  private subject: string | undefined
  private isOpening = false
  private openError: FlowSyncError | undefined
  /** Replica ids that the hub knows of already: a stream that needs a fresh one takes it without a reconnect. */
  private readonly spares: ReplicaId[] = []
  private lastOrder = 0
  private lastReceipt = 0
  private closing: Promise<void> | undefined

  constructor(options: ResolvedOptions<StreamDefinitions>) {
    const { system, streams, transport, host, url, workspace } = options
    this.options = options
    this.workspace = workspace
    this.streams = streams
    this.subject = options.subject
    this.owner = createReplicaId(system)
    this.notifier = new Notifier(system)
    this.status = new ClientStatus(
      { read: () => this.readStatus(), isSynced: () => this.isSynced, isClosed: () => this.isClosed },
      this.notifier,
    )
    this.tokens = createTokenSource(options.token, system)
    this.registry = new Registry({
      definitions: streams,
      environment: this,
      isAdopted: (owner) => this.access?.adopted.has(owner) === true,
      load: (names) => this.load(names),
      onOpened: (stream) => this.session.add(stream),
      onClosed: (stream) => this.session.remove(stream),
    })
    this.session = new Session({
      system,
      host,
      transport,
      target: { url, workspace },
      tokens: this.tokens,
      prepare: (token) => this.prepare(token),
      replicas: () => ({ replica: this.owner, adopted: this.foreignReplicas() }),
      streams: () => this.registry.openStreams.filter(({ isLoaded }) => isLoaded),
      onLimits: ({ frameBytes }) => {
        this.opBytesLimit = frameBytes - OP_OVERHEAD_BYTES
      },
      onChange: () => this.status.touch(),
    })
    if (options.connect) this.session.goOnline()
  }

  get system(): ResolvedOptions<StreamDefinitions>['system'] {
    return this.options.system
  }

  get journal(): Journal {
    if (!this.access) throw createError('storage/unavailable', 'The storage is not open yet.')
    return this.access.journal
  }

  stream(name: string): StreamHandle<never> {
    if (this.isClosed) throw clientClosed()
    return this.registry.hold(name) as StreamHandle<never>
  }

  getSnapshot(): ClientSnapshot {
    return this.status.getSnapshot()
  }

  private readStatus(): ClientSnapshot {
    const { kind: state } = this.session
    const failure = this.access?.journal.error
    return {
      state,
      isOnline: state === 'syncing' || state === 'live',
      pendingCount: this.pendingCount,
      storage: {
        kind: this.options.storage.kind,
        health: failure ? 'not-saved' : this.access ? 'ok' : 'opening',
      },
      error: this.session.error ?? failure ?? this.openError,
    }
  }

  private get isSynced(): boolean {
    return (
      this.session.isCaughtUp &&
      this.pendingCount === 0 &&
      this.registry.openStreams.every(({ isLoaded }) => isLoaded)
    )
  }

  private get pendingCount(): number {
    return this.registry.openStreams.reduce((sum, { outbox }) => sum + outbox.pendingCount, 0)
  }

  subscribe(listener: () => void): () => void {
    return this.status.subscribe(listener)
  }

  goOffline(): void {
    this.session.goOffline()
  }

  goOnline(): void {
    this.session.goOnline()
  }

  whenSynced(): Promise<void> {
    return this.status.whenSynced()
  }

  hydrate({ workspace, streams }: DehydratedState): void {
    if (workspace !== this.workspace) {
      throw createError(
        'config/invalid',
        `The state is of the workspace ${workspace}, the client of ${this.workspace}.`,
      )
    }
    for (const { name, rule, epoch, seq, state } of streams) {
      this.registry.seed(name, rule, { epoch, seq, state: fromBase64(state) })
    }
  }

  dehydrate(names?: readonly string[]): DehydratedState {
    const streams = this.registry.openStreams
      .filter(
        ({ name, epoch, outbox }) => epoch !== NO_EPOCH && outbox.isEmpty && (names?.includes(name) ?? true),
      )
      .map(({ name, rule, epoch, fold }) => {
        return { name, rule: rule.name, epoch, seq: fold.seq, state: toBase64(fold.encodeState()) }
      })
    return { workspace: this.workspace, streams }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown()
    return this.closing
  }

  private async shutDown(): Promise<void> {
    this.isClosed = true
    this.session.close()
    this.tokens.dispose()
    this.registry.close()
    this.status.touch()
    this.notifier.flush()
    this.status.emit()
    // A storage that is still being opened holds nothing of this instance, but a lock.
    if (!this.isOpening) return
    const access = await this.opened.promise
    await access.journal.close()
    access.release()
  }

  nextOrder(): number {
    return ++this.lastOrder
  }

  nextReceiptId(): string {
    return `${this.owner.slice(0, 8)}-${++this.lastReceipt}`
  }

  createReplica(): ReplicaId {
    return this.spares.pop() ?? createReplicaId(this.system)
  }

  onQueued(stream: Stream): void {
    this.session.queue(stream)
  }

  onChanged(stream: Stream): void {
    this.registry.closeIfUnused(stream)
    this.status.touch()
  }

  /** `hello` names only so many: those that have something to send come first. */
  private foreignReplicas(): ReplicaId[] {
    while (this.spares.length < SPARE_REPLICAS) this.spares.push(createReplicaId(this.system))
    const { openStreams } = this.registry
    const replicas = new Set<ReplicaId>([
      ...openStreams.flatMap(({ outbox }) => outbox.ranges().map(({ replica }) => replica)),
      ...openStreams.map(({ author }) => author.replica),
      ...this.spares,
      ...(this.access?.adopted ?? []),
    ])
    replicas.delete(this.owner)
    return [...replicas]
  }

  private async load(names: readonly string[]): Promise<readonly StoredStream[]> {
    if (!this.isOpening) void this.openWithoutSession()
    const { journal } = await this.opened.promise
    return this.isClosed ? [] : journal.load(names)
  }

  /** A stream is wanted before the session has a token: offline, or not connected yet. */
  private async openWithoutSession(): Promise<void> {
    try {
      await this.prepare(this.subject === undefined ? await this.tokens.get() : '')
    } catch (error) {
      this.openError = error as FlowSyncError
      this.status.touch()
    }
  }

  /** Opens the storage of whoever the token is for, once. Resolves with the subject. */
  private async prepare(token: string): Promise<string> {
    const { storage, workspace } = this.options
    this.subject ??= subjectOf(token) ?? (storage.isPersistent ? undefined : '')
    const { subject } = this
    if (subject === undefined) {
      throw createError(
        'config/invalid',
        'The token is no JWT with a `sub`: give createClient the `subject` that the storage belongs to.',
      )
    }
    if (!this.isOpening && !this.isClosed) {
      this.isOpening = true
      this.openError = undefined
      void this.open({ workspace, subject })
    }
    await this.opened.promise
    return subject
  }

  private async open(scope: { workspace: string; subject: string }): Promise<void> {
    const { storage, system, host } = this.options
    const onHealth = (): void => {
      for (const stream of this.registry.openStreams) this.registry.closeIfUnused(stream)
      this.status.touch()
    }
    const access = await openStorage({ storage, scope, owner: this.owner, system, host, onHealth })
    this.access = access
    this.lastOrder += access.lastOrder
    this.opened.resolve(access)
    if (this.isClosed) return
    for (const name of access.streams) this.registry.revive(name)
    this.status.touch()
  }
}
