import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import { createError, createReplicaId, DEFAULT_LIMITS, type StreamDefinitions } from '@flowsync/protocol'
import type { ClientInternals } from './client-internals.js'
import { internals } from './internals-key.js'
import { ClientStatus } from './client-status.js'
import type { ClientOptions, ClientSnapshot, FlowSyncClient } from './client-types.js'
import { wipeClient, type WipeOptions } from './client-wipe.js'
import { clientClosed } from './errors.js'
import { dehydrateStreams, hydrateStreams, type DehydratedState } from './hydration.js'
import { Notifier } from './observable.js'
import { resolveOptions, type ResolvedOptions } from './options.js'
import { Replicas } from './replicas.js'
import { Session } from './session/session.js'
import { createTokenSource, type TokenSource } from './session/token.js'
import type { StorageAccess } from './storage/access.js'
import type { Journal } from './storage/journal.js'
import { OwnedStorage } from './storage/owned-storage.js'
import { wiped } from './storage/wiped.js'
import type { StreamHandle } from './stream/handle-types.js'
import { Registry } from './stream/registry.js'
import type { Stream, StreamEnvironment } from './stream/stream.js'

/** What an op's frame holds beside its body, generously. */
const OP_OVERHEAD_BYTES = 2_048

/**
 * Makes a client: one replica of a workspace's streams, which folds edits at once, keeps them on disk and syncs them with a hub.
 *
 * ```ts
 * const client = createClient({ url: 'https://hub.example', streams, token: fetchToken, subject: 'alice' })
 * const doc = client.stream('doc:readme')
 * doc.insert(0, 'hi')
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export function createClient<S extends StreamDefinitions>(options: ClientOptions<S>): FlowSyncClient<S> {
  return createClientFor(options)
}

/** Events that the maker of a client hears of its user. */
export interface ClientEvents {
  /** The token function, or the hub, has brought another user than the client's. */
  readonly onOtherSubject: (subject: string) => void
  /** The user's data is being wiped, here or in another tab, and the client has closed. */
  readonly onWiped: (subject: string | undefined) => void
}

const UNHEARD: ClientEvents = { onOtherSubject: () => undefined, onWiped: () => undefined }

