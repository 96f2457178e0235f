import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { nextDelayMs, type ClientMessage, type Renewed, type System } from '@flowsync/protocol'
import type { TokenSource } from './token.js'

/** What a renewal needs. */
export interface RenewalOptions {
  readonly system: System
  readonly tokens: TokenSource
  readonly send: (message: ClientMessage) => void
  /** The connection goes on under a new token. */
  readonly onRenewed: () => void
  /** Why a token must not be sent over this connection; undefined when it may. */
  readonly refusalOf: (token: string) => FlowSyncError | undefined
  /** The new token is a bad one, for good. */
  readonly onRefused: (error: FlowSyncError) => void
  /** Nobody is signed in any more. */
  readonly onSignedOut: () => void
}

/** Request ids from here on are renewals; those of a connection's other requests stay far below. */
const FIRST_ID = 2 ** 31
const RETRY = { baseMs: 1_000, capMs: 30_000 }
/** An answer that does not come in this time was lost. */
const ANSWER_TIMEOUT_MS = 10_000
const MIN_DELAY_MS = 1_000
const JUMP_DELAY_MS = 30_000

/**
 * Gives a connection a new token before the old one expires, without a reconnect. A failed attempt is repeated with backoff;
 * when the token expires meanwhile, the hub ends the connection and says why.
 */
export class Renewal {
  private readonly options: RenewalOptions
  private expiresMs = 0
  /** What the hub's clock shows more than this machine's. */
  private offsetMs = 0
  private attempt = 0
  private pendingId = 0
  private nextId = FIRST_ID
  private isDisposed = false
  private cancel: () => void = () => undefined

  constructor(options: RenewalOptions) {
    this.options = options
  }

  /** The hub says what time it is and when the token expires, 0 for never. */
  start(serverTimeMs: number, expiresAtMs: number): void {
    this.offsetMs = serverTimeMs - this.options.system.nowMs()
    this.plan(expiresAtMs)
  }

  onRenewed({ id, expiresAtMs }: Renewed): void {
    if (id !== this.pendingId) return
    this.plan(expiresAtMs)
    this.options.onRenewed()
  }

  private plan(expiresAtMs: number): void {
    const { system } = this.options
    this.attempt = 0
    this.pendingId = 0
    this.cancel()
    if (expiresAtMs === 0) return
    this.expiresMs = expiresAtMs - this.offsetMs
    const lifetimeMs = this.expiresMs - system.nowMs()
    // A fresh token that has expired already: this machine's clock has jumped since the hub told its own.
    if (lifetimeMs <= 0) this.schedule(JUMP_DELAY_MS)
    else this.schedule(Math.max(MIN_DELAY_MS, lifetimeMs * (0.7 + 0.2 * system.random())))
  }

  /** True when the refused request was a renewal. */
  takeRefusal(id: number, error: FlowSyncError): boolean {
    if (id !== this.pendingId) return id >= FIRST_ID
    if (error.code === 'auth/subject-mismatch' || error.code === 'auth/revoked') this.options.onRefused(error)
    else this.retry()
    return true
  }

  dispose(): void {
    this.isDisposed = true
    this.cancel()
  }

  private schedule(delayMs: number): void {
    this.cancel = this.options.system.setTimer(delayMs, () => void this.renew())
  }

  private async renew(): Promise<void> {
    const { tokens, send, refusalOf, onRefused, onSignedOut } = this.options
    try {
      const token = await tokens.get()
      if (this.isDisposed) return
      if (token === null) return onSignedOut()
      const refusal = refusalOf(token)
      if (refusal) return onRefused(refusal)
      this.pendingId = this.nextId++
      send({ type: 'renew', id: this.pendingId, token })
      this.cancel = this.options.system.setTimer(ANSWER_TIMEOUT_MS, () => this.retry())
    } catch (error) {
      if (!isFlowSyncError(error)) throw error
      if (!this.isDisposed) this.retry()
    }
  }

  private retry(): void {
    const { system } = this.options
    this.pendingId = 0
    this.cancel()
    // Once expired there is nothing to renew: the hub closes, and the session starts over with a fresh token.
    if (system.nowMs() >= this.expiresMs) return
    this.schedule(nextDelayMs(this.attempt++, system.random(), RETRY))
  }
}
