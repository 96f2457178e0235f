import { createError } from '@flowsync/protocol'
import type { BucketRate } from './token-bucket.js'

/** What one connection may ask of a hub, and all of them together. Every refusal is a typed error. */
export interface HubLimits {
  /** The largest frame, in bytes. */
  readonly frameBytes: number
  /** The largest frame before `hello` was answered. */
  readonly helloBytes: number
  /** How long a connection may stay without `hello`. */
  readonly helloTimeoutMs: number
  /** The most ops in one push, all its batches together. */
  readonly opsPerPush: number
  /** The largest body of one op. */
  readonly opBytes: number
  /** The most streams that one connection may have open. */
  readonly streamsPerConnection: number
  /** The most connections of the whole hub. */
  readonly connections: number
  /** The most connections from one address; those behind one proxy count as one address. */
  readonly connectionsPerAddress: number
  /** Pushes of one connection. */
  readonly pushes: BucketRate
  /** Ops of one connection. */
  readonly ops: BucketRate
  /** Streams that one connection subscribes to: each one that a `subscribe` names counts. */
  readonly subscribes: BucketRate
  /** Pulls of one connection. */
  readonly pulls: BucketRate
  /** HTTP requests of one subject; those without a valid token count for their address. */
  readonly requests: BucketRate
  /** What may wait to be stored, of all connections together, before pushes are refused with `hub/overloaded`. */
  readonly queuedBytes: number
  /** What of it may belong to one stream. */
  readonly queuedBytesPerStream: number
  /**
   * What may wait unread for one connection before it loses its live feed and its reads wait. When it has read
   * what was sent, it is told to pull.
   */
  readonly feedBytes: number
  /** What one connection may leave unread before it is closed. It catches up when it comes back. */
  readonly unreadBytes: number
  /** How often a connection is asked for a sign of life. */
  readonly pingIntervalMs: number
  /** How long it may take to answer before it is closed. */
  readonly pingTimeoutMs: number
}

/** Generous to people, bounded for everybody. */
export const DEFAULT_HUB_LIMITS: HubLimits = Object.freeze({
  frameBytes: 10 * 1024 * 1024,
  helloBytes: 64 * 1024,
  helloTimeoutMs: 5_000,
  opsPerPush: 10_000,
  opBytes: 4 * 1024 * 1024,
  streamsPerConnection: 2_000,
  connections: 20_000,
  connectionsPerAddress: 20_000,
  pushes: Object.freeze({ perSecond: 5_000, burst: 10_000 }),
  ops: Object.freeze({ perSecond: 50_000, burst: 500_000 }),
  subscribes: Object.freeze({ perSecond: 5_000, burst: 50_000 }),
  pulls: Object.freeze({ perSecond: 5_000, burst: 20_000 }),
  requests: Object.freeze({ perSecond: 1_000, burst: 5_000 }),
  queuedBytes: 64 * 1024 * 1024,
  queuedBytesPerStream: 32 * 1024 * 1024,
  feedBytes: 1024 * 1024,
  unreadBytes: 32 * 1024 * 1024,
  pingIntervalMs: 15_000,
  pingTimeoutMs: 10_000,
})

/**
 * The limits with defaults filled in.
 * @throws FlowSyncError `config/invalid`
 */
export function resolveLimits(limits: Partial<HubLimits> = {}): HubLimits {
  const resolved = { ...DEFAULT_HUB_LIMITS, ...limits }
  for (const [name, limit] of Object.entries<number | BucketRate>(resolved)) {
    const numbers = typeof limit === 'number' ? [limit] : [limit.perSecond, limit.burst]
    if (numbers.every((number) => Number.isFinite(number) && number > 0)) continue
    throw createError('config/invalid', `The limit "${name}" must be a number above 0.`)
  }
  return resolved
}
