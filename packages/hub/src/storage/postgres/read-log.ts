import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { LogPosition, LogSlice, ReadRange } from '../driver.js'
import { sizeOfOp } from '../op-size.js'
import { streamTruncated } from '../plan-append.js'
import { replicasOfSegment } from '../segment.js'
import { opsOf, placeholder, rowsBetween, type StoredRow } from './log-table.js'
import type { Session, Statement } from './session.js'

/** A row of the answer; without row columns when there is nothing to read. */
type PageRow = LogPosition & { [Column in keyof StoredRow]: StoredRow[Column] | null }

/**
 * A part of the log and where it stands, as of one moment: rows that together have about as many bytes as are asked
 * for, as `sizeOfOp` counts them, and few enough that a page is a bounded piece of work. The first row does not count:
 * it may have little that is asked for.
 */
const READ_PAGE: Statement = {
  name: 'read_page',
  text: `SELECT s.epoch, s.head_seq AS "headSeq", s.floor_seq AS "floorSeq", s.truncated_seq AS "truncatedSeq",
      p.first, p.last, p.bytes, p."isSegment"
    FROM stream s LEFT JOIN LATERAL (
      SELECT t.*, sum(t.size) OVER (ORDER BY t.first) - t.size - first_value(t.size) OVER (ORDER BY t.first) AS before
      FROM (${rowsBetween('s.id', '($3::bigint + 1)', '$4::bigint', {
        segments: 'ORDER BY t.first LIMIT 4',
        rows: 'ORDER BY t.first LIMIT 1000',
      })}) t
    ) p ON p.before < $5
    WHERE s.workspace = $1 AND s.name = $2
    ORDER BY p.first`,
}
const NAMES: Statement = {
  name: 'find_names',
  text: 'SELECT id AS number, hex FROM replica WHERE id = ANY ($1::bigint[])',
}

/**
 * Reads page after page until the bytes that are asked for are reached. Ops never change, so pages of one epoch fit together,
 * also when others append or compact in between.
 */
export async function readLog(session: Session, range: ReadRange): Promise<LogSlice | undefined> {
  const ops: SequencedOp[] = []
  let position: LogPosition | undefined
  for (let [afterSeq, bytes] = [range.afterSeq, 0]; ;) {
    const throughSeq = Math.min(range.throughSeq ?? Number.MAX_SAFE_INTEGER, position?.headSeq ?? Infinity)
    const limitBytes = range.limitBytes - bytes
    const page = await readPage(session, { ...range, afterSeq, throughSeq, limitBytes })
    if (!page) return position && { ...position, ops }
    position ??= page.position
    if (page.position.epoch !== position.epoch) return { ...position, ops }
    if (afterSeq < page.position.truncatedSeq) throw streamTruncated(range.stream)
    const taken = await decode(
      session,
      page.rows,
      afterSeq,
      Math.min(throughSeq, position.headSeq),
      limitBytes,
    )
    ops.push(...taken.ops)
    bytes += taken.bytes
    afterSeq += taken.ops.length
    const isComplete = afterSeq >= Math.min(throughSeq, position.headSeq) || bytes >= range.limitBytes
    if (isComplete) return { ...position, ops }
    if (taken.ops.length === 0) throw createError('storage/corrupt', `The log lacks seq ${afterSeq + 1}.`)
  }
}

interface Page {
  readonly position: LogPosition
  readonly rows: readonly StoredRow[]
}

async function readPage(
  session: Session,
  { workspace, stream, afterSeq, throughSeq, limitBytes }: Required<ReadRange>,
): Promise<Page | undefined> {
  const through = Math.min(throughSeq, Number.MAX_SAFE_INTEGER)
  const values = [workspace, stream, afterSeq, through, Math.min(limitBytes, Number.MAX_SAFE_INTEGER)]
  const found = await session.query<PageRow>(READ_PAGE, values)
  const head = found[0]
  if (!head) return undefined
  const { epoch, headSeq, floorSeq, truncatedSeq } = head
  const rows: StoredRow[] = []
  for (const { first, last, bytes, isSegment } of found) {
    if (first === null || last === null || bytes === null || isSegment === null) continue
    // Behind the segments of a page there may be a gap up to the first row of the log: the next page fills it.
    const former = rows.at(-1)
    if (former && first !== former.last + 1) break
    rows.push({ first, last, bytes, isSegment })
  }
  return { position: { epoch, headSeq, floorSeq, truncatedSeq }, rows }
}

async function decode(
  session: Session,
  rows: readonly StoredRow[],
  afterSeq: number,
  throughSeq: number,
  limitBytes: number,
): Promise<{ ops: SequencedOp[]; bytes: number }> {
  const names = await namesOf(session, rows)
  const ops: SequencedOp[] = []
  let bytes = 0
  for (const row of rows) {
    if (bytes >= limitBytes) break
    for (const op of opsOf(row, (number) => names.get(number) ?? unknownReplica(number))) {
      if (op.seq <= afterSeq || op.seq > throughSeq || bytes >= limitBytes) continue
      ops.push(op)
      bytes += sizeOfOp(op)
    }
  }
  if (ops[0] && ops[0].seq !== afterSeq + 1) {
    throw createError('storage/corrupt', `The log lacks seq ${afterSeq + 1}.`)
  }
  return { ops, bytes }
}

/** The replicas that rows name by number. */
async function namesOf(session: Session, rows: readonly StoredRow[]): Promise<Map<number, ReplicaId>> {
  const { cache } = session
  const names = new Map<number, ReplicaId>()
  const unknown = new Set<number>()
  for (const number of rows.flatMap(numbersIn)) {
    const name = cache.nameOf(number)
    if (name === undefined) unknown.add(number)
    else names.set(number, name)
  }
  if (unknown.size === 0) return names
  for (const { number, hex } of await session.query<{ number: number; hex: ReplicaId }>(NAMES, [
    [...unknown],
  ])) {
    cache.keepName(number, hex)
    names.set(number, hex)
  }
  return names
}

function numbersIn(row: StoredRow): number[] {
  if (row.isSegment) return replicasOfSegment(row)
  const numbers = new Set<number>()
  opsOf(row, (number) => {
    numbers.add(number)
    return placeholder(number)
  })
  return [...numbers]
}

function unknownReplica(number: number): never {
  throw createError('storage/corrupt', `The log names replica ${number}, which does not exist.`)
}
