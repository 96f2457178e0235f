import type { ReplicaId } from '@flowsync/crdt'
import type { CachedStream, LedgerSource, ReplicaPlace } from '../cached-stream.js'
import { MARK_REACH } from '../marks.js'
import type { StoredOp } from '../plan-append.js'
import type { LogTables } from './log-tables.js'
import type { StoredHistory } from './stored-history.js'

/** Finds what the file knows of replicas, by their marks. */
export class StoredLedger implements LedgerSource {
  private readonly tables: LogTables
  private readonly history: StoredHistory

  constructor(tables: LogTables, history: StoredHistory) {
    this.tables = tables
    this.history = history
  }

  subjectOf(workspace: string, replica: ReplicaId): string | undefined {
    return this.tables.replicas.find(workspace, replica)?.subject
  }

  loadPlace(stream: CachedStream, replica: ReplicaId): ReplicaPlace | undefined {
    const number = this.tables.replicas.find(stream.workspace, replica)?.number
    if (number === undefined) return undefined
    const mark = this.tables.marks.find(stream.number, number)
    if (!mark) {
      const nextCounter = this.tables.keptCounters.find(stream.number, number)
      return nextCounter === 1 ? undefined : { number, nextCounter, markSeq: 0, opsSinceMark: 0 }
    }
    let opsSinceMark = 0
    let nextCounter = mark.counter
    for (const op of this.opsAfterMark(stream, mark.seq)) {
      if (op.replica !== replica) continue
      opsSinceMark++
      nextCounter = op.counter + op.count
    }
    return { number, nextCounter, markSeq: mark.seq, opsSinceMark }
  }

  findStored(stream: CachedStream, replica: ReplicaId, counter: number): StoredOp | undefined {
    const number = this.tables.replicas.find(stream.workspace, replica)?.number
    if (number === undefined) return undefined
    if (counter < this.tables.keptCounters.find(stream.number, number)) return 'truncated'
    const mark = this.tables.marks.find(stream.number, number, counter)
    if (!mark) return undefined
    for (const op of this.opsAfterMark(stream, mark.seq)) {
      if (op.replica === replica && op.counter === counter) return op
    }
    return undefined
  }

  /** The next counter of every replica, by number, in one pass over the stretches that their marks begin. */
  nextCounters(stream: CachedStream): Map<number, number> {
    const marks = this.tables.marks.latest(stream.number).sort((a, b) => a.seq - b.seq)
    const next = new Map(marks.map(({ replica, counter }) => [replica, counter]))
    let readThrough = 0
    for (const { seq } of marks) {
      const throughSeq = seq + MARK_REACH - 1
      const fromSeq = Math.max(seq, readThrough + 1)
      readThrough = throughSeq
      for (const op of this.history.ops({ ...rangeOf(stream), fromSeq, throughSeq })) {
        const number = this.tables.replicas.find(stream.workspace, op.replica)?.number
        if (number !== undefined) next.set(number, op.counter + op.count)
      }
    }
    return next
  }

  private opsAfterMark(stream: CachedStream, markSeq: number): Iterable<CachedStream['staged'][number]> {
    return this.history.ops({ ...rangeOf(stream), fromSeq: markSeq, throughSeq: markSeq + MARK_REACH - 1 })
  }
}

function rangeOf({ number, floorSeq }: CachedStream): { readonly stream: number; readonly floorSeq: number } {
  return { stream: number, floorSeq }
}
