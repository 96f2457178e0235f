import type { CachedStream } from '../cached-stream.js'
import type { LogTables } from './log-tables.js'
import type { StoredLedger } from './stored-ledger.js'

/** Forgets the log of the stream up to its head, inside a transaction. What is left of its replicas is how far they came. */
export function forgetLog(
  tables: LogTables,
  ledger: StoredLedger,
  stream: CachedStream,
  epoch: string,
): void {
  const { number, headSeq } = stream
  for (const [replica, nextCounter] of ledger.nextCounters(stream)) {
    tables.keptCounters.put(number, replica, nextCounter)
  }
  tables.marks.deleteOf(number)
  tables.segments.deleteOf(number)
  tables.log.deleteBelow(number, headSeq + 1)
  tables.snapshots.deleteBelow(number, headSeq)
  tables.streams.setTruncated(number, epoch, headSeq)
}
