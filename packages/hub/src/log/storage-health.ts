import { FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import type { HubLogger } from '../logging/logger.js'

/** Whether the storage takes writes. */
export type StorageState =
  | { readonly kind: 'well' }
  | {
      readonly kind: 'read-only'
      readonly reason: FlowSyncError
      readonly sinceMs: number
      /** How long the next failure waits before another write is tried. */
      readonly delayMs: number
      /** From then on one write is let through, to see. */
      readonly probeAtMs: number
      readonly isProbing: boolean
    }

/** What became of a write, or that one is being tried. */
export type StorageEvent =
  | { readonly kind: 'trying' }
  /** Something new is durable. */
  | { readonly kind: 'stored' }
  /** It was answered without anything being written, which proves nothing. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'failed'; readonly reason: FlowSyncError }

const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 2_000
/** How long to wait for somebody else's probe. */
const PROBE_MS = 100
const RETRY_MS = 500

/** How a storage gets worse and well again. Pure. */
export function nextStorageState(state: StorageState, event: StorageEvent, nowMs: number): StorageState {
  if (event.kind === 'failed') {
    const { reason } = event
    if (state.kind === 'well') {
      const probeAtMs = nowMs + FIRST_DELAY_MS
      return {
        ...event,
        kind: 'read-only',
        sinceMs: nowMs,
        delayMs: FIRST_DELAY_MS * 2,
        probeAtMs,
        isProbing: false,
      }
    }
    const delayMs = Math.min(state.delayMs * 2, MAX_DELAY_MS)
    return { ...state, reason, delayMs, probeAtMs: nowMs + state.delayMs, isProbing: false }
  }
  if (state.kind === 'well' || event.kind === 'stored') return { kind: 'well' }
  return { ...state, isProbing: event.kind === 'trying' }
}

/**
 * Keeps a hub from hammering a storage that takes no writes: after a failed transaction pushes are refused at once,
 * with the reason and a time to wait, and a single one is let through now and then, until one of them is stored.
 * Reads go on. The log tells when it begins and when it ends.
 */
export class StorageHealth {
  private readonly system: System
  private readonly logger: HubLogger
  private current: StorageState = { kind: 'well' }

  constructor(system: System, logger: HubLogger) {
    this.system = system
    this.logger = logger
  }

  get state(): StorageState {
    return this.current
  }

  /** Undefined when a write may be tried, which must then be followed by one of the others. */
  tryWrite(): FlowSyncError | undefined {
    const refusal = refusalIn(this.current, this.system.nowMs())
    if (!refusal) this.note({ kind: 'trying' })
    return refusal
  }

  /** @param wasNew whether anything was written */
  answered(wasNew: boolean): void {
    this.note({ kind: wasNew ? 'stored' : 'idle' })
  }

  /** What a driver never answers with is a fault of the hub, and makes nothing read-only. */
  failed(error: unknown): void {
    this.note(isOfStorage(error) ? { kind: 'failed', reason: error } : { kind: 'idle' })
  }

  private note(event: StorageEvent): void {
    const nowMs = this.system.nowMs()
    const former = this.current
    this.current = nextStorageState(former, event, nowMs)
    if (former.kind === this.current.kind) return
    if (this.current.kind === 'read-only') {
      const { code, message } = this.current.reason
      this.logger.error(
        { code, reason: message },
        'the storage takes no writes: pushes are refused until it does',
      )
    } else if (former.kind === 'read-only') {
      this.logger.info(
        { code: former.reason.code, afterMs: nowMs - former.sinceMs },
        'the storage takes writes again',
      )
    }
  }
}

function refusalIn(state: StorageState, nowMs: number): FlowSyncError | undefined {
  if (state.kind === 'well') return undefined
  // A clock that was set back must not keep pushes out for as long.
  const waitMs = state.probeAtMs - nowMs > MAX_DELAY_MS ? 0 : state.probeAtMs - nowMs
  if (waitMs <= 0 && !state.isProbing) return undefined
  return withWait(state.reason, Math.max(waitMs, PROBE_MS))
}

/**
 * The error of a storage with a time to wait: whatever is wrong with it, somebody will set it right, and a client must
 * not take it for a judgement of its op. Other errors stay as they are.
 */
export function retryLater<Thrown>(error: Thrown): Thrown | FlowSyncError {
  return isOfStorage(error) && !('retryAfterMs' in error.details) ? withWait(error, RETRY_MS) : error
}

function withWait({ code, message, details, cause }: FlowSyncError, retryAfterMs: number): FlowSyncError {
  if (code === MISCONFIGURED)
    return createError('storage/unavailable', NOT_LET_IN, { details: { retryAfterMs }, cause })
  return new FlowSyncError(code, message, { details: { ...details, retryAfterMs }, cause, retryable: true })
}

/**
 * What a database says that lets nobody in any more: the password was changed, the database is being put back, the user
 * lost a right. It is for the hub's log; clients learn that they should wait.
 */
const MISCONFIGURED = 'config/invalid'
const NOT_LET_IN = 'The database does not let the hub in at the moment. Nothing was acknowledged.'

function isOfStorage(error: unknown): error is FlowSyncError {
  return isFlowSyncError(error) && (error.code.startsWith('storage/') || error.code === MISCONFIGURED)
}
