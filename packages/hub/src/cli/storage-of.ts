import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createError } from '@flowsync/protocol'
import type { LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { postgres } from '../storage/postgres/postgres.js'
import { redis } from '../storage/redis/redis.js'
import { sqlite } from '../storage/sqlite/sqlite.js'

/** How servers are named, by the scheme of their URLs. */
const SERVERS: Readonly<Record<string, (url: string) => LogDriver>> = {
  postgres: (url) => postgres(url),
  postgresql: (url) => postgres(url),
  redis: (url) => redis(url),
  rediss: (url) => redis(url),
}

/**
 * The storage that `--db` names: a server's URL, `:memory:`, or a file, whose folder is made.
 * @throws FlowSyncError `config/invalid`
 */
export function storageOf(db: string): LogDriver {
  if (db === ':memory:') return memory()
  const scheme = /^([a-z]+):\/\//.exec(db)?.[1]
  if (scheme !== undefined) return (SERVERS[scheme] ?? unknownScheme(scheme))(db)
  const folder = dirname(db)
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw createError('config/invalid', `The folder ${folder} for the database cannot be made.`, { cause })
  }
  return sqlite(db)
}

/** The storage that `--db` names as it may be shown: a URL without its password. */
export function shownStorage(db: string): string {
  if (!/^[a-z]+:\/\//.test(db) || !URL.canParse(db)) return db
  const url = new URL(db)
  if (url.password !== '') url.password = '***'
  return url.href
}

function unknownScheme(scheme: string): never {
  const known = Object.keys(SERVERS).map((name) => `${name}://`)
  throw createError(
    'config/invalid',
    `"${scheme}://" names no storage; there are ${known.join(', ')} and files.`,
  )
}
