import type { Snapshot, StreamKey } from '../driver.js'
import { keptSnapshots } from '../kept-snapshots.js'
import type { Session, Statement } from './session.js'

const LATEST: Statement = {
  name: 'latest_snapshot',
  text: `SELECT s.epoch, t.seq, t.state FROM stream s JOIN snapshot t ON t.stream = s.id
    WHERE s.workspace = $1 AND s.name = $2 AND t.seq <= $3 ORDER BY t.seq DESC LIMIT 1`,
}
/** Held against truncation and a new epoch; appends go on. */
const HOLD: Statement = {
  name: 'hold_stream',
  text: `SELECT s.id AS number FROM stream s
    WHERE s.workspace = $1 AND s.name = $2 AND s.epoch = $3 AND s.head_seq >= $4 AND s.truncated_seq <= $4
    FOR KEY SHARE`,
}
const PUT: Statement = {
  name: 'put_snapshot',
  text: `INSERT INTO snapshot (stream, seq, state) VALUES ($1, $2, $3)
    ON CONFLICT (stream, seq) DO UPDATE SET state = excluded.state`,
}
const SEQS: Statement = { name: 'snapshot_seqs', text: 'SELECT seq FROM snapshot WHERE stream = $1' }
const REMOVE: Statement = {
  name: 'remove_snapshots',
  text: 'DELETE FROM snapshot WHERE stream = $1 AND seq = ANY ($2::bigint[])',
}

/** The newest snapshot at or below a seq, with the epoch that the stream has now. */
export async function latestSnapshot(
  session: Session,
  { workspace, stream }: StreamKey,
  atOrBelow: number,
): Promise<Snapshot | undefined> {
  const [row] = await session.query<Snapshot>(LATEST, [workspace, stream, atOrBelow])
  return row
}

/** Stores a snapshot unless the stream has moved to another epoch, or does not reach so far. */
export function putSnapshot(session: Session, key: StreamKey, snapshot: Snapshot): Promise<void> {
  return session.transact(async () => {
    const { workspace, stream } = key
    const values = [workspace, stream, snapshot.epoch, snapshot.seq]
    const [held] = await session.query<{ number: number }>(HOLD, values)
    if (held) await keepSnapshot(session, held.number, snapshot)
  })
}

/** Stores a snapshot of a stream that is locked, and drops what is not worth keeping any more. */
export async function keepSnapshot(
  session: Session,
  stream: number,
  { seq, state }: Omit<Snapshot, 'epoch'>,
): Promise<void> {
  const [, rows] = await Promise.all([
    session.query(PUT, [stream, seq, state]),
    session.query<{ seq: number }>(SEQS, [stream]),
  ])
  const seqs = rows.map((row) => row.seq)
  const kept = new Set(keptSnapshots(seqs))
  const dropped = seqs.filter((old) => !kept.has(old)).sort((a, b) => a - b)
  if (dropped.length > 0) await session.query(REMOVE, [stream, dropped])
}
