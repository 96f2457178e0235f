import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import {
  createError,
  decodeHubMessage,
  encodeClientMessage,
  fromWireError,
  nextDelayMs,
  type ClientMessage,
  type HubMessage,
  type Refused,
  type Welcome,
} from '@flowsync/protocol'
import type { Stream } from '../stream/stream.js'
import { authDelayMs, BACKOFF } from './link.js'
import {
  INITIAL_STATE,
  isConnected,
  transition,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from './machine.js'
import { Renewal } from './renewal.js'
import { helloOf } from './hello.js'
import { Identity } from './identity.js'
import { toError } from './session-errors.js'
import type { SessionOptions } from './session-options.js'
import { withSteadyClock } from './steady-clock.js'
import { Sync } from './sync.js'
import { subjectOf } from './token.js'
import type { Connection } from './transport.js'

/** How long a socket may take to open and to be welcomed. */
const CONNECT_TIMEOUT_MS = 10_000
/** A connection that held so long was a good one: the next failure is the first of its kind. */
const STABLE_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
/** A hub that wants to go gets its answers out within this time. */
const DRAIN_TIMEOUT_MS = 5_000
const HELLO_ID = 1
/** `hello` names at most so many replicas beside its own. */
const MAX_ADOPTED = 512

/**
 * The connection to the hub and what happens around it: tokens, backoff, draining, renewal. Decisions are made by
 * `transition`; this carries them out.
 */
export class Session {
  private state: SessionState = INITIAL_STATE
  private lastError: FlowSyncError | undefined
  private readonly options: SessionOptions
  private connection: Connection | undefined
  private sync: Sync | undefined
  private renewal: Renewal | undefined
  private announced = new Set<ReplicaId>()
  private token = ''
  private readonly identity = new Identity()
  /** Answers of a former connection, token or timer are told by it. */
  private generation = 0
  /** Answers that did not come in time, in a row: the network may just be slow. */
  private timeouts = 0
  private cancelStep: () => void = () => undefined
  private cancelStable: () => void = () => undefined
  private stopListening: (() => void) | undefined

  constructor(options: SessionOptions) {
    this.options = options
  }

  get kind(): SessionState['kind'] {
    return this.state.kind
  }

  /** Why the session is not live; undefined while all is well. */
  get error(): FlowSyncError | undefined {
    return this.lastError
  }

  /** Why edits are refused: nobody is signed in, or somebody else; undefined while they may be made. */
  get refusal(): FlowSyncError | undefined {
    return this.identity.refusal
  }

  /** True when live and every stream has caught up. */
  get isCaughtUp(): boolean {
    return this.state.kind === 'live' && this.sync?.isCaughtUp === true
  }

  goOnline(): void {
    // Not earlier: a client that is made while rendering and thrown away must leave nothing behind.
    if (this.state.kind !== 'closed') this.stopListening ??= this.listenToNetwork()
    this.dispatch({ kind: 'go-online' })
  }

  private listenToNetwork(): () => void {
    const { host } = this.options
    const stopNetwork = host.onNetworkChange(() => {
      if (host.isOnline()) this.dispatch({ kind: 'retry' })
    })
    // Somebody may have signed in in another tab.
    const stopVisible = host.onVisible?.(() => this.dispatch({ kind: 'look-again' }))
    return () => {
      stopNetwork()
      stopVisible?.()
    }
  }

  goOffline(): void {
    this.lastError = undefined
    this.dispatch({ kind: 'go-offline' })
  }

  /** Nobody is signed in: ends the connection and asks no more. */
  signOut(): void {
    this.identity.signOut()
    this.lastError = undefined
    this.dispatch({ kind: 'signed-out' })
  }

  close(): void {
    this.dispatch({ kind: 'close' })
    this.stopListening?.()
  }

  add(stream: Stream): void {
    this.sync?.add(stream)
  }

  remove(stream: Stream): void {
    this.sync?.remove(stream)
  }

  queue(stream: Stream): void {
    this.sync?.queue(stream)
  }

  private dispatch(event: SessionEvent): void {
    const former = this.state
    const { state, effects } = transition(former, event)
    if (state === former) return
    this.state = state
    if (state.kind !== former.kind || state.kind === 'connecting') this.cancelStep()
    if (state.kind === 'live') this.lastError = undefined
    for (const effect of effects) this.carryOut(effect)
    if (state.kind === 'draining' && state.isConnected) this.finishUp()
    this.options.onChange()
  }

  private carryOut(effect: SessionEffect): void {
    const { system } = this.options
    switch (effect.kind) {
      case 'get-token':
        return void this.getToken()
      case 'connect':
        return this.connect()
      case 'hello':
        return this.hello()
      case 'disconnect':
        return this.disconnect()
      case 'wait': {
        const delayMs = nextDelayMs(effect.attempt, system.random(), BACKOFF)
        return this.retryAfter(Math.max(delayMs, effect.afterMs))
      }
      case 'wait-for-auth':
        return this.retryAfter(authDelayMs(effect.attempt, system.random()))
      case 'pause':
        return this.retryAfter(effect.afterMs)
    }
  }

  private retryAfter(delayMs: number): void {
    this.cancelStep()
    this.cancelStep = this.options.system.setTimer(delayMs, () => this.dispatch({ kind: 'retry' }))
  }

  private async getToken(): Promise<void> {
    const generation = ++this.generation
    const { system, tokens, prepare, host } = this.options
    try {
      const token = await tokens.get()
      if (token === null) {
        if (generation === this.generation) this.signOut()
        return
      }
      const subject = await prepare(token)
      if (generation !== this.generation) return
      const mismatch = this.identity.takeToken(subjectOf(token), subject)
      if (mismatch) return this.failAuth(mismatch)
      this.token = token
      this.dispatch({ kind: 'got-token' })
    } catch (cause) {
      if (generation !== this.generation) return
      // A token function that fails without network is no reason to ask anybody to sign in.
      if (host.isOnline()) this.failAuth(toError(cause, 'auth/token-missing'))
      else this.lose(toError(cause, 'network/unreachable'), authDelayMs(this.attempt, system.random()))
    }
  }

  private connect(): void {
    const generation = ++this.generation
    const isCurrent = (): boolean => generation === this.generation
    const { system, transport, target } = this.options
    this.cancelStep = system.setTimer(CONNECT_TIMEOUT_MS, () =>
      this.lose(createError('network/timeout', 'The hub did not answer in time.')),
    )
    this.connection = transport.connect(target, {
      onOpen: () => isCurrent() && this.dispatch({ kind: 'opened' }),
      onFrame: (frame) => isCurrent() && this.onFrame(frame),
      onClose: (reason) =>
        isCurrent() &&
        this.lose(createError('network/unreachable', `The connection to the hub ended: ${reason}.`)),
    })
  }

  private hello(): void {
    const { replicas, system } = this.options
    const { replica, adopted } = replicas()
    const named = adopted.slice(0, MAX_ADOPTED)
    this.announced = new Set([replica, ...named])
    this.cancelStep = system.setTimer(CONNECT_TIMEOUT_MS, () =>
      this.lose(createError('network/timeout', 'The hub did not welcome the client in time.')),
    )
    this.send(helloOf(HELLO_ID, replica, named, this.token))
  }

  private send(message: ClientMessage): void {
    this.connection?.send(encodeClientMessage(message))
  }

  private disconnect(): void {
    this.generation++
    this.cancelStable()
    this.renewal?.dispose()
    this.sync?.dispose()
    this.connection?.close()
    this.renewal = this.sync = this.connection = undefined
  }

  private onFrame(frame: Uint8Array): void {
    let message: HubMessage
    try {
      message = decodeHubMessage(frame)
    } catch (cause) {
      return this.lose(toError(cause, 'codec/malformed'))
    }
    if (message.type === 'refused') this.onRefused(message)
    else if (message.type === 'drain') this.dispatch({ kind: 'drain', afterMs: message.reconnectAfterMs })
    else if (message.type === 'welcome') this.onWelcome(message)
    else if (message.type === 'renewed') this.renewal?.onRenewed(message)
    else this.sync?.receive(message)
  }

  private onWelcome(welcome: Welcome): void {
    const { system, streams, onLimits } = this.options
    if (this.sync) return
    const mismatch = this.identity.takeWelcome(welcome.subject)
    if (mismatch) return this.failAuth(mismatch)
    onLimits(welcome.limits)
    const link = {
      // A clock that is set back must not make a silent stream look alive for years.
      system: withSteadyClock(system),
      limits: welcome.limits,
      announced: this.announced,
      requestTimeoutMs: REQUEST_TIMEOUT_MS * 2 ** Math.min(this.timeouts, 3),
      send: (message: ClientMessage) => this.send(message),
      onProgress: () => this.onProgress(),
      onBroken: (error: Error) => this.lose(toError(error, 'network/unreachable')),
    }
    this.sync = new Sync(link, HELLO_ID)
    for (const stream of streams()) this.sync.add(stream)
    this.renewal = new Renewal({
      system,
      tokens: this.options.tokens,
      send: (message) => this.send(message),
      onRenewed: () => this.sync?.retryDenied(),
      refusalOf: (token) => this.identity.mismatchOf(subjectOf(token)),
      onRefused: (error) => this.failAuth(error),
      onSignedOut: () => this.signOut(),
    })
    this.renewal.start(welcome.serverTimeMs, welcome.expiresAtMs)
    this.cancelStable = system.setTimer(STABLE_MS, () => this.dispatch({ kind: 'stable' }))
    this.dispatch({ kind: 'welcomed' })
    this.onProgress()
  }

  private onRefused(refused: Refused): void {
    const error = fromWireError(refused.error)
    if (refused.id === 0 || refused.id === HELLO_ID) {
      if (error.code.startsWith('auth/')) this.failAuth(error)
      else this.lose(error)
    } else if (!this.renewal?.takeRefusal(refused.id, error)) {
      this.sync?.receive(refused)
    }
  }

  private onProgress(): void {
    if (this.state.kind === 'draining' && this.sync?.isIdle) return this.dispatch({ kind: 'drained' })
    if (this.state.kind === 'syncing' && this.sync?.isCaughtUp) {
      this.timeouts = 0
      this.dispatch({ kind: 'caught-up' })
    }
    this.options.onChange()
  }

  /** The hub goes: what it still owes is waited for, nothing new is asked. */
  private finishUp(): void {
    this.sync?.drain()
    this.cancelStep = this.options.system.setTimer(DRAIN_TIMEOUT_MS, () => this.dispatch({ kind: 'drained' }))
    this.onProgress()
  }

  private get attempt(): number {
    return this.state.kind === 'closed' ? 0 : this.state.attempt
  }

  private lose(error: FlowSyncError, leastMs = 0): void {
    if (error.code === 'network/timeout' && isConnected(this.state)) this.timeouts++
    this.lastError = error
    const { retryAfterMs } = error.details
    this.dispatch({
      kind: 'lost',
      afterMs: Math.max(leastMs, typeof retryAfterMs === 'number' ? retryAfterMs : 0),
    })
  }

  private failAuth(error: FlowSyncError): void {
    this.lastError = error
    const isOther = error.code === 'auth/subject-mismatch'
    if (isOther) this.identity.refuse(error)
    this.dispatch({ kind: 'auth-failed' })
    const { subject } = error.details
    if (isOther && typeof subject === 'string') this.options.onOtherSubject(subject)
  }
}
