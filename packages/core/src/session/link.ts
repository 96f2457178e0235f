import type { ReplicaId } from '@flowsync/crdt'
import type { ClientMessage, System } from '@flowsync/protocol'

/** What the hub takes on this connection. */
export interface LinkLimits {
  readonly frameBytes: number
  readonly opsPerPush: number
}

/** A connection that the hub has welcomed, as those see it who talk over it. */
export interface Link {
  readonly system: System
  readonly limits: LinkLimits
  /** The replicas that `hello` named. */
  readonly announced: ReadonlySet<ReplicaId>
  /** How long an answer may take. */
  readonly requestTimeoutMs: number
  send(message: ClientMessage): void
  /** Something may have been caught up with, or the last answer that was due has come. */
  onProgress(): void
  /** The connection is of no use any more. */
  onBroken(error: Error): void
}

/** How the waits between attempts to connect grow. */
export const BACKOFF = { baseMs: 500, capMs: 10_000 } as const

/**
 * How long to wait before the next attempt while no token is to be had or the hub takes none: a person must do something first.
 * From half to all of 2 s, 4 s and so on, up to a minute.
 *
 * @param random from 0 up to, not including, 1
 */
export function authDelayMs(attempt: number, random: number): number {
  return (Math.min(60_000, 2_000 * 2 ** attempt) / 2) * (1 + random)
}
