import type { ConnectionOptions } from 'node:tls'
import { createError } from '@flowsync/protocol'

/** Where a PostgreSQL log lives, and how it is reached. */
export interface PostgresOptions {
  /** Such as `postgres://user:password@host:5432/database?sslmode=verify-full`. */
  readonly connectionString: string
  /** The schema that holds the tables; hubs with the same one share their streams. Default `flowsync`. */
  readonly schema?: string
  /** Connections for reads and for work in the background, beside the one that appends. Default 4. */
  readonly poolSize?: number
  /** Instead of what the URL says of it. */
  readonly ssl?: boolean | ConnectionOptions
  /** How long the server may take to answer one statement or to be reached. Default 5000. */
  readonly timeoutMs?: number
}

/** {@link PostgresOptions}, checked and complete. */
export interface PostgresTarget extends Required<Omit<PostgresOptions, 'ssl'>> {
  readonly ssl: PostgresOptions['ssl']
  /** Names the database for people, without user and password. */
  readonly label: string
}

const URL_EXAMPLE = 'postgres://user:password@localhost:5432/database'
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/
const POOL_SIZE = 4
const TIMEOUT_MS = 5_000

/** @throws FlowSyncError `config/invalid`; never with the URL, which holds a password */
export function targetOf(from: string | PostgresOptions): PostgresTarget {
  const options = typeof from === 'string' ? { connectionString: from } : from
  const { connectionString, schema = 'flowsync', poolSize = POOL_SIZE, timeoutMs = TIMEOUT_MS, ssl } = options
  const label = labelOf(connectionString)
  if (!SCHEMA_NAME.test(schema)) {
    throw createError('config/invalid', `"${schema}" is no schema: take small letters, digits and _.`)
  }
  if (!Number.isInteger(poolSize) || poolSize < 1) {
    throw createError('config/invalid', 'The option "poolSize" must be an integer from 1 on.')
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1) {
    throw createError('config/invalid', 'The option "timeoutMs" must be an integer from 1 on.')
  }
  return { connectionString, schema, poolSize, timeoutMs, ssl, label }
}

/** The error of `URL` quotes the whole of it, so it is no cause of ours. */
function labelOf(connectionString: string): string {
  const url = URL.canParse(connectionString) ? new URL(connectionString) : undefined
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw createError('config/invalid', `The PostgreSQL URL is none; it looks like ${URL_EXAMPLE}`)
  }
  return `PostgreSQL at ${url.host || 'localhost'}${url.pathname}`
}
