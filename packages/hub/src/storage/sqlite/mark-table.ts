import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Mark } from '../marks.js'

/** The latest mark of a replica. */
export interface ReplicaMark extends Mark {
  readonly replica: number
}

/** The marks of all streams: see `noteOp`. */
export class MarkTable {
  private readonly insert: StatementSync
  private readonly selectAtOrBelow: StatementSync
  private readonly selectLatest: StatementSync
  private readonly remove: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO mark (stream, replica, counter, seq) VALUES (?, ?, ?, ?)')
    this.selectAtOrBelow = db.prepare(
      'SELECT counter, seq FROM mark WHERE stream = ? AND replica = ? AND counter <= ? ORDER BY counter DESC LIMIT 1',
    )
    this.selectLatest = db.prepare(
      'SELECT replica, max(counter) AS counter, max(seq) AS seq FROM mark WHERE stream = ? GROUP BY replica',
    )
    this.remove = db.prepare('DELETE FROM mark WHERE stream = ?')
  }

  /** The latest mark of the replica at or below `counter`. */
  find(stream: number, replica: number, counter = Number.MAX_SAFE_INTEGER): Mark | undefined {
    return this.selectAtOrBelow.get(stream, replica, counter) as unknown as Mark | undefined
  }

  /** The latest mark of each replica. */
  latest(stream: number): ReplicaMark[] {
    return this.selectLatest.all(stream) as unknown as ReplicaMark[]
  }

  put(stream: number, replica: number, { counter, seq }: Mark): void {
    this.insert.run(stream, replica, counter, seq)
  }

  deleteOf(stream: number): void {
    this.remove.run(stream)
  }
}