/** Makes a client whose maker follows its user. */
export function createClientFor<S extends StreamDefinitions>(
  options: ClientOptions<S>,
  events: ClientEvents = UNHEARD,
): FlowSyncClient<S> {
  // The class knows streams by name only; their types are the caller's.
  return new Client(resolveOptions(options), events) as unknown as FlowSyncClient<S>
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
  private readonly events: ClientEvents
  private readonly session: Session
  private readonly tokens: TokenSource
  private readonly status: ClientStatus
  private readonly store: OwnedStorage
  /** Another client has wiped the user's data. */
  private wipedError: FlowSyncError | undefined
  private shownRefusal: FlowSyncError | undefined
  private readonly replicas: Replicas
  private lastOrder = 0
  private lastReceipt = 0
  private closing: Promise<void> | undefined

  constructor(options: ResolvedOptions<StreamDefinitions>, events: ClientEvents) {
    const { system, streams, transport, host, url, workspace } = options
    this.options = options
    this.events = events
    this.workspace = workspace
    this.streams = streams
    this.owner = createReplicaId(system)
    this.replicas = new Replicas(this.owner, system)
    this.notifier = new Notifier(system)
    this.status = new ClientStatus(
      { read: () => this.readStatus(), isSynced: () => this.isSynced, isClosed: () => this.isClosed },
      this.notifier,
    )
    this.tokens = createTokenSource(options.token, system)
    this.store = new OwnedStorage({
      storage: options.storage,
      workspace,
      subject: options.subject,
      owner: this.owner,
      system,
      host,
      tokens: this.tokens,
      onOwned: (subject) => this.onOwned(subject),
      onUnowned: (error) => this.takeBackUnowned(error),
      onSignedOut: () => this.session.signOut(),
      onOpened: (access) => this.onOpened(access),
      onHealth: () => this.onHealth(),
      onWiped: () => void this.end(wiped()),
    })
    this.registry = new Registry({
      definitions: streams,
      environment: this,
      isAdopted: (owner) => this.store.access?.adopted.has(owner) === true,
      load: (names) => this.store.load(names),
      onOpened: (stream) => this.session.add(stream),
      onClosed: (stream) => this.session.remove(stream),
    })
    this.session = new Session({
      system,
      host,
      transport,
      target: { url, workspace },
      tokens: this.store.tokens,
      prepare: (token) => this.store.prepare(token),
      replicas: () => ({
        replica: this.owner,
        adopted: this.replicas.others(this.registry.openStreams, this.store.access?.adopted ?? []),
      }),
      streams: () => this.registry.openStreams.filter(({ isLoaded }) => isLoaded),
      onLimits: ({ frameBytes }) => {
        this.opBytesLimit = frameBytes - OP_OVERHEAD_BYTES
      },
      onOtherSubject: events.onOtherSubject,
      onChange: () => this.onSessionChange(),
    })
    if (options.subject === null) this.session.signOut()
    if (options.connect) this.goOnline()
  }

  get refusal(): FlowSyncError | undefined {
    return this.session.refusal ?? this.store.unowned
  }

  get system(): ResolvedOptions<StreamDefinitions>['system'] {
    return this.options.system
  }

  get journal(): Journal {
    const { access } = this.store
    if (!access) throw createError('storage/unavailable', 'The storage is not open yet.')
    return access.journal
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
    const { access } = this.store
    return {
      state,
      isOnline: state === 'syncing' || state === 'live',
      pendingCount: this.pendingCount,
      storage: {
        kind: this.options.storage.kind,
        health: access?.journal.error ? 'not-saved' : access ? 'ok' : 'opening',
      },
      error: this.wipedError ?? this.session.error ?? this.store.error,
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
    if (this.options.subject !== null) this.session.goOnline()
  }

  whenSynced(): Promise<void> {
    return this.status.whenSynced()
  }

  hydrate(state: DehydratedState): void {
    const own = this.options.subject === null ? null : this.store.subject || undefined
    hydrateStreams(this.registry, this.workspace, own, state)
  }

  dehydrate(names?: readonly string[]): DehydratedState {
    const streams = dehydrateStreams(this.registry, names)
    const { workspace } = this
    const { subject } = this.store
    return subject ? { workspace, subject, streams } : { workspace, streams }
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown(false)
    return this.closing
  }

  async wipe(options: WipeOptions = {}): Promise<void> {
    if (this.isClosed) throw clientClosed()
    if (this.store.subject === undefined) throw this.refusal ?? unknownSubject()
    await this.store.prepare('')
    const { access, scope } = this.store
    if (!access) throw clientClosed()
    const client = {
      system: this.system,
      owner: this.owner,
      isClosed: () => this.isClosed,
      refusal: () => this.refusal,
      openStreams: () => this.registry.openStreams,
      goOnline: () => this.goOnline(),
      end: () => this.end(undefined),
      erase: () => this.options.storage.wipe(scope),
    }
    await wipeClient(client, access, options)
  }

  /** Closes without writing anything: the user's data is wiped. */
  private end(error: FlowSyncError | undefined): Promise<void> {
    this.wipedError ??= error
    if (!this.closing) {
      this.closing = this.shutDown(true)
      this.events.onWiped(this.store.subject)
    }
    return this.closing
  }

  private async shutDown(isWiped: boolean): Promise<void> {
    const isUnsaved = this.registry.openStreams.some(({ isLoaded, outbox }) => !isLoaded && !outbox.isEmpty)
    // An edit of the very step in which the client closes: the storage was not asked for yet.
    if (isUnsaved && !isWiped && this.store.subject !== undefined) void this.store.prepare('')
    this.isClosed = true
    this.session.close()
    this.tokens.dispose()
    this.registry.close(this.store.isComing && !isWiped)
    this.status.touch()
    this.notifier.flush()
    this.status.emit()
    await this.store.close(isWiped ? undefined : () => this.registry.whenLoaded())
  }

  nextOrder(): number {
    return ++this.lastOrder
  }

  nextReceiptId(): string {
    return `${this.owner.slice(0, 8)}-${++this.lastReceipt}`
  }

  createReplica(): ReplicaId {
    return this.replicas.next()
  }

  onQueued(stream: Stream): void {
    this.session.queue(stream)
  }

  onChanged(stream: Stream): void {
    this.registry.closeIfUnused(stream)
    this.status.touch()
  }

  private onSessionChange(): void {
    const { refusal } = this.session
    // A client that is signed out before it knows whose it is takes back what was edited meanwhile.
    if (refusal && this.store.subject === undefined) this.takeBackUnowned(refusal)
    this.showRefusal()
    this.status.touch()
  }

  private takeBackUnowned(error: FlowSyncError): void {
    this.registry.takeBackUnowned(error)
    this.showRefusal()
  }

  /** Streams show whether they may be edited. */
  private showRefusal(): void {
    const { refusal, shownRefusal } = this
    if (refusal === shownRefusal) return
    this.shownRefusal = refusal
    for (const stream of this.registry.openStreams) {
      if (shownRefusal && stream.lastError === shownRefusal) stream.lastError = undefined
      stream.changed()
    }
  }

  private onOwned(subject: string): void {
    if (subject !== '') this.registry.forgetSeedsOfOthers(subject)
    this.showRefusal()
  }

  private onHealth(): void {
    for (const stream of this.registry.openStreams) this.registry.closeIfUnused(stream)
    this.status.touch()
  }

  private onOpened(access: StorageAccess): void {
    this.lastOrder += access.lastOrder
    for (const name of access.streams) this.registry.revive(name)
    this.status.touch()
  }
}

function unknownSubject(): FlowSyncError {
  return createError('auth/subject-unknown', 'It is not known yet whose data is to be wiped.')
}
