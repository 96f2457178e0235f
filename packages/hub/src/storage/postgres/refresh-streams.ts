import type { CachedStream, ReplicaPlace } from '../cached-stream.js'
import { MARK_REACH, noteOp } from '../marks.js'
import { numberOf, opsOf, placeholder, readRanges, type SeqRange } from './log-table.js'
import type { Session } from './session.js'
import type { StreamRow } from './stream-table.js'

/**
 * Brings cached streams to what their locked rows say. Where another hub has appended a little, its ops are read and
 * noted; where it appended much, or the log began a new epoch, the places of replicas are forgotten.
 */
export async function refreshStreams(
  session: Session,
  streams: ReadonlyMap<number, CachedStream>,
  rows: readonly StreamRow[],
): Promise<void> {
  const behind: CachedStream[] = []
  const ranges: SeqRange[] = []
  for (const row of rows) {
    const stream = streams.get(row.number)
    if (!stream) continue
    const { committedHeadSeq: known, places } = stream
    const isContinued = stream.epoch === row.epoch && stream.truncatedSeq === row.truncatedSeq
    const ahead = row.headSeq - known
    session.cache.noteContention(row.number, !isContinued || ahead !== 0)
    if (!isContinued || ahead < 0 || ahead > MARK_REACH) places.clear()
    else if (ahead > 0 && places.size > 0) {
      behind.push(stream)
      ranges.push({ stream: row.number, low: known + 1, high: row.headSeq })
    }
    stream.committedHeadSeq = row.headSeq
    stream.epoch = row.epoch
    stream.floorSeq = row.floorSeq
    stream.truncatedSeq = row.truncatedSeq
  }
  const found = await readRanges(session, ranges)
  behind.forEach((stream, index) => {
    const ops = (found[index] ?? []).flatMap((row) => opsOf(row, placeholder))
    noteOps(
      stream,
      ops.filter(({ seq }) => seq >= (ranges[index]?.low ?? 0)),
    )
  })
}

/** What the appending of `ops`, by somebody else, did to the places that are cached. */
function noteOps(stream: CachedStream, ops: ReturnType<typeof opsOf>): void {
  const byNumber = new Map<number, ReplicaPlace>()
  for (const place of stream.places.values()) byNumber.set(place.number, place)
  for (const op of ops) {
    const place = byNumber.get(numberOf(op.replica))
    if (!place) continue
    place.nextCounter = op.counter + op.count
    noteOp(place, op)
  }
}
