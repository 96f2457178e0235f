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
 * const client = createClient({ url: 'https://hub.example', streams, token: fetchToken, subject: 'alice' })
 * const doc = client.stream('doc:readme')
 * doc.insert(0, 'hi')
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export function createClient<S extends StreamDefinitions>(options: ClientOptions<S>): FlowSyncClient<S> {
  return createClientFor(options)
}

/** @param onOtherSubject called when the token function, or the hub, brings another user than the client's */
export function createClientFor<S extends StreamDefinitions>(
  options: ClientOptions<S>,
  onOtherSubject: (subject: string) => void = () => undefined,
): FlowSyncClient<S> {
  // The class knows streams by name only; their types are the caller's.
  return new Client(resolveOptions(options), onOtherSubject) as unknown as FlowSyncClient<S>
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
  /** Undefined as long as only a token can tell. */
  private subject: string | undefined
  private isOpening = false
  private openError: FlowSyncError | undefined
  /** The first token has not come, so nobody can tell whose an edit would be. */
  private ownerError: FlowSyncError | undefined
  private shownRefusal: FlowSyncError | undefined
  /** Replica ids that the hub knows of already: a stream that needs a fresh one takes it without a reconnect. */
  private readonly spares: ReplicaId[] = []
  private lastOrder = 0
  private lastReceipt = 0
  private closing: Promise<void> | undefined

  constructor(options: ResolvedOptions<StreamDefinitions>, onOtherSubject: (subject: string) => void) {
    const { system, streams, transport, host, url, workspace } = options
    this.options = options
    this.workspace = workspace
    this.streams = streams
    this.subject = options.subject ?? undefined
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
      tokens: { get: () => this.askForToken(), dispose: () => this.tokens.dispose() },
      prepare: (token) => this.prepare(token),
      replicas: () => ({ replica: this.owner, adopted: this.foreignReplicas() }),
      streams: () => this.registry.openStreams.filter(({ isLoaded }) => isLoaded),
      onLimits: ({ frameBytes }) => {
        this.opBytesLimit = frameBytes - OP_OVERHEAD_BYTES
      },
      onOtherSubject,
      onChange: () => this.onSessionChange(),
    })
    if (options.subject === null) this.session.signOut()
    if (options.connect) this.goOnline()
  }

  get refusal(): FlowSyncError | undefined {
    return this.session.refusal ?? this.ownerError
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
    if (this.options.subject !== null) this.session.goOnline()
  }

  whenSynced(): Promise<void> {
    return this.status.whenSynced()
  }

  hydrate({ workspace, subject, streams }: DehydratedState): void {
    if (workspace !== this.workspace) {
      throw createError(
        'config/invalid',
        `The state is of the workspace ${workspace}, the client of ${this.workspace}.`,
      )
    }
    const own = this.options.subject === null ? null : this.subject || undefined
    if (subject !== undefined && own !== undefined && subject !== own) return
    for (const { name, rule, epoch, seq, state } of streams) {
      this.registry.seed(name, rule, { epoch, seq, state: fromBase64(state) }, subject)
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
    const { workspace, subject } = this
    return subject ? { workspace, subject, streams } : { workspace, streams }
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
    await access.release()
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

  private onSessionChange(): void {
    // A client that is signed out before it knows whose it is takes back what was edited meanwhile.
    if (this.session.refusal && this.subject === undefined)
      this.registry.takeBackUnowned(this.session.refusal)
    this.showRefusal()
    this.status.touch()
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

  private async load(names: readonly string[]): Promise<readonly StoredStream[]> {
    if (!this.isOpening && this.options.subject !== null) void this.openWithoutSession()
    const { journal } = await this.opened.promise
    return this.isClosed ? [] : journal.load(names)
  }

  /** A stream is wanted before the session has a token: offline, or not connected yet. */
  private async openWithoutSession(): Promise<void> {
    try {
      const token = this.subject === undefined ? await this.askForToken() : ''
      if (token === null) this.session.signOut()
      else await this.prepare(token)
    } catch (error) {
      this.openError = error as FlowSyncError
      this.status.touch()
    }
  }

  private async askForToken(): Promise<string | null> {
    try {
      return await this.tokens.get()
    } catch (error) {
      this.disown(error as FlowSyncError)
      throw error
    }
  }

  /**
   * An edit belongs to whoever is signed in when it is made. The first answer of the token function tells who that was;
   * without one nobody can say whose the edits are, and a later answer may be of somebody else.
   */
  private disown(cause: FlowSyncError): void {
    if (this.subject !== undefined || this.ownerError) return
    this.ownerError = createError(
      'auth/subject-unknown',
      'There is no token yet, so it is not known whose edit this is. Give the client `subject` to edit without one.',
      { cause },
    )
    this.registry.takeBackUnowned(this.ownerError)
    this.showRefusal()
  }

  /** Opens the storage of whoever the token is for, once. Resolves with the subject. */
  private async prepare(token: string): Promise<string> {
    const { storage, workspace } = this.options
    if (this.subject === undefined) this.own(subjectOf(token) ?? (storage.isPersistent ? undefined : ''))
    const { subject } = this
    if (subject === undefined) {
      const error = createError(
        'config/invalid',
        "The token does not tell whose it is: it is no JWT with a `sub`. Give the client `subject`, the user's id as the hub knows it, or `storage: memory()` to keep nothing on this device.",
      )
      this.disown(error)
      throw error
    }
    if (!this.isOpening && !this.isClosed) {
      this.isOpening = true
      this.openError = undefined
      void this.open({ workspace, subject })
    }
    await this.opened.promise
    return subject
  }

  /** It is known from now on whose client this is. */
  private own(subject: string | undefined): void {
    if (subject === undefined) return
    this.subject = subject
    this.ownerError = undefined
    if (subject !== '') this.registry.forgetSeedsOfOthers(subject)
    this.showRefusal()
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
