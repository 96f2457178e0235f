import { randomBytes } from 'node:crypto'
import type { StoreOpening } from '../driver.js'
import type { LogTables } from './log-tables.js'
import type { StoredSessions } from './store-table.js'
import { type Testimony, WitnessFile } from './witness-file.js'

/** What a log file says of itself. */
interface StoreState extends StoredSessions {
  /** Of the last row that was ever written to its log. */
  readonly position: number
}

/**
 * Whether the file is older than what was last written here: the witness names a session that the file knows
 * nothing of, or the session's log had come further.
 *
 * Each opening gives the file a new session, durably, before the witness names it. So after a crash in between
 * the witness names the former session, which the file keeps as `witnessed` until another opening finds the
 * witness telling something else: however often that crash happens, it is never taken for a restored backup.
 */
export function isRestored(state: StoreState, testimony: Testimony | undefined): boolean {
  if (!testimony) return false
  const { session, position } = testimony
  if (session !== state.session && session !== state.witnessed) return true
  return position > state.position
}

/** The sessions to store for an opening, before the witness is told of it. */
export function nextSessions(testimony: Testimony | undefined): StoredSessions {
  return { session: randomBytes(16).toString('hex'), witnessed: testimony?.session ?? '' }
}

/** How often the witness is synced while the log grows. */
const SYNC_EVERY_MS = 60_000

/** Judges a log file against its witness when it is opened, and tells the witness how the log grows. */
export class SessionGuard {
  private readonly tables: LogTables
  private readonly witness: WitnessFile | undefined
  private notedPosition = 0
  private syncedAtMs = 0

  constructor(file: string, tables: LogTables) {
    this.tables = tables
    this.witness = file === ':memory:' ? undefined : new WitnessFile(`${file}-witness`)
  }

  /**
   * Begins a session. In a file that is older than it should be all streams begin new epochs.
   * @param transact runs its argument in a transaction that is durable when it returns
   */
  open(transact: (work: () => void) => void): StoreOpening {
    const { witness } = this
    if (!witness) return { wasRestored: false }
    const { store, streams, log } = this.tables
    const testimony = witness.read()
    const wasRestored = isRestored({ ...store.sessions(), position: log.lastPosition }, testimony)
    const sessions = nextSessions(testimony)
    transact(() => {
      if (wasRestored) streams.renewEpochs()
      store.setSessions(sessions)
    })
    witness.replace({ session: sessions.session, position: log.lastPosition })
    this.notedPosition = log.lastPosition
    this.syncedAtMs = performance.now()
    return { wasRestored }
  }

  /** Tells the witness how far the log has come, after a commit and before anybody is told of it. */
  note(): void {
    const { lastPosition } = this.tables.log
    if (lastPosition === this.notedPosition) return
    this.notedPosition = lastPosition
    this.tell((witness) => {
      witness.note(lastPosition)
      if (performance.now() - this.syncedAtMs < SYNC_EVERY_MS) return
      witness.sync()
      this.syncedAtMs = performance.now()
    })
  }

  close(): void {
    this.tell((witness) => witness.sync())
    this.witness?.close()
  }

  private tell(work: (witness: WitnessFile) => void): void {
    const { witness } = this
    if (!witness) return
    try {
      work(witness)
    } catch {
      // The log is durable all the same. A witness that knows too little accuses nobody.
      witness.close()
    }
  }
}
