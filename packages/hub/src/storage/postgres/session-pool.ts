import { createError, type System } from '@flowsync/protocol'
import type { Session } from './session.js'

export interface SessionPoolOptions {
  readonly size: number
  /** How long work waits for a connection that others use. */
  readonly waitMs: number
  readonly system: System
  readonly connect: () => Promise<Session>
}

type Waiting = (session: Session | undefined) => void

/** Connections that are opened when they are needed, and replaced when they break. Work is served in the order it came. */
export class SessionPool {
  private readonly options: SessionPoolOptions
  private readonly idle: Session[] = []
  private readonly waiting: Waiting[] = []
  /** Connections that are used or being opened. */
  private busy = 0
  private isClosed = false
  private whenUnused: (() => void) | undefined

  constructor(options: SessionPoolOptions) {
    this.options = options
  }

  /**
   * Runs `work` with a connection of its own.
   * @throws FlowSyncError what `work` throws; `storage/unavailable` when there is no connection to be had
   */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.isClosed) throw createError('storage/unavailable', 'The storage is closed.')
    const taken = this.busy < this.options.size ? this.take() : await this.wait()
    const session = taken ?? (await this.open())
    try {
      return await work(session)
    } finally {
      this.release(session)
    }
  }

  /** Lets what is under way and what waits finish, then closes all connections. */
  async close(): Promise<void> {
    this.isClosed = true
    if (this.busy > 0) {
      await new Promise<void>((resolve) => {
        this.whenUnused = resolve
      })
    }
    await Promise.all(this.idle.splice(0).map((session) => session.end()))
  }

  private take(): Session | undefined {
    this.busy++
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      if (!session.isBroken) return session
    }
    return undefined
  }

  /** A connection that another work leaves, or undefined when it left a broken one: then there is room for a new one. */
  private wait(): Promise<Session | undefined> {
    return new Promise((resolve, reject) => {
      const stopTimer = this.options.system.setTimer(this.options.waitMs, () => {
        this.waiting.splice(this.waiting.indexOf(serve), 1)
        reject(createError('storage/unavailable', 'No connection to the database got free in time.'))
      })
      const serve = (session: Session | undefined): void => {
        stopTimer()
        resolve(session)
      }
      this.waiting.push(serve)
    })
  }

  private async open(): Promise<Session> {
    try {
      return await this.options.connect()
    } catch (error) {
      this.release(undefined)
      throw error
    }
  }

  private release(session: Session | undefined): void {
    const usable = session?.isBroken ? undefined : session
    const next = this.waiting.shift()
    if (next) {
      next(usable)
      return
    }
    this.busy--
    if (usable) this.idle.push(usable)
    if (this.busy === 0) this.whenUnused?.()
  }
}
