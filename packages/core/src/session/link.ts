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
/** How the longest waits grow while no token is to be had or the hub takes none: the shortest are half as long. */
export const AUTH_BACKOFF = { baseMs: 2_000, capMs: 60_000 } as const
