import { createError } from '@flowsync/protocol'
import { CachedStream } from '../cached-stream.js'
import type { AppendBatch, AppendOutcome } from '../driver.js'
import { AppendWrite, reserveNumbers } from './append-write.js'
import { findRetried, keepPlaces, newcomersOf } from './append-lookup.js'
import { appendKnown } from './append-known.js'
import { isRace } from './postgres-error.js'
import { refreshStreams } from './refresh-streams.js'
import { findMarks } from './replica-places.js'
import type { Session } from './session.js'
import { findStreams, lockStreams } from './stream-table.js'

const MAX_ATTEMPTS = 10
/** Replicas that are looked up at once: each may bring a thousand ops. */
const LOOKUP = 200

/**
 * Stores batches in one transaction. For streams and replicas that are known from before it takes one round trip while
 * nobody else appends to the streams, and two while others do: lock; write and commit.
 * @throws FlowSyncError when nothing is stored, or nobody knows
 */
export async function appendBatches(
  session: Session,
  batches: readonly AppendBatch[],
): Promise<readonly AppendOutcome[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await appendKnown(session, batches)) ?? (await appendLocked(session, batches))
    } catch (error) {
      // What was staged is not in the database, or nobody knows; what is cached of it must go too.
      session.cache.clear()
      await session.rollback()
      if (!isRace(error) || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

async function appendLocked(
  session: Session,
  batches: readonly AppendBatch[],
): Promise<readonly AppendOutcome[]> {
  const streams = await streamsOf(session, batches)
  await lockAndLoad(session, streams, batches)
  const write = new AppendWrite(session.cache)
  const outcomes = write.stage(batches)
  if (write.isEmpty) await session.rollback()
  // The commit does not wait for the answer to the write: when that failed, the server rolls back.
  else await Promise.all([write.send(session), session.commit()])
  write.settle()
  return outcomes
}

/** The streams of the batches that exist, by number. Streams are never removed, and keep their numbers. */
async function streamsOf(
  session: Session,
  batches: readonly AppendBatch[],
): Promise<Map<number, CachedStream>> {
  const { cache } = session
  const unknown = batches.filter((batch) => !cache.stream(batch))
  for (const row of unknown.length === 0 ? [] : await findStreams(session, unknown)) {
    if (row && !cache.stream(row)) cache.keepStream(row, new CachedStream(row.number, row, cache))
  }
  const streams = new Map<number, CachedStream>()
  for (const batch of batches) {
    const stream = cache.stream(batch)
    if (stream) streams.set(stream.number, stream)
  }
  return streams
}

/** Begins the transaction, locks the streams, and brings all that the decision can ask for into the cache. */
async function lockAndLoad(
  session: Session,
  streams: ReadonlyMap<number, CachedStream>,
  batches: readonly AppendBatch[],
): Promise<void> {
  const newcomers = newcomersOf(session.cache, batches)
  const early = newcomers.slice(0, LOOKUP)
  const [, rows, marks] = await Promise.all([
    session.begin(),
    lockStreams(session, [...streams.keys()]),
    findMarks(session, early),
    reserveNumbers(session, newcomers.length),
  ])
  if (rows.length !== streams.size) throw streamsMissing()
  await refreshStreams(session, streams, rows)
  await keepPlaces(session, early, marks)
  const looked = new Set(early.map(({ name }) => name))
  const late = newcomersOf(session.cache, batches).filter(({ name }) => !looked.has(name))
  for (let start = 0; start < late.length; start += LOOKUP) {
    const part = late.slice(start, start + LOOKUP)
    await keepPlaces(session, part, await findMarks(session, part))
  }
  await findRetried(session, batches)
}

function streamsMissing(): Error {
  return createError('storage/unavailable', 'Streams are gone from the database. They are looked for again.')
}
