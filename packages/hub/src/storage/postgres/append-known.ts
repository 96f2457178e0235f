import type { ReplicaPlace } from '../cached-stream.js'
import type { AppendBatch, AppendOutcome } from '../driver.js'
import { newcomersOf } from './append-lookup.js'
import { AppendWrite } from './append-write.js'
import type { LogCache } from './log-cache.js'
import { isStale } from './postgres-error.js'
import type { Session } from './session.js'

/**
 * Decides with what the cache says, without a lock, and writes on the condition that the streams are still where it says:
 * then nobody has stored anything since, and the decision is what it would be under the locks.
 * Refusals are not decided so, and nothing that the database would have to be asked for.
 * @returns undefined when the batches must be decided under locks; the cache is as it was
 */
export async function appendKnown(
  session: Session,
  batches: readonly AppendBatch[],
): Promise<readonly AppendOutcome[] | undefined> {
  const { cache } = session
  if (!batches.every((batch) => isKnown(cache, batch)) || newcomersOf(cache, batches).length > 0)
    return undefined
  const former = placesIn(cache, batches)
  const write = new AppendWrite(cache)
  const outcomes = write.stage(batches)
  try {
    if (!write.isEmpty && outcomes.every(({ kind }) => kind === 'ok')) {
      await write.send(session)
      write.settle()
      return outcomes
    }
  } catch (error) {
    if (!isStale(error)) throw error
  }
  for (const [place, copy] of former) Object.assign(place, copy)
  for (const batch of batches) {
    const stream = cache.stream(batch)
    if (stream) stream.staged = []
  }
  return undefined
}

function isKnown(cache: LogCache, batch: AppendBatch): boolean {
  const stream = cache.stream(batch)
  if (!stream || stream.epoch !== batch.epoch || cache.isContended(stream.number)) return false
  return batch.ops.every(({ replica, counter }) => counter >= stream.nextCounter(replica))
}

/** The places that staging changes, with copies of them. */
function placesIn(cache: LogCache, batches: readonly AppendBatch[]): Map<ReplicaPlace, ReplicaPlace> {
  const places = new Map<ReplicaPlace, ReplicaPlace>()
  for (const batch of batches) {
    for (const { replica } of batch.ops) {
      const place = cache.stream(batch)?.places.get(replica)
      if (place && !places.has(place)) places.set(place, { ...place })
    }
  }
  return places
}
