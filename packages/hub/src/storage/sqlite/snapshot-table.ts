import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { keptSnapshots } from '../kept-snapshots.js'

/** A stored state without the epoch, which the stream has. */
export interface SnapshotRow {
  readonly seq: number
  readonly state: Uint8Array
}

/** Snapshots by stream and seq. */
export class SnapshotTable {
  private readonly insert: StatementSync
  private readonly selectAtOrBelow: StatementSync
  private readonly selectNewest: StatementSync
  private readonly selectSeqs: StatementSync
  private readonly remove: StatementSync
  private readonly removeBelow: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare('INSERT OR REPLACE INTO snapshot (stream, seq, state) VALUES (?, ?, ?)')
    this.selectAtOrBelow = db.prepare(
      'SELECT seq, state FROM snapshot WHERE stream = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
    )
    this.selectNewest = db.prepare('SELECT max(seq) AS seq FROM snapshot WHERE stream = ?')
    this.selectSeqs = db.prepare('SELECT seq FROM snapshot WHERE stream = ?')
    this.remove = db.prepare('DELETE FROM snapshot WHERE stream = ? AND seq = ?')
    this.removeBelow = db.prepare('DELETE FROM snapshot WHERE stream = ? AND seq < ?')
  }

  put(stream: number, { seq, state }: SnapshotRow): void {
    this.insert.run(stream, seq, state)
    const seqs = (this.selectSeqs.all(stream) as { seq: number }[]).map((row) => row.seq)
    const kept = new Set(keptSnapshots(seqs))
    for (const old of seqs) if (!kept.has(old)) this.remove.run(stream, old)
  }

  find(stream: number, atOrBelow: number): SnapshotRow | undefined {
    return this.selectAtOrBelow.get(stream, atOrBelow) as unknown as SnapshotRow | undefined
  }

  /** Seq of the newest; undefined when there is none. */
  newestSeq(stream: number): number | undefined {
    return (this.selectNewest.get(stream) as { seq: number | null }).seq ?? undefined
  }

  deleteBelow(stream: number, seq: number): void {
    this.removeBelow.run(stream, seq)
  }
}
