import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** The sessions that a witness may name while the file is as new as it should be: see `SessionGuard`. */
export interface StoredSessions {
  /** The one that the file was opened for last. */
  readonly session: string
  /** The one that the witness named then. */
  readonly witnessed: string
}

/** What the file knows of itself. */
export class StoreTable {
  private readonly select: StatementSync
  private readonly updateSessions: StatementSync
  private readonly updatePosition: StatementSync

  constructor(db: DatabaseSync) {
    this.select = db.prepare('SELECT session, witnessed, position FROM store')
    this.updateSessions = db.prepare('UPDATE store SET session = ?, witnessed = ?')
    this.updatePosition = db.prepare('UPDATE store SET position = ?')
  }

  sessions(): StoredSessions {
    const { session, witnessed } = this.select.get() as unknown as StoredSessions
    return { session, witnessed }
  }

  setSessions({ session, witnessed }: StoredSessions): void {
    this.updateSessions.run(session, witnessed)
  }

  /** The highest position in the log when rows of it were deleted last. */
  position(): number {
    return (this.select.get() as { position: number }).position
  }

  setPosition(position: number): void {
    this.updatePosition.run(position)
  }
}
