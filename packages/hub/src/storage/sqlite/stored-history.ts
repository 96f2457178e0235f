import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { type LogRow, opsOfRow } from '../log-rows.js'
import { opsOfSegment, replicasOfSegment, type Segment } from '../segment.js'
import type { LogTables } from './log-tables.js'

/** A stretch of a log as it is stored, with the names of the replicas that it numbers. */
export interface EncodedHistory {
  /** Those that hold what is asked for of the log up to the floor. */
  readonly segments: readonly Segment[]
  /** Those that hold what is asked for above it. */
  readonly rows: readonly LogRow[]
  readonly replicas: ReadonlyMap<number, ReplicaId>
}

/** What is asked for of a stream's log. */
export interface HistoryRange {
  /** The stream's number. */
  readonly stream: number
  readonly floorSeq: number
  readonly fromSeq: number
  readonly throughSeq: number
}

/** At least what `sizeOfOp` says of any op. */
const MIN_OP_SIZE = 16

/** The ops of streams, wherever they are: in segments up to the floor, in rows above it. */
export class StoredHistory {
  private readonly tables: LogTables
  /** Retries ask for one op after the other; inflating the segment for each of them would be slow. */
  private lastSegment:
    { readonly stream: number; readonly first: number; readonly ops: SequencedOp[] } | undefined

  constructor(tables: LogTables) {
    this.tables = tables
  }

  /** The ops of the range, with their seqs, decoded as they are asked for. */
  *ops({ stream, floorSeq, fromSeq, throughSeq }: HistoryRange): Generator<SequencedOp> {
    const within = ({ seq }: SequencedOp): boolean => seq >= fromSeq && seq <= throughSeq
    if (fromSeq <= floorSeq) {
      for (const segment of this.tables.segments.from(stream, fromSeq)) {
        if (segment.first > throughSeq) return
        yield* this.decoded(stream, segment).filter(within)
      }
    }
    for (const row of this.tables.log.rowsFrom(stream, fromSeq)) {
      if (row.first > throughSeq) return
      yield* opsOfRow(row, (number) => this.tables.replicas.nameOf(number)).filter(within)
    }
  }

  /** What holds the range up to at least `limitBytes` of ops, as it is stored: decoding it is left to another thread. */
  encoded({ stream, floorSeq, fromSeq, throughSeq }: HistoryRange, limitBytes: number): EncodedHistory {
    const segments: Segment[] = []
    const rows: LogRow[] = []
    const numbers = new Set<number>()
    let bytes = 0
    if (fromSeq <= Math.min(floorSeq, throughSeq)) {
      for (const { first, last, size, bytes: compressed } of this.tables.segments.from(stream, fromSeq)) {
        if (first > throughSeq || bytes >= limitBytes) break
        const segment = { first, last, bytes: compressed }
        segments.push(segment)
        for (const number of replicasOfSegment(segment)) numbers.add(number)
        bytes += first >= fromSeq ? size : (last - fromSeq + 1) * MIN_OP_SIZE
      }
    }
    if (throughSeq > floorSeq && fromSeq <= throughSeq && bytes < limitBytes) {
      for (const row of this.tables.log.rowsFrom(stream, fromSeq)) {
        if (row.first > throughSeq || bytes >= limitBytes) break
        rows.push(row)
        noteNumbers(row, numbers)
        // Of the row that is entered in the middle nobody knows how much is asked for.
        if (row.first >= fromSeq) bytes += row.ops.length
      }
    }
    const replicas = new Map([...numbers].map((number) => [number, this.tables.replicas.nameOf(number)]))
    return { segments, rows, replicas }
  }

  /** Forgets what a transaction that was rolled back may have read. */
  clear(): void {
    this.lastSegment = undefined
  }

  private decoded(stream: number, segment: Segment): SequencedOp[] {
    const { lastSegment } = this
    if (lastSegment?.stream === stream && lastSegment.first === segment.first) return lastSegment.ops
    const ops = opsOfSegment(segment, (number) => this.tables.replicas.nameOf(number))
    this.lastSegment = { stream, first: segment.first, ops }
    return ops
  }
}

function noteNumbers(row: LogRow, numbers: Set<number>): void {
  opsOfRow(row, (number) => {
    numbers.add(number)
    return '' as ReplicaId
  })
}
