import { createError, type System } from '@flowsync/protocol'
import { identityOf, reconcile, type DatabaseIdentity } from './identity.js'
import { LogCache } from './log-cache.js'
import { loadPg, type Pg } from './load-pg.js'
import type { PostgresTarget } from './options.js'
import { prepareSchema } from './schema.js'
import { checkServer, configureSession } from './server-settings.js'
import { Session } from './session.js'

const BACKOFF_MS = 50
const MAX_BACKOFF_MS = 2_000

/** What was found when the store was opened. */
interface Opening {
  readonly wasRestored: boolean
  readonly warnings: readonly string[]
}

/**
 * Makes the connections of a driver, and sees to it that all of them lead to the same history of the same database: one
 * that does not begins a new cache, and with that the epochs of streams are new as well.
 */
export class Connector {
  private readonly target: PostgresTarget
  private readonly system: System
  private pg: Pg | undefined
  private identity: DatabaseIdentity
  private cache = new LogCache()
  private readonly alive = new Set<Session>()
  private failures = 0
  private retryAtMs = 0

  constructor(target: PostgresTarget, system: System) {
    this.target = target
    this.system = system
  }

  /** Makes the database ready, with a connection for that alone. */
  async open(): Promise<Opening> {
    this.pg ??= await loadPg()
    const { schema, label } = this.target
    const session = await Session.connect(this.pg, this.target, this.system)
    try {
      await configureSession(session, this.target)
      const warnings = await checkServer(session, label)
      await prepareSchema(session, schema)
      this.identity = await identityOf(session)
      return { wasRestored: await reconcile(session, schema, this.identity), warnings }
    } finally {
      await session.end()
    }
  }

  /**
   * A connection that is ready for use. While the server cannot be reached, attempts are spaced out.
   * @throws FlowSyncError
   */
  async connect(): Promise<Session> {
    await this.waitForTurn()
    try {
      const session = await this.attempt()
      this.failures = 0
      return session
    } catch (error) {
      const backoffMs = Math.min(BACKOFF_MS * 2 ** this.failures++, MAX_BACKOFF_MS)
      this.retryAtMs = this.system.nowMs() + backoffMs * (0.5 + this.system.random() / 2)
      throw error
    }
  }

  private async attempt(): Promise<Session> {
    if (!this.pg) throw createError('storage/unavailable', 'The storage is not open.')
    const session = await Session.connect(this.pg, this.target, this.system)
    try {
      await configureSession(session, this.target)
      const identity = await identityOf(session)
      this.forgetBroken()
      if (identity !== this.identity) {
        await reconcile(session, this.target.schema, identity)
        this.startAnew(identity)
      }
      session.cache = this.cache
      this.alive.add(session)
      return session
    } catch (error) {
      session.destroy()
      throw error
    }
  }

  /** A connection broke: the server may have come back with less than it had, without telling. */
  private forgetBroken(): void {
    for (const session of this.alive) {
      if (!session.isBroken) continue
      this.alive.delete(session)
      this.cache = new LogCache()
    }
  }

  /** Another database answers. Connections that still lead to the former one must not be used any more. */
  private startAnew(identity: DatabaseIdentity): void {
    this.identity = identity
    this.cache = new LogCache()
    for (const session of this.alive) session.destroy()
    this.alive.clear()
  }

  private async waitForTurn(): Promise<void> {
    const waitMs = this.retryAtMs - this.system.nowMs()
    if (waitMs <= 0) return
    await new Promise<void>((resolve) => {
      this.system.setTimer(Math.min(waitMs, MAX_BACKOFF_MS), resolve)
    })
  }
}
