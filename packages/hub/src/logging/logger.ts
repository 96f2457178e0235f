import { isFlowSyncError } from '@flowsync/crdt'
import { pino } from 'pino'

type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void

/**
 * Where a hub writes what happens to it; a pino logger is one. What it is given never contains a token,
 * a payload or a whole address.
 */
export interface HubLogger {
  debug: Write
  info: Write
  warn: Write
  error: Write
}

/** Logs nothing. */
export const silentLogger: HubLogger = { debug() {}, info() {}, warn() {}, error() {} }

/** Lines that cannot be written wait for a better time; beyond so many bytes they are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024

/**
 * JSON lines on standard output, as pino writes them. A disk that takes none of them, being full, does not stop the hub:
 * without a listener pino would try for ever.
 */
export function createLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info'): HubLogger {
  const output = pino.destination({ dest: 1, sync: true, maxLength: MAX_WAITING_BYTES })
  // There is nowhere to tell that nothing can be told.
  output.on('error', () => undefined)
  return pino({ name: 'flowsync', level, base: undefined }, output)
}

/** Errors of the hub itself; those of other areas may quote what a client sent. */
const OWN_AREAS = /^(storage|config|hub)\//

/**
 * What of an error may go to the log: what it is and where it came from. Messages of foreign errors
 * are left out, because some quote the input: `JSON.parse` does.
 */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (isFlowSyncError(error)) {
    return OWN_AREAS.test(error.code) ? { code: error.code, reason: error.message } : { code: error.code }
  }
  if (!(error instanceof Error)) return { thrown: typeof error }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { thrown: error.name, at: frames.map((line) => line.trim()) }
}
