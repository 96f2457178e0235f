import type { ReplicaId } from '@flowsync/crdt'
import type { CachedStream } from '../cached-stream.js'
import type { AppendBatch } from '../driver.js'
import type { LogCache } from './log-cache.js'
import { findOps, placesOf, type ReplicaMark, type ReplicaOfStream, type WantedOp } from './replica-places.js'
import type { Session } from './session.js'

/** A replica of which the decision needs to know more than the cache does. */
export interface Newcomer extends ReplicaOfStream {
  /** Stream and replica in one. */
  readonly name: string
  readonly cached: CachedStream
}

/** Replicas that batches name and that the cache knows nothing of. They may never have appended, too. */
export function newcomersOf(cache: LogCache, batches: readonly AppendBatch[]): Newcomer[] {
  const found = new Map<string, Newcomer>()
  const add = (cached: CachedStream, replica: ReplicaId): void => {
    const { number, workspace } = cached
    if (cached.places.has(replica) && cache.replica(workspace, replica)) return
    const name = `${number}/${replica}`
    found.set(name, { name, cached, stream: number, workspace, replica })
  }
  for (const batch of batches) {
    const stream = cache.stream(batch)
    if (!stream) continue
    for (const { replica, extra } of batch.ops) {
      add(stream, replica)
      for (const known of extra) add(stream, known.replica)
    }
  }
  return [...found.values()]
}

/** Loads where newcomers stand, given their marks. */
export async function keepPlaces(
  session: Session,
  newcomers: readonly Newcomer[],
  marks: readonly (ReplicaMark | undefined)[],
): Promise<void> {
  const places = await placesOf(session, newcomers, marks)
  newcomers.forEach(({ cached, workspace, replica }, index) => {
    const [mark, place] = [marks[index], places[index]]
    if (mark) {
      const subject = Buffer.from(mark.subject).toString()
      session.cache.keepReplica(workspace, replica, { number: mark.number, subject })
    }
    if (place) cached.places.set(replica, place)
  })
}

/** Loads the stored ops that batches bring again. */
export async function findRetried(session: Session, batches: readonly AppendBatch[]): Promise<void> {
  const { cache } = session
  const wanted: WantedOp[] = []
  for (const batch of batches) {
    const stream = cache.stream(batch)
    if (!stream) continue
    const { number, workspace } = stream
    for (const { replica, counter } of batch.ops) {
      if (counter < stream.nextCounter(replica)) wanted.push({ stream: number, workspace, replica, counter })
    }
  }
  if (wanted.length === 0) return
  const ops = await findOps(session, wanted)
  wanted.forEach(({ stream, replica, counter }, index) => {
    const op = ops[index]
    if (op !== undefined) cache.keepRetried(stream, replica, counter, op)
  })
}
