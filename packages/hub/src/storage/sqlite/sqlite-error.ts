import { type FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

// Primary result codes, https://www.sqlite.org/rescode.html
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

const FILE_CODES: ReadonlyMap<unknown, number> = new Map([
  ['ENOSPC', FULL],
  ['EDQUOT', FULL],
  ['EACCES', READONLY],
  ['EPERM', READONLY],
  ['EROFS', READONLY],
])

/** Turns what `node:sqlite` threw into an error that says what to do. The original is its cause. */
export function sqliteError(error: unknown, file: string): FlowSyncError {
  if (isFlowSyncError(error)) return error
  const cause = error
  switch (primaryCode(error)) {
    case BUSY:
    case LOCKED:
      return createError(
        'storage/unavailable',
        `${file} is in use by another process. Only one hub may open it: stop the other one or choose another file.`,
        { cause },
      )
    case READONLY:
      return createError(
        'storage/read-only',
        `${file} cannot be written. Check its permissions and its folder's.`,
        { cause },
      )
    case IOERR:
      return createError(
        'storage/unavailable',
        `The disk refuses to read or write ${file}. Nothing was stored; it goes on when the disk does.`,
        { cause },
      )
    case CORRUPT:
    case NOTADB:
      return createError(
        'storage/corrupt',
        `${file} is damaged or no SQLite database. It was left as it is: move it away and restore a backup; clients send again what the backup lacks.`,
        { cause },
      )
    case FULL:
      return createError(
        'storage/full',
        `No space is left for ${file}. Nothing was stored; free space and it goes on.`,
        { cause },
      )
    case CANTOPEN:
      return createError(
        'storage/unavailable',
        `${file} cannot be opened. Check that its folder exists and may be written.`,
        { cause },
      )
    default:
      return createError('storage/unavailable', `${file} does not answer as it should: ${messageOf(error)}`, {
        cause,
      })
  }
}

/** A result code for what went wrong; of a file beside the database the one that SQLite would give. */
function primaryCode(error: unknown): number | undefined {
  if (typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error) {
    return FILE_CODES.get(error.code)
  }
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
