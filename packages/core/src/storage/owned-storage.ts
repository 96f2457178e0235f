import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import { createDeferred } from '../deferred.js'
import type { Host } from '../host.js'
import { subjectOf, type TokenSource } from '../session/token.js'
import { openStorage, type StorageAccess } from './access.js'
import type { ClientStorage, StorageScope, StoredStream } from './driver.js'

/** What the storage of a client is made of, and who is told of what. */
export interface OwnedStorageOptions {
  readonly storage: ClientStorage
  readonly workspace: string
  /** Whose data it is; undefined when only a token can tell, null while nobody is signed in. */
  readonly subject: string | null | undefined
  readonly owner: ReplicaId
  readonly system: System
  readonly host: Host
  readonly tokens: TokenSource
  /** It has become known whose data it is. */
  readonly onOwned: (subject: string) => void
  /** The token function has failed before anybody knew whose data it is. */
  readonly onUnowned: (error: FlowSyncError) => void
  readonly onSignedOut: () => void
  readonly onOpened: (access: StorageAccess) => void
  /** Errors have changed. */
  readonly onHealth: () => void
  /** Another client has wiped the user's data. */
  readonly onWiped: () => void
}

/**
 * The storage of whoever a client belongs to. It is opened once that is known, by the `subject` option or by a token.
 *
 * An edit belongs to whoever is signed in when it is made. Without `subject` the first answer of the token function tells who
 * that was. When that answer does not come, nobody can say whose the edits are, and a later answer may be of somebody else:
 * then `error` says so until one comes.
 */
export class OwnedStorage {
  private readonly options: OwnedStorageOptions
  private readonly opened = createDeferred<StorageAccess>()
  private known: string | undefined
  private isOpening = false
  private isClosed = false
  private isShut = false
  private present: StorageAccess | undefined
  private unownedError: FlowSyncError | undefined
  private openError: FlowSyncError | undefined

  constructor(options: OwnedStorageOptions) {
    this.options = options
    this.known = options.subject ?? undefined
  }

  /** Undefined as long as only a token can tell; empty when it did not and nothing is kept. */
  get subject(): string | undefined {
    return this.known
  }

  /** Once it is open. */
  get access(): StorageAccess | undefined {
    return this.present
  }

  /** Why no edit can be made: nobody knows whose it would be. */
  get unowned(): FlowSyncError | undefined {
    return this.unownedError
  }

  /** Why nothing is saved or loaded. */
  get error(): FlowSyncError | undefined {
    return this.present?.journal.error ?? this.openError
  }

  get scope(): StorageScope {
    return { workspace: this.options.workspace, subject: this.known ?? '' }
  }

  /** For the session: a failure is noted before it is passed on. */
  readonly tokens: TokenSource = {
    get: async () => {
      try {
        return await this.options.tokens.get()
      } catch (error) {
        this.disown(error as FlowSyncError)
        throw error
      }
    },
    dispose: () => this.options.tokens.dispose(),
  }

  /** Opens the storage of whoever the token is for, once. Resolves with the subject. */
  async prepare(token: string): Promise<string> {
    if (this.known === undefined) this.own(subjectOf(token))
    const { known } = this
    if (known === undefined) {
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
      void this.open()
    }
    await this.opened.promise
    return known
  }

  /** What is stored of streams, once it can be told. */
  async load(names: readonly string[]): Promise<readonly StoredStream[]> {
    if (!this.isOpening && this.options.subject !== null) void this.openWithoutSession()
    const { journal } = await this.opened.promise
    return this.isShut ? [] : journal.load(names)
  }

  /** True when what was edited before it could be loaded will still be saved. */
  get isComing(): boolean {
    return this.isOpening
  }

  /** @param lastWrites what is to be written yet; undefined when nothing more may be, because the data is wiped */
  async close(lastWrites: (() => Promise<unknown>) | undefined): Promise<void> {
    this.isClosed = true
    // A storage that is still being opened holds nothing of this instance, but a lock.
    if (!this.isOpening) return
    const access = await this.opened.promise
    if (lastWrites) await lastWrites()
    else access.journal.discard()
    this.isShut = true
    await access.journal.close()
    await access.release()
  }

  private own(subject: string | undefined): void {
    const known = subject ?? (this.options.storage.isPersistent ? undefined : '')
    if (known === undefined) return
    this.known = known
    this.unownedError = undefined
    this.options.onOwned(known)
  }

  private disown(cause: FlowSyncError): void {
    if (this.known !== undefined || this.unownedError) return
    this.unownedError = createError(
      'auth/subject-unknown',
      'There is no token yet, so it is not known whose edit this is. Give the client `subject` to edit without one.',
      { cause },
    )
    this.options.onUnowned(this.unownedError)
  }

  /** A stream is wanted before the session has a token: offline, or not connected yet. */
  private async openWithoutSession(): Promise<void> {
    try {
      const token = this.known === undefined ? await this.tokens.get() : ''
      if (token === null) this.options.onSignedOut()
      else await this.prepare(token)
    } catch (error) {
      this.openError = error as FlowSyncError
      this.options.onHealth()
    }
  }

  private async open(): Promise<void> {
    const { storage, owner, system, host, onHealth, onWiped, onOpened } = this.options
    const access = await openStorage({ storage, scope: this.scope, owner, system, host, onHealth, onWiped })
    this.present = access
    this.opened.resolve(access)
    if (!this.isClosed) onOpened(access)
  }
}
