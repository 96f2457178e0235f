import { createError, createSystem, type StreamDefinitions, type System } from '@flowsync/protocol'
import { createClientFor } from './client.js'
import type { ClientOptions, FlowSyncClient } from './client-types.js'
import type { DehydratedState } from './hydration.js'
import { Listeners } from './observable.js'
import { resolveOptions } from './options.js'
import { subjectOf } from './session/token.js'
import { Handover } from './storage/handover.js'

/** How long a client without a user stays: longer than a UI needs to mount a tree again. */
const GRACE_MS = 1_000
/** The least time between two users that the token alone tells: a hub with other names for them would make clients without end. */
const TURN_MS = 10_000

/** The source of a lease: options of a client that it makes and closes, or a client that the application owns. */
export type ClientSource<S extends StreamDefinitions> = FlowSyncClient<S> | ClientOptions<S>

/**
 * The client for a UI: it lives as long as somebody subscribes, and it follows who is signed in.
 *
 * Another `url`, `workspace` or `subject` makes another client and closes the former at once. Its handles throw
 * `client/closed` from then on; its unsent edits stay saved for that user. Without `subject` the lease does the same when the
 * token function brings another user's token.
 *
 * After `client.wipe()` nobody is signed in: what was wiped comes back when `subject`, or the token, has been another one
 * or `null` in between.
 */
export interface ClientLease<S extends StreamDefinitions> {
  /**
   * Keeps the client alive, and calls `listener` when another client has taken its place. The first subscription
   * connects, where {@link ClientOptions.connect} lets it. A client that the lease made is closed one second after the last
   * subscription ended; a later subscription makes another one, so read the client again after subscribing, as
   * React's `useSyncExternalStore` does.
   */
  readonly subscribe: (listener: () => void) => () => void
  /** The client; safe to call while rendering. Silent until the first subscription. */
  readonly getSnapshot: () => FlowSyncClient<S>
  /**
   * The client that {@link setOptions} would bring. Safe to call while rendering: it neither connects nor closes anything,
   * and may be forgotten.
   */
  readonly clientFor: (source: ClientSource<S>) => FlowSyncClient<S>
  /**
   * Follows other options. `token` is always asked through the latest options; all else but `url`, `workspace` and
   * `subject` is read when a client is made, and `storage` once.
   * @throws FlowSyncError `config/invalid`; nothing has changed then
   */
  readonly setOptions: (source: ClientSource<S>) => void
  /**
   * Hydrates the client, or one that {@link clientFor} returned. A state without a subject belongs to the user for whom
   * it was given first: it is passed over when it is given again for another.
   * @throws FlowSyncError `config/invalid` on a server for a client that the lease did not make: every request
   *   would see the state of the others'.
   */
  readonly hydrate: (state: DehydratedState, client?: FlowSyncClient<S>) => void
}

/**
 * Leases the client that these options describe, or one that somebody else owns: that one is never connected or closed by the lease.
 *
 * Making a lease has no effect on the outside: it may be thrown away, as StrictMode and servers do.
 *
 * ```ts
 * const lease = createClientLease({ url, streams, token: fetchToken, subject: 'alice' })
 * const stop = lease.subscribe(render)
 * lease.setOptions({ url, streams, token: fetchToken, subject: 'bob' })
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export function createClientLease<S extends StreamDefinitions>(source: ClientSource<S>): ClientLease<S> {
  const lease = new Lease<S>(source)
  return {
    subscribe: (listener) => lease.subscribe(listener),
    getSnapshot: () => lease.current.client,
    clientFor: (next) => lease.find(next).client,
    setOptions: (next) => lease.follow(next),
    hydrate: (state: DehydratedState, client?: FlowSyncClient<S>) => lease.hydrate(state, client),
  }
}

/** A client of the lease, and whose it is. */
interface Tenancy<S extends StreamDefinitions> {
  readonly client: FlowSyncClient<S>
  /** Absent for a client that somebody else owns. */
  readonly options: ClientOptions<S> | undefined
  /** Equal for the same user of the same hub and workspace. */
  readonly identity: unknown
  /** Closes a client that the lease made. */
  readonly close: () => void
}

class Lease<S extends StreamDefinitions> {
  current: Tenancy<S>
  /** Found while rendering, not followed yet. */
  private next: Tenancy<S> | undefined
  private source: ClientSource<S>
  private readonly listeners = new Listeners()
  private cancelClose: (() => void) | undefined
  private handover: Handover | undefined
  /** Whose data was wiped: until that session has ended it must not come back to this device. */
  private wipedSubject: string | undefined
  /** When the token last brought another user. */
  private turnedMs = -Infinity
  /** For whom a state was given first. */
  private readonly givenFor = new WeakMap<DehydratedState, unknown>()

  constructor(source: ClientSource<S>) {
    this.source = source
    this.current = this.create(source)
  }

  subscribe(listener: () => void): () => void {
    const stop = this.listeners.add(listener)
    if (this.listeners.size === 1) this.start()
    let isOn = true
    return () => {
      if (!isOn) return
      isOn = false
      stop()
      const { close, options } = this.current
      if (this.listeners.size > 0 || !options) return
      this.cancelClose = systemOf(options).setTimer(GRACE_MS, close)
    }
  }

