import { type FlowSyncError, isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** A prefix of Redis's answer, https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
const CODE =
  /^(OOM|READONLY|MISCONF|NOREPLICAS|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|WRONGTYPE|NOAUTH|WRONGPASS|NOPERM|MOVED|ASK|CROSSSLOT)\b/
const NO_SPACE = /no space left/i
/** `XADD` and arithmetic on what FlowSync did not write. */
const GARBAGE = /stream ID|not an integer|attempt to/
const TOO_OLD = /unknown command|syntax error/i

/** Turns what the client or the server threw into an error that says what to do. The original is its cause. */
export function redisError(error: unknown, server: string): FlowSyncError {
  if (isFlowSyncError(error)) return error
  const cause = error
  const message = error instanceof Error ? error.message : String(error)
  switch (CODE.exec(message)?.[1]) {
    case 'OOM':
      return createError(
        'storage/full',
        `Redis at ${server} has reached its maxmemory. Nothing was stored; give it more and it goes on.`,
        { cause },
      )
    case 'READONLY':
      return createError(
        'storage/read-only',
        `Redis at ${server} is a replica. Give the address of the primary.`,
        {
          cause,
        },
      )
    case 'MISCONF':
      return createError(
        NO_SPACE.test(message) ? 'storage/full' : 'storage/read-only',
        `Redis at ${server} cannot write to its disk and takes no writes. Its log says why.`,
        { cause },
      )
    case 'WRONGTYPE':
      return corrupt(server, cause)
    case 'NOAUTH':
    case 'WRONGPASS':
      return createError(
        'config/invalid',
        `Redis at ${server} does not take the user and password of the URL.`,
      )
    case 'NOPERM':
      return createError(
        'config/invalid',
        `The user of the URL may not do what FlowSync needs at Redis ${server}: allow its keys and scripting.`,
        { cause },
      )
    case 'MOVED':
    case 'ASK':
    case 'CROSSSLOT':
      return createError(
        'config/invalid',
        `Redis at ${server} is another node of a cluster. Give the one that has the slot of the key prefix.`,
        { cause },
      )
    case undefined:
      break
    default:
      return unavailable(`Redis at ${server} takes no writes at the moment: ${message}`, cause)
  }
  if (GARBAGE.test(message)) return corrupt(server, cause)
  if (TOO_OLD.test(message)) {
    return createError(
      'config/invalid',
      `Redis at ${server} lacks what FlowSync needs: use Redis 7.0 or newer.`,
      {
        cause,
      },
    )
  }
  return unavailable(`Redis at ${server} does not answer; nothing was acknowledged.`, cause)
}

function corrupt(server: string, cause: unknown): FlowSyncError {
  return createError(
    'storage/corrupt',
    `Redis at ${server} holds something under FlowSync's keys that it did not write. Restore a backup, or choose another key prefix.`,
    { cause },
  )
}

/** The error of a call that was not answered. */
export function unavailable(message: string, cause?: unknown): FlowSyncError {
  return createError('storage/unavailable', message, { cause })
}
