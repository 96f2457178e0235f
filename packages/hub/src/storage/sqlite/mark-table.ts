import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Mark } from '../marks.js'

/** The marks of all streams: see `noteOp`. */
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

  put(stream: number, replica: number, { counter, seq }: Mark): void {
    this.insert.run(stream, replica, counter, seq)
  }
}
