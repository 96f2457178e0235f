import { createError } from '@flowsync/protocol'

/** The PostgreSQL client library, as far as the driver uses it. */
export type Pg = Pick<typeof import('pg'), 'Client' | 'types'>

/**
 * Loads `pg`, which only those install who use it.
 * @throws FlowSyncError `config/invalid` when it is not installed
 */
export async function loadPg(load: () => Promise<Pg> = () => import('pg')): Promise<Pg> {
  try {
    return await load()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND')) throw cause
    throw createError(
      'config/invalid',
      'Storage in PostgreSQL needs the package "pg": run npm install pg, and start again.',
      { cause },
    )
  }
}
