import type { DatabaseSync } from 'node:sqlite'
import { KeptCounterTable } from './kept-counter-table.js'
import { LogTable } from './log-table.js'
import { MarkTable } from './mark-table.js'
import { ReplicaTable } from './replica-table.js'
import { SegmentTable } from './segment-table.js'
import { SnapshotTable } from './snapshot-table.js'
import { StoreTable } from './store-table.js'
import { StreamTable } from './stream-table.js'

/** All tables of a log file. */
export class LogTables {
  readonly store: StoreTable
  readonly streams: StreamTable
  readonly replicas: ReplicaTable
  readonly log: LogTable
  readonly segments: SegmentTable
  readonly marks: MarkTable
  readonly keptCounters: KeptCounterTable
  readonly snapshots: SnapshotTable

  constructor(db: DatabaseSync) {
    this.store = new StoreTable(db)
    this.streams = new StreamTable(db)
    this.replicas = new ReplicaTable(db)
    this.log = new LogTable(db, this.store)
    this.segments = new SegmentTable(db)
    this.marks = new MarkTable(db)
    this.keptCounters = new KeptCounterTable(db)
    this.snapshots = new SnapshotTable(db)
  }
}
