import type { ReplicaId } from '@flowsync/crdt'
import { createError, type StreamAccess } from '@flowsync/protocol'
import { accessTo, allows, type Grant, parseGrants } from '../acl/grants.js'
import type { Identity } from '../auth/authenticate.js'
import type { HubLimits } from '../limit/limits.js'
import { TokenBucket } from '../limit/token-bucket.js'
import type { OpenStream } from '../log/open-stream.js'

/** What a session begins with. */
export interface SessionOptions {
  readonly id: string
  readonly workspace: string
  readonly identity: Identity
  readonly replicas: readonly ReplicaId[]
  readonly limits: HubLimits
}

/** What a session may do so often and no oftener. */
export type LimitedRate = 'pushes' | 'ops' | 'subscribes' | 'pulls'

/** An authenticated connection: who it is, as which replicas it may write, what it has open. */
export class Session {
  readonly id: string
  readonly workspace: string
  readonly subject: string
  readonly replicas: ReadonlySet<ReplicaId>
  /** Streams whose feed it follows; undefined as long as the stream is being opened. */
  readonly joined = new Map<string, OpenStream | undefined>()
  /** Bytes of its pushes that are not answered yet. */
  unansweredBytes = 0
  /** A new token is being checked. */
  isRenewing = false
  private readonly limits: HubLimits
  /** Made when they are first asked for: most sessions read and are still. */
  private readonly buckets: Partial<Record<LimitedRate, TokenBucket>> = {}
  private grants: readonly Grant[]
  private expiresAt: number

  constructor({ id, workspace, identity, replicas, limits }: SessionOptions) {
    this.id = id
    this.workspace = workspace
    this.subject = identity.subject
    this.replicas = new Set(replicas)
    this.limits = limits
    this.grants = parseGrants(identity.grants)
    this.expiresAt = identity.expiresAtMs
  }

  /** 0 for never. */
  get expiresAtMs(): number {
    return this.expiresAt
  }

  /** Counts so much of what is limited and returns 0, or how many milliseconds to wait first. See {@link TokenBucket}. */
  take(rate: LimitedRate, amount: number, nowMs: number): number {
    const bucket = (this.buckets[rate] ??= new TokenBucket(this.limits[rate], nowMs))
    return bucket.take(amount, nowMs)
  }

  isExpired(nowMs: number): boolean {
    return this.expiresAt > 0 && this.expiresAt <= nowMs
  }

  /**
   * Takes over what a new token says.
   * @throws FlowSyncError `auth/subject-mismatch` for somebody else's; nothing changed
   */
  renew(identity: Identity): void {
    if (identity.subject !== this.subject) {
      throw createError('auth/subject-mismatch', 'The token belongs to another subject.')
    }
    this.grants = parseGrants(identity.grants)
    this.expiresAt = identity.expiresAtMs
  }

  canRead(stream: string): boolean {
    return allows(accessTo(stream, this.grants), 'read')
  }

  canWrite(stream: string): boolean {
    return allows(accessTo(stream, this.grants), 'write')
  }

  /** @throws FlowSyncError `acl/denied` */
  checkRead(stream: string): StreamAccess {
    const access = accessTo(stream, this.grants)
    if (!allows(access, 'read')) throw denied('read', stream)
    return allows(access, 'write') ? 'write' : 'read'
  }

  /** @throws FlowSyncError `acl/denied` */
  checkWrite(stream: string): void {
    if (!this.canWrite(stream)) throw denied('write', stream)
  }
}

/** The refusal of an action that no grant allows. */
export function denied(action: 'read' | 'write', stream: string): Error {
  return createError('acl/denied', `No grant allows to ${action} this stream.`, {
    details: { action, stream },
  })
}
