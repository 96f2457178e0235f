import type { StreamHead, StreamKey } from '../driver.js'
import { findMarks, placesOf } from './replica-places.js'
import { allReplicasOf } from './stream-replicas.js'
import type { Session, StatementValue } from './session.js'
import { headOf, lockStream } from './stream-table.js'

/** A long log takes a while to be removed. */
const REMOVAL_LIMIT_MS = 600_000
const LOOKUP = 200

/** Forgets the log of a stream where a snapshot stands at its head; see `LogDriver.truncate`. */
export function truncateStream(
  session: Session,
  key: StreamKey,
  expected: { readonly epoch: string; readonly headSeq: number },
  newEpoch: string,
): Promise<StreamHead | undefined> {
  return session.transact(async () => {
    const locked = await lockStream(session, key)
    if (!locked) return undefined
    const { number, epoch, headSeq } = locked
    if (epoch !== expected.epoch || headSeq !== expected.headSeq) return headOf(locked)
    const snapshots = await session.query('SELECT FROM snapshot WHERE stream = $1 AND seq = $2', [
      number,
      headSeq,
    ])
    if (snapshots.length === 0) return headOf(locked)
    await keepCounters(session, number, key.workspace)
    await session.query('SET LOCAL statement_timeout = 0')
    // All wait for those before them, so all have the same time.
    const run = (text: string, values: readonly StatementValue[]): Promise<unknown> =>
      session.query(text, values, REMOVAL_LIMIT_MS)
    await Promise.all([
      run('DELETE FROM log WHERE stream = $1 AND first <= $2', [number, headSeq]),
      run('DELETE FROM segment WHERE stream = $1 AND first <= $2', [number, headSeq]),
      run('DELETE FROM mark WHERE stream = $1 AND seq <= $2', [number, headSeq]),
      run('DELETE FROM snapshot WHERE stream = $1 AND seq < $2', [number, headSeq]),
      run('UPDATE stream SET epoch = $2, floor_seq = $3, truncated_seq = $3 WHERE id = $1', [
        number,
        newEpoch,
        headSeq,
      ]),
    ])
    return headOf({ ...locked, epoch: newEpoch, floorSeq: headSeq, truncatedSeq: headSeq })
  })
}

/** What the log said of each replica's counter, in rows that outlive it. */
async function keepCounters(session: Session, stream: number, workspace: string): Promise<void> {
  for (let after = ''; ;) {
    const replicas = await allReplicasOf(session, stream, after, LOOKUP)
    const last = replicas.at(-1)
    if (!last) return
    const wanted = replicas.map(({ hex }) => ({ stream, workspace, replica: hex }))
    const places = await placesOf(session, wanted, await findMarks(session, wanted))
    await session.query(
      `INSERT INTO kept_counter (stream, replica, next_counter, truncated_counter)
        SELECT $1, n.replica, n.counter, n.counter FROM unnest($2::bigint[], $3::bigint[]) AS n (replica, counter)
        ON CONFLICT (stream, replica) DO UPDATE
        SET next_counter = excluded.next_counter, truncated_counter = excluded.truncated_counter`,
      [stream, replicas.map(({ number }) => number), places.map((place) => place?.nextCounter ?? 1)],
    )
    after = last.hex
  }
}
