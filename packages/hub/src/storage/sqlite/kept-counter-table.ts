import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** How far the replicas of truncated streams had come when their marks were deleted. */
export class KeptCounterTable {
  private readonly select: StatementSync
  private readonly upsert: StatementSync

  constructor(db: DatabaseSync) {
    this.select = db.prepare(
      'SELECT next_counter AS nextCounter FROM kept_counter WHERE stream = ? AND replica = ?',
    )
    this.upsert = db.prepare(
      'INSERT OR REPLACE INTO kept_counter (stream, replica, next_counter) VALUES (?, ?, ?)',
    )
  }

  /** The first counter that is not truncated; 1 for a replica none of whose ops are. */
  find(stream: number, replica: number): number {
    const row = this.select.get(stream, replica) as { nextCounter: number } | undefined
    return row?.nextCounter ?? 1
  }

  put(stream: number, replica: number, nextCounter: number): void {
    this.upsert.run(stream, replica, nextCounter)
  }
}
