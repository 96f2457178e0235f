import { createError } from '@flowsync/protocol'
import type { PostgresTarget } from './options.js'
import type { Session } from './session.js'

interface ServerSettings {
  readonly version: number
  readonly encoding: string
  readonly isStandby: boolean
  readonly fsync: string
  readonly fullPageWrites: string
}

const OLDEST_VERSION = 14

/**
 * Every statement finds its rows by an index. Statistics lag behind tables that grow from nothing; without these a plan
 * made for ten rows would read a million. Joins also lock rows in the order that is asked for, only so.
 */
const PLAN_SETTINGS = ['jit', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']

/** What every session is set to, whatever the server's defaults are: an acknowledged op is on disk. */
export async function configureSession(
  session: Session,
  { schema, timeoutMs }: PostgresTarget,
): Promise<void> {
  const set = (name: string, value: string): string => `set_config('${name}', '${value}', false)`
  const isWeak = `current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`
  await session.query(`SELECT
    ${set('search_path', schema)}, ${set('statement_timeout', String(timeoutMs))},
    ${set('idle_in_transaction_session_timeout', String(timeoutMs))},
    ${PLAN_SETTINGS.map((name) => set(name, 'off')).join(', ')}, ${set('client_min_messages', 'error')}, ${set('bytea_output', 'hex')},
    CASE WHEN ${isWeak} THEN ${set('synchronous_commit', 'on')} END`)
}

/**
 * Checks what the server is.
 * @returns what its operator should know: that it may lose acknowledged ops
 * @throws FlowSyncError when it cannot serve as a log
 */
export async function checkServer(session: Session, label: string): Promise<readonly string[]> {
  const [server] = await session.query<ServerSettings>(`SELECT
    current_setting('server_version_num')::integer / 10000 AS version,
    current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS "isStandby",
    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites"`)
  return server ? warningsOf(server, label) : []
}

/** The decision of {@link checkServer}. */
export function warningsOf(server: ServerSettings, label: string): readonly string[] {
  if (server.version < OLDEST_VERSION) {
    throw createError(
      'config/invalid',
      `${label} is version ${server.version}; ${OLDEST_VERSION} is the oldest that works.`,
    )
  }
  if (server.encoding !== 'UTF8') {
    throw createError(
      'config/invalid',
      `${label} has the encoding ${server.encoding}. Create a database with ENCODING 'UTF8'.`,
    )
  }
  if (server.isStandby) {
    throw createError(
      'storage/read-only',
      `${label} is a standby, which takes no writes. Connect to the primary server.`,
    )
  }
  const warnings: string[] = []
  if (server.fsync === 'off') {
    warnings.push(`${label} runs with fsync = off: a power loss may destroy acknowledged ops. Turn it on.`)
  }
  if (server.fullPageWrites === 'off') {
    warnings.push(
      `${label} runs with full_page_writes = off: safe only where the disk never writes half a page.`,
    )
  }
  return warnings
}
