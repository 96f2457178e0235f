import { type FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { createError, type ErrorCode } from '@flowsync/protocol'

interface Translation {
  readonly code: ErrorCode
  readonly message: string
}

const unavailable = (message: string): Translation => ({ code: 'storage/unavailable', message })
const invalid = (message: string): Translation => ({ code: 'config/invalid', message })

const CORRUPT: Translation = {
  code: 'storage/corrupt',
  message: 'found damaged data. Look into its log; restore a backup, and clients send again what it lacks.',
}
const REFUSED = invalid('refuses user and password. Check them in the URL, and pg_hba.conf of the server.')

/** SQLSTATE, or its class of two characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_STATE: Readonly<Record<string, Translation>> = {
  '53100': {
    code: 'storage/full',
    message: 'has no space left. Nothing was stored; free space and it goes on.',
  },
  '53300': unavailable('has no connection left. Raise max_connections, or lower poolSize.'),
  '25006': {
    code: 'storage/read-only',
    message: 'takes no writes. Connect to the primary server, and check default_transaction_read_only.',
  },
  XX001: CORRUPT,
  XX002: CORRUPT,
  '28000': REFUSED,
  '28P01': REFUSED,
  '3D000': invalid('has no such database. Create it with createdb, or correct the URL.'),
  '42501': invalid(
    'does not permit this. Grant the user CREATE on the database, or all on the schema and its tables.',
  ),
  '42P07': invalid('has tables of another program in the schema. Choose another schema.'),
  '42P01': unavailable('lacks a table. Somebody removed it: start the hub again, or restore a backup.'),
  '3F000': unavailable('lacks the schema. Somebody removed it: start the hub again, or restore a backup.'),
  '55P03': unavailable(
    'did not give a lock in time. Another hub may hang; its locks end with its connection.',
  ),
  '57014': unavailable('did not finish a statement in time. Nothing was acknowledged.'),
  '57': unavailable('is shutting down or starting. It is tried again.'),
}

/** Errors that another try of the same transaction settles: a deadlock, a serialization failure, a race for a name. */
const RACES = new Set(['40001', '40P01', '23505'])
const DIVISION_BY_ZERO = '22012'

/** Whether the transaction lost against another one and may be run again at once. */
export function isRace(error: unknown): boolean {
  return RACES.has(stateOf(error) ?? '')
}

/** Whether an append found a stream elsewhere than its hub believed. */
export function isStale(error: unknown): boolean {
  return stateOf(error) === DIVISION_BY_ZERO
}

/** Whether the server does not let this user ask, or does not know the function. */
export function isForbidden(error: unknown): boolean {
  return ['42501', '42883', '0A000'].includes(stateOf(error) ?? '')
}

/** Turns what `pg` threw into an error that says what to do. The original is its cause. */
export function postgresError(cause: unknown, label: string): FlowSyncError {
  if (isFlowSyncError(cause)) return cause
  const state = stateOf(cause)
  const known = state === undefined ? undefined : (BY_STATE[state] ?? BY_STATE[state.slice(0, 2)])
  if (known) return createError(known.code, `${label} ${known.message}`, { cause })
  const what = cause instanceof Error ? cause.message || cause.name : String(cause)
  return createError('storage/unavailable', `${label} does not answer as it should: ${what}`, { cause })
}

/** Five characters for what the server says; system calls have other codes. */
function stateOf(error: unknown): string | undefined {
  if (isFlowSyncError(error)) return stateOf(error.cause)
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}
