import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { prepareSchema } from './schema.js'
import { sqliteError } from './sqlite-error.js'

const PAGE_BYTES = 4096
/** What the write-ahead log may grow to before SQLite copies it into the file: 1000 pages. */
const WAL_BYTES = 1000 * (PAGE_BYTES + 24)

/** How a log file is opened. */
export interface ConnectionOptions {
  readonly file: string
  /** Above this size the file takes no more ops: `storage/full`. 0 for no limit. */
  readonly limitBytes: number
}

/** One locked, durable connection to a log file, and transactions on it. */
export class Connection {
  readonly db: DatabaseSync
  private readonly file: string

  /** @throws FlowSyncError; the file is left as it is */
  constructor({ file, limitBytes }: ConnectionOptions) {
    this.file = file
    this.db = this.run(() => new DatabaseSync(file, { timeout: 0 }))
    try {
      this.run(() => configure(this.db, file, limitBytes))
    } catch (error) {
      this.db.close()
      throw error
    }
  }

  /** Runs `work` and turns whatever it throws into a FlowSyncError. */
  run<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw sqliteError(error, this.file)
    }
  }

  /** Runs `work` in one transaction: durable when it returns, undone when it throws. */
  transact<T>(work: () => T): T {
    return this.run(() => {
      this.db.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        this.db.exec('COMMIT')
        return result
      } catch (error) {
        // SQLite rolls back by itself when the disk is full; a second ROLLBACK would hide why.
        if (this.db.isTransaction) this.db.exec('ROLLBACK')
        throw error
      }
    })
  }

  close(): void {
    this.db.close()
  }
}

function configure(db: DatabaseSync, file: string, limitBytes: number): void {
  // The lock is the whole process's: a second hub on this file would give the same seqs again.
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  db.exec('PRAGMA journal_mode = WAL')
  // Sync the log at every commit: an acknowledged op must survive power loss.
  db.exec('PRAGMA synchronous = FULL')
  db.exec('PRAGMA cache_size = -65536')
  if (limitBytes > 0) db.exec(`PRAGMA max_page_count = ${Math.ceil(limitBytes / PAGE_BYTES)}`)
  prepareSchema(db, file)
  if (limitBytes === 0) preallocate(db, file)
  // What is erased is to be gone from the file too, not only from its tables.
  db.exec('PRAGMA secure_delete = ON')
}

/**
 * Makes the write-ahead log as large as it gets. A sync of a file that does not grow is two to three
 * times as fast, and every commit is one.
 */
function preallocate(db: DatabaseSync, file: string): void {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false })
  if (file === ':memory:' || (wal && wal.size >= WAL_BYTES)) return
  db.exec(
    `BEGIN; CREATE TABLE reserve (bytes BLOB); INSERT INTO reserve VALUES (zeroblob(${WAL_BYTES})); COMMIT`,
  )
  db.exec('DROP TABLE reserve; PRAGMA wal_checkpoint(RESTART)')
}
