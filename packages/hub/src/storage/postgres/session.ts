import type { Client } from 'pg'
import type { System } from '@flowsync/protocol'
import { LogCache } from './log-cache.js'
import type { Pg } from './load-pg.js'
import type { PostgresTarget } from './options.js'
import { postgresError } from './postgres-error.js'

/** A statement that the server parses and plans once a connection. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** What a statement takes: arrays become PostgreSQL arrays, bytes `bytea`. */
export type StatementValue =
  string | number | boolean | null | Uint8Array | readonly (string | number | null)[]

// Types that are read otherwise than pg does: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const BYTEA = 17
const INT8 = 20
/** The server gives up first, with an error that leaves the connection in order. */
const CLIENT_GRACE_MS = 500
const KEEP_ALIVE_MS = 10_000

/**
 * One connection. Statements are sent when they are asked for, without waiting for the answers of those
 * before: what is asked in one turn costs one round trip. Each rejects with a FlowSyncError.
 */
export class Session {
  /** What is known of the log that this connection leads to. */
  cache = new LogCache()
  private readonly client: Client
  private readonly target: PostgresTarget
  private readonly system: System
  /** The connection is gone, or was given up. */
  isBroken = false

  private constructor(client: Client, target: PostgresTarget, system: System) {
    this.client = client
    this.target = target
    this.system = system
    client.on('error', () => {
      this.isBroken = true
    })
    client.on('end', () => {
      this.isBroken = true
    })
  }

  /** @throws FlowSyncError within `timeoutMs` when there is no connection to be had */
  static async connect(pg: Pg, target: PostgresTarget, system: System): Promise<Session> {
    const { connectionString, ssl, timeoutMs, label } = target
    try {
      const client = new pg.Client({
        connectionString,
        ...(ssl === undefined ? {} : { ssl }),
        fallback_application_name: 'flowsync',
        pipeline: true,
        keepAlive: true,
        keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs + CLIENT_GRACE_MS,
        types: { getTypeParser: typeParsers(pg) },
      })
      const session = new Session(client, target, system)
      await client.connect()
      return session
    } catch (error) {
      throw postgresError(error, label)
    }
  }

  /**
   * The rows that a statement answers with.
   * @param limitMs instead of the time that every statement has
   */
  async query<Row>(
    statement: Statement | string,
    values: readonly StatementValue[] = [],
    limitMs?: number,
  ): Promise<Row[]> {
    const { name, text } = typeof statement === 'string' ? { name: undefined, text: statement } : statement
    try {
      const config = { name, text, values: values.map(literalOf), query_timeout: limitMs }
      return (await this.client.query(config)).rows as Row[]
    } catch (error) {
      throw this.asError(error)
    }
  }

  begin(): Promise<unknown> {
    return this.enter('BEGIN ISOLATION LEVEL READ COMMITTED')
  }

  /** May be asked for before the statements of the transaction are answered: when one of them fails, nothing is stored. */
  commit(): Promise<unknown> {
    return this.query('COMMIT')
  }

  /** Runs `work` in one transaction: durable when it resolves, undone or of unknown end when it rejects. */
  async transact<T>(work: () => Promise<T>): Promise<T> {
    try {
      const [, result] = await Promise.all([this.begin(), work()])
      await this.commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  /** Runs reads that see the log as it is at one moment. */
  async look<T>(work: () => Promise<T>): Promise<T> {
    try {
      const begun = this.enter('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const [, result] = await Promise.all([begun, work()])
      await this.commit()
      return result
    } catch (error) {
      await this.rollback()
      throw error
    }
  }

  /** Ends a transaction that failed. A connection on which that is not possible is given up. */
  async rollback(): Promise<void> {
    if (this.isBroken) return
    try {
      await this.query('ROLLBACK')
    } catch {
      this.destroy()
    }
  }

  /** Says goodbye; a server that does not answer is left. */
  async end(): Promise<void> {
    if (this.isBroken) return
    const stopTimer = this.system.setTimer(this.target.timeoutMs, () => this.destroy())
    await this.client.end()
    stopTimer()
  }

  /** Cuts the connection: what is under way fails. */
  destroy(): void {
    this.isBroken = true
    this.client.connection.stream.destroy()
  }

  /** Begins. The statements that are sent behind it would be stored one by one if it failed: then the connection is given up. */
  private async enter(begin: string): Promise<void> {
    try {
      await this.query(begin)
    } catch (error) {
      this.destroy()
      throw error
    }
  }

  private asError(error: unknown): Error {
    return postgresError(error, this.target.label)
  }
}

/** Arrays of numbers are written here: pg would look at each of them for what is to be escaped. */
function literalOf(value: StatementValue): unknown {
  return Array.isArray(value) && typeof value[0] === 'number' ? `{${value.join(',')}}` : value
}

/** Numbers up to 2^53 as numbers, bytes without Node's additions. */
function typeParsers(pg: Pg): Pg['types']['getTypeParser'] {
  const parsers = new Map<number, (text: string) => unknown>([
    [INT8, Number],
    [BYTEA, bytesOf],
  ])
  return (oid: number): unknown => parsers.get(oid) ?? (pg.types.getTypeParser(oid) as unknown)
}

/** `bytea` as the server writes it: `\\x` and hex digits. */
function bytesOf(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text.slice(2), 'hex')
  return new Uint8Array(buffer, byteOffset, byteLength)
}
