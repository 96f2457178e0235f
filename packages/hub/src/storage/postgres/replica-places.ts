import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { ReplicaPlace } from '../cached-stream.js'
import { MARK_REACH } from '../marks.js'
import type { StoredOp } from '../plan-append.js'
import { opsOf, placeholder, readRanges, type SeqRange } from './log-table.js'
import type { Session, Statement } from './session.js'

/** A replica of a stream, to be looked up. */
export interface ReplicaOfStream {
  readonly stream: number
  readonly workspace: string
  readonly replica: ReplicaId
}

/** Where to look for an op of a replica, or for its last one. */
export interface ReplicaMark {
  readonly number: number
  /** As bytes: a subject may hold what no text of PostgreSQL does. */
  readonly subject: Uint8Array
  /** What truncation, or an import, left of it. */
  readonly keptCounter: number | null
  readonly truncatedCounter: number | null
  readonly markCounter: number | null
  readonly markSeq: number | null
}

/** An op that is asked for by its first counter. */
export interface WantedOp extends ReplicaOfStream {
  readonly counter: number
}

const FIND_MARKS: Statement = {
  name: 'find_marks',
  text: `SELECT w.index - 1 AS index, r.id AS number, r.subject, k.next_counter AS "keptCounter",
      k.truncated_counter AS "truncatedCounter", m.counter AS "markCounter", m.seq AS "markSeq"
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])
      WITH ORDINALITY AS w (stream, workspace, hex, counter, index)
    JOIN replica r ON r.workspace = w.workspace COLLATE "C" AND r.hex = w.hex COLLATE "C"
    LEFT JOIN kept_counter k ON k.stream = w.stream AND k.replica = r.id
    LEFT JOIN LATERAL (
      SELECT mark.counter, mark.seq FROM mark
      WHERE mark.stream = w.stream AND mark.replica = r.id AND mark.counter <= w.counter
      ORDER BY mark.counter DESC LIMIT 1
    ) m ON true`,
}

/** The latest mark of each, or the latest at or below the counter asked for. Undefined for unknown replicas. */
export async function findMarks(
  session: Session,
  wanted: readonly (ReplicaOfStream & { readonly counter?: number })[],
): Promise<(ReplicaMark | undefined)[]> {
  const found = wanted.map((): ReplicaMark | undefined => undefined)
  if (wanted.length === 0) return found
  const rows = await session.query<ReplicaMark & { index: number }>(FIND_MARKS, [
    wanted.map(({ stream }) => stream),
    wanted.map(({ workspace }) => workspace),
    wanted.map(({ replica }) => replica),
    wanted.map(({ counter }) => counter ?? Number.MAX_SAFE_INTEGER),
  ])
  for (const { index, ...row } of rows) found[index] = row
  return found
}

/** Where replicas stand, given their latest marks: undefined for those that never appended to the stream. */
export async function placesOf(
  session: Session,
  wanted: readonly ReplicaOfStream[],
  marks: readonly (ReplicaMark | undefined)[],
): Promise<(ReplicaPlace | undefined)[]> {
  const ops = await opsBehind(session, wanted, marks)
  return marks.map((mark, index) => {
    if (!mark) return undefined
    const { number, markCounter, markSeq, keptCounter } = mark
    if (markSeq === null || markCounter === null) {
      return keptCounter === null
        ? undefined
        : { number, nextCounter: keptCounter, markSeq: 0, opsSinceMark: 0 }
    }
    const own = ownOps(ops.get(wanted[index]?.stream ?? 0), number, markSeq)
    const last = own.at(-1)
    const nextCounter = Math.max(last ? last.counter + last.count : markCounter, keptCounter ?? 1)
    return { number, nextCounter, markSeq, opsSinceMark: own.length }
  })
}

/** Stored ops by the counters that they begin at, or that they are among those that are gone. */
export async function findOps(
  session: Session,
  wanted: readonly WantedOp[],
): Promise<(StoredOp | undefined)[]> {
  const marks = await findMarks(session, wanted)
  const ops = await opsBehind(session, wanted, marks)
  return wanted.map(({ stream, replica, counter }, index) => {
    const mark = marks[index]
    if (!mark) return undefined
    if (counter < (mark.truncatedCounter ?? 1)) return 'truncated'
    const op = ownOps(ops.get(stream), mark.number, mark.markSeq ?? 0).find((own) => own.counter === counter)
    return op && { ...op, replica }
  })
}

/** Ops of a stream, by replica, in the order of their seqs. */
type OpsByReplica = Map<ReplicaId, SequencedOp[]>

function ownOps(ops: OpsByReplica | undefined, number: number, markSeq: number): SequencedOp[] {
  const own = ops?.get(placeholder(number)) ?? []
  return own.filter(({ seq }) => seq >= markSeq && seq < markSeq + MARK_REACH)
}

/** All that lies within reach of the marks, by stream. */
async function opsBehind(
  session: Session,
  wanted: readonly ReplicaOfStream[],
  marks: readonly (ReplicaMark | undefined)[],
): Promise<Map<number, OpsByReplica>> {
  const ranges = mergeRanges(
    wanted.flatMap(({ stream }, index) => {
      const low = marks[index]?.markSeq
      return low == null ? [] : [{ stream, low, high: low + MARK_REACH - 1 }]
    }),
  )
  const found = new Map<number, OpsByReplica>()
  const rows = await readRanges(session, ranges)
  ranges.forEach(({ stream, low, high }, index) => {
    const byReplica = found.get(stream) ?? new Map<ReplicaId, SequencedOp[]>()
    found.set(stream, byReplica)
    for (const op of (rows[index] ?? []).flatMap((row) => opsOf(row, placeholder))) {
      if (op.seq < low || op.seq > high) continue
      const own = byReplica.get(op.replica)
      if (own) own.push(op)
      else byReplica.set(op.replica, [op])
    }
  })
  return found
}

/** The same seqs in as few ranges, ordered: what overlaps is read once. */
export function mergeRanges(ranges: readonly SeqRange[]): SeqRange[] {
  const merged: SeqRange[] = []
  for (const range of [...ranges].sort((a, b) => a.stream - b.stream || a.low - b.low)) {
    const former = merged.at(-1)
    if (former?.stream !== range.stream || former.high + 1 < range.low) merged.push(range)
    else merged[merged.length - 1] = { ...former, high: Math.max(former.high, range.high) }
  }
  return merged
}
