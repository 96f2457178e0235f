import type { ReplicaPlace } from './cached-stream.js'

/** A replica's op within one stream. */
export interface Mark {
  readonly counter: number
  readonly seq: number
}

/** A replica's op further than this from its latest mark gets a mark of its own. */
export const MARK_REACH = 1024
const MARK_OPS = 64

/**
 * Notes that the replica has appended an op, and tells whether a mark of it is to be stored.
 *
 * Marks are a sparse index from counters to seqs. A replica's first op in a stream is marked, and then every
 * 64th or the first one that is 1024 seqs away: any op of the replica lies within 1024 seqs after a mark.
 * So a retry finds its stored answer, and a restarted hub the next counter, by reading a few rows,
 * while an append writes nothing but the log.
 */
export function noteOp(place: ReplicaPlace, { seq }: Mark): boolean {
  const isDue = place.markSeq === 0 || place.opsSinceMark >= MARK_OPS || seq - place.markSeq >= MARK_REACH
  if (isDue) {
    place.markSeq = seq
    place.opsSinceMark = 1
  } else {
    place.opsSinceMark++
  }
  return isDue
}
