import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReplicaPlace } from './ledger.js'

/** A replica's op within one stream. */
export interface Mark {
  readonly counter: number
  readonly seq: number
}

/** A replica's op further than this from its latest mark gets a mark of its own. */
export const MARK_REACH = 1024
const MARK_OPS = 64

/**
 * A sparse index from counters to seqs. A replica's first op in a stream is marked, and then every 64th
 * or the first one that is 1024 seqs away: any op of the replica lies within 1024 seqs after a mark.
 * So a retry finds its stored answer, and a restarted hub the next counter, by reading a few rows,
 * while an append writes nothing but the log.
 */
export class MarkTable {
  private readonly insert: StatementSync
  private readonly selectAtOrBelow: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO mark (stream, replica, counter, seq) VALUES (?, ?, ?, ?)')
    this.selectAtOrBelow = db.prepare(
      'SELECT counter, seq FROM mark WHERE stream = ? AND replica = ? AND counter <= ? ORDER BY counter DESC LIMIT 1',
    )
  }

  /** The latest mark of the replica at or below `counter`. */
  find(stream: number, replica: number, counter = Number.MAX_SAFE_INTEGER): Mark | undefined {
    return this.selectAtOrBelow.get(stream, replica, counter) as unknown as Mark | undefined
  }

  /** Notes that the replica has appended an op, and marks it when it is due. */
  note(stream: number, place: ReplicaPlace, { counter, seq }: Mark): void {
    const isDue = place.markSeq === 0 || place.opsSinceMark >= MARK_OPS || seq - place.markSeq >= MARK_REACH
    if (!isDue) {
      place.opsSinceMark++
      return
    }
    this.insert.run(stream, place.number, counter, seq)
    place.markSeq = seq
    place.opsSinceMark = 1
  }
}