  find(source: ClientSource<S>): Tenancy<S> {
    const identity = identityOf(source)
    const known = [this.current, this.next].find((tenancy) => tenancy?.identity === identity)
    if (known) return known
    // Without `subject` the lease follows the token by itself: the options are the same, the client is another.
    if (identityOf(this.source) === identity) return this.current
    this.next = this.create(source)
    return this.next
  }

  follow(source: ClientSource<S>): void {
    const tenancy = this.find(source)
    // The application says who is signed in now: that counts more than what the token told before.
    if (identityOf(source) !== identityOf(this.source)) this.wipedSubject = undefined
    this.source = source
    this.next = undefined
    this.switchTo(tenancy)
  }

  hydrate(state: DehydratedState, client: FlowSyncClient<S> = this.current.client): void {
    const tenancy = [this.current, this.next].find((candidate) => candidate?.client === client)
    if (tenancy && !tenancy.options && typeof window === 'undefined') {
      throw createError(
        'config/invalid',
        'On a server, give the options of a client instead of a client: a client that outlives the request would show its data to others.',
      )
    }
    const identity = tenancy?.identity ?? client
    if (!this.givenFor.has(state)) this.givenFor.set(state, identity)
    if (state.subject !== undefined || this.givenFor.get(state) === identity) client.hydrate(state)
  }

  private create(
    source: ClientSource<S>,
    subject = isClient(source) ? undefined : source.subject,
  ): Tenancy<S> {
    if (isClient(source)) {
      return { client: source, options: undefined, identity: source, close: () => undefined }
    }
    const options = { ...source, subject }
    this.handover ??= new Handover(resolveOptions(options).storage)
    const { storage, leave } = this.handover.next()
    const client: FlowSyncClient<S> = createClientFor(
      { ...options, storage, connect: false, token: () => this.tokenFor(source) },
      {
        onOtherSubject: (other) => this.onOtherSubject(client, other),
        onWiped: (wiped) => this.onWiped(client, wiped),
      },
    )
    const identity = subject === source.subject ? identityOf(source) : Symbol('a user told by the token')
    return { client, options, identity, close: () => leave(client.close()) }
  }

  /** As long as the session of a wiped user lasts, nobody counts as signed in. */
  private tokenFor(made: ClientOptions<S>): ReturnType<ClientOptions<S>['token']> {
    return this.wipedSubject === undefined ? this.latestToken(made) : this.tokenAfterWipe(made)
  }

  private async tokenAfterWipe(made: ClientOptions<S>): Promise<string | null> {
    const token = await this.latestToken(made)
    if (token !== null && subjectOf(token) === this.wipedSubject) return null
    this.wipedSubject = undefined
    return token
  }

  private latestToken(made: ClientOptions<S>): ReturnType<ClientOptions<S>['token']> {
    return isClient(this.source) ? made.token() : this.source.token()
  }

  /** The token function has brought somebody else's token, and nobody said whose it would be. */
  private onOtherSubject(client: FlowSyncClient<S>, subject: string): void {
    const { source } = this
    if (this.current.client !== client || isClient(source) || source.subject !== undefined) return
    const nowMs = systemOf(source).nowMs()
    // Meanwhile the client says that the token is somebody else's, and asks again with backoff.
    if (Math.abs(nowMs - this.turnedMs) < TURN_MS) return
    this.turnedMs = nowMs
    this.switchTo(this.create(source, subject))
  }

  /** The wiped data stays away: the next client is signed out until the source or the token brings another answer. */
  private onWiped(client: FlowSyncClient<S>, subject: string | undefined): void {
    const { source } = this
    if (this.current.client !== client || isClient(source)) return
    const isTold = source.subject !== undefined
    if (!isTold) this.wipedSubject = subject
    this.switchTo(this.create(source, isTold ? null : undefined))
  }

  private switchTo(tenancy: Tenancy<S>): void {
    const former = this.current
    if (tenancy.client === former.client) return
    this.cancelClose?.()
    this.cancelClose = undefined
    this.current = tenancy
    former.close()
    if (this.listeners.size > 0) this.start()
    this.listeners.emit()
  }

  private start(): void {
    this.cancelClose?.()
    this.cancelClose = undefined
    if (!this.current.options) return
    if (this.current.client.getSnapshot().state === 'closed') this.current = this.create(this.source)
    const { client, options } = this.current
    if (options && resolveOptions(options).connect) client.goOnline()
  }
}

function isClient<S extends StreamDefinitions>(source: ClientSource<S>): source is FlowSyncClient<S> {
  return 'getSnapshot' in source
}

/** Equal for sources that ask for the same client. */
function identityOf<S extends StreamDefinitions>(source: ClientSource<S>): unknown {
  if (isClient(source)) return source
  const { url, workspace = 'default', subject } = source
  return JSON.stringify([url, workspace, subject === undefined ? [] : subject])
}

function systemOf<S extends StreamDefinitions>(options: ClientOptions<S>): System {
  return options.system ?? createSystem()
}
