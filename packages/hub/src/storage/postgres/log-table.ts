import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { lastSeqOf, opsOfRow, rowsOf } from '../log-rows.js'
import { sizeOfOp } from '../op-size.js'
import { encodeSegment, opsOfSegment } from '../segment.js'
import type { Session, Statement } from './session.js'

/** Contiguous ops of a stream as they are stored, in a row of the log or in a segment. */
export interface StoredRow {
  readonly first: number
  readonly last: number
  readonly bytes: Uint8Array
  readonly isSegment: boolean
}

/** Seqs of one stream. */
export interface SeqRange {
  readonly stream: number
  readonly low: number
  readonly high: number
}

const COLUMNS = {
  segment: 't.size, t.bytes, true AS "isSegment"',
  // About what sizeOfOp makes of it.
  log: '16 * (t.last - t.first + 1) + octet_length(t.ops) AS size, t.ops AS bytes, false AS "isSegment"',
}

/** The row of a table that holds `low`, and those after it up to `high`, as SQL. */
const covering = (table: 'segment' | 'log', stream: string, low: string, high: string): string => `
  SELECT t.first, t.last, ${COLUMNS[table]} FROM ${table} t
  WHERE t.stream = ${stream} AND t.first <= ${high} AND t.last >= ${low} AND t.first >= coalesce(
    (SELECT b.first FROM ${table} b WHERE b.stream = ${stream} AND b.first <= ${low} ORDER BY b.first DESC LIMIT 1), 0)`

/** Rows and segments of a stream that hold seqs from `low` to `high`, as SQL; without an order. */
export const rowsBetween = (
  stream: string,
  low: string,
  high: string,
  limits = { segments: '', rows: '' },
): string => `
  (${covering('segment', stream, low, high)} ${limits.segments})
  UNION ALL
  (${covering('log', stream, low, high)} ${limits.rows})`

const READ_RANGES: Statement = {
  name: 'read_ranges',
  text: `SELECT w.index - 1 AS index, p.*
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS w (stream, low, high, index)
    CROSS JOIN LATERAL (${rowsBetween('w.stream', 'w.low', 'w.high')}) p
    ORDER BY w.index, p.first`,
}
const INSERT_ROW: Statement = {
  name: 'insert_row',
  text: 'INSERT INTO log (stream, first, last, ops) VALUES ($1, $2, $3, $4)',
}
const INSERT_SEGMENT: Statement = {
  name: 'insert_segment',
  text: 'INSERT INTO segment (stream, first, last, size, bytes) VALUES ($1, $2, $3, $4, $5)',
}

/** What stands in ranges, with all rows whole. */
export async function readRanges(session: Session, ranges: readonly SeqRange[]): Promise<StoredRow[][]> {
  const found = ranges.map((): StoredRow[] => [])
  if (ranges.length === 0) return found
  const rows = await session.query<StoredRow & { index: number }>(READ_RANGES, [
    ranges.map(({ stream }) => stream),
    ranges.map(({ low }) => low),
    ranges.map(({ high }) => high),
  ])
  for (const row of rows) found[row.index]?.push(row)
  return found
}

/** Writes ops as rows of the log. Appends have a statement of their own. */
export async function insertRows(
  session: Session,
  stream: number,
  ops: readonly SequencedOp[],
  numberOfReplica: (replica: ReplicaId) => number,
): Promise<void> {
  const rows = rowsOf(ops, numberOfReplica)
  await Promise.all(
    rows.map((row) => session.query(INSERT_ROW, [stream, row.first, lastSeqOf(row), row.ops])),
  )
}

/** Writes ops, at least one, as one segment. */
export function insertSegment(
  session: Session,
  stream: number,
  ops: readonly SequencedOp[],
  numberOfReplica: (replica: ReplicaId) => number,
): Promise<unknown> {
  const { first, last, bytes } = encodeSegment(ops, numberOfReplica)
  const size = ops.reduce((sum, op) => sum + sizeOfOp(op), 0)
  return session.query(INSERT_SEGMENT, [stream, first, last, size, bytes])
}

/** @throws FlowSyncError `storage/corrupt` */
export function opsOf(row: StoredRow, replicaOf: (number: number) => ReplicaId): SequencedOp[] {
  return row.isSegment
    ? opsOfSegment(row, replicaOf)
    : opsOfRow({ first: row.first, ops: row.bytes }, replicaOf)
}

/**
 * Stands for a replica whose name does not matter: its number. Rows that are only searched, or written again,
 * need no names.
 */
export function placeholder(number: number): ReplicaId {
  return String(number) as ReplicaId
}

/** The number that a {@link placeholder} stands for. */
export function numberOf(replica: ReplicaId): number {
  return Number(replica)
}
