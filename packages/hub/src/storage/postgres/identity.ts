import type { Session } from './session.js'
import { isForbidden } from './postgres-error.js'
import { lockSchema } from './schema.js'

/**
 * Which history of which cluster a database is, and which tables of it: another cluster, a promoted standby and
 * a table that was loaded from a dump all differ. Undefined when the server does not tell.
 */
export type DatabaseIdentity = string | undefined

const IDENTITY = `
  SELECT c.system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) || '/' ||
    to_regclass('log')::oid::text AS identity
  FROM pg_control_system() c`
/** Every stream of the schema gets a row rewritten. */
const RENEWAL_LIMIT_MS = 3_600_000

/** What database the session is connected to. The schema must exist. */
export async function identityOf(session: Session): Promise<DatabaseIdentity> {
  try {
    const [row] = await session.query<{ identity: string | null }>(IDENTITY)
    return row?.identity ?? undefined
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/** Whether a log that was last written as `stored` may lack its end now that it is found as `found`. */
export function mayLackItsEnd(stored: DatabaseIdentity, found: DatabaseIdentity): boolean {
  return stored !== undefined && found !== undefined && stored !== found
}

/**
 * Compares the database with the one that was written last, and begins new epochs for all streams when it may lack
 * ops that were acknowledged. Of several hubs that find it so, one does it.
 * @returns true when this call began new epochs
 */
export async function reconcile(session: Session, schema: string, found: DatabaseIdentity): Promise<boolean> {
  if (found === undefined || (await storedIdentity(session)) === found) return false
  return session.transact(async () => {
    await lockSchema(session, schema)
    const isOlder = mayLackItsEnd(await storedIdentity(session), found)
    if (isOlder) {
      await session.query('SET LOCAL statement_timeout = 0')
      await session.query(
        `UPDATE stream SET epoch = right(replace(gen_random_uuid()::text, '-', ''), 16)`,
        [],
        RENEWAL_LIMIT_MS,
      )
    }
    await session.query(
      `INSERT INTO meta VALUES ('identity', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [found],
    )
    return isOlder
  })
}

async function storedIdentity(session: Session): Promise<DatabaseIdentity> {
  const [row] = await session.query<{ value: string }>(`SELECT value FROM meta WHERE key = 'identity'`)
  return row?.value
}
