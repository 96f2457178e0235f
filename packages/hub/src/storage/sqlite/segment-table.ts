import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Segment } from '../segment.js'

/** A segment, and how large its ops are together: see `sizeOfOp`. */
export interface SegmentRow extends Segment {
  readonly size: number
}

/** The compressed beginnings of the logs of all streams. */
export class SegmentTable {
  private readonly insert: StatementSync
  private readonly selectFrom: StatementSync
  private readonly remove: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO segment (stream, first, last, size, bytes) VALUES (?, ?, ?, ?, ?)')
    this.selectFrom = db.prepare(
      `SELECT first, last, size, bytes FROM segment
       WHERE stream = ?1 AND first >= coalesce(
         (SELECT first FROM segment WHERE stream = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), 0)
       ORDER BY first`,
    )
    this.remove = db.prepare('DELETE FROM segment WHERE stream = ?')
  }

  put(stream: number, { first, last, size, bytes }: SegmentRow): void {
    this.insert.run(stream, first, last, size, bytes)
  }

  /** The segment that holds `seq`, and those after it. */
  *from(stream: number, seq: number): Generator<SegmentRow> {
    for (const row of this.selectFrom.iterate(stream, seq)) yield row as unknown as SegmentRow
  }

  deleteOf(stream: number): void {
    this.remove.run(stream)
  }
}
