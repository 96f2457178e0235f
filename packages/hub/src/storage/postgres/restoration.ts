import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { ReplicaPlace } from '../cached-stream.js'
import type { StreamReplica, StreamRestore } from '../driver.js'
import { noteOp } from '../marks.js'
import { streamExists } from '../plan-append.js'
import { planRestore } from '../plan-restore.js'
import { segmentLength } from '../segment.js'
import { insertRows, insertSegment } from './log-table.js'
import { findMarks, placesOf } from './replica-places.js'
import type { Session } from './session.js'
import { keepSnapshot } from './snapshot-table.js'
import { headOf, lockStream, type StreamRow } from './stream-table.js'

const LOOKUP = 200

/** Stores a part of an exported stream; see `LogDriver.restore`. */
export function restoreStream(session: Session, part: StreamRestore): Promise<void> {
  return session.transact(async () => {
    const { head, replicas, ops, snapshots } = part
    const stored = await lockStream(session, head)
    const plan = planRestore(stored && headOf(stored), part)
    const stream = plan === 'continue' && stored ? stored : await createRestored(session, head, replicas)
    await insertRestored(session, stream, ops)
    for (const snapshot of snapshots) await keepSnapshot(session, stream.number, snapshot)
  })
}

async function createRestored(
  session: Session,
  head: StreamRestore['head'],
  replicas: readonly StreamReplica[],
): Promise<StreamRow> {
  const { workspace, stream, rule, ruleVersion, epoch, floorSeq, truncatedSeq } = head
  const [created] = await session.query<{ number: number }>(
    `INSERT INTO stream (workspace, name, rule, rule_version, epoch, head_seq, floor_seq, truncated_seq)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $6) ON CONFLICT (workspace, name) DO NOTHING RETURNING id AS number`,
    [workspace, stream, rule, ruleVersion, epoch, truncatedSeq, floorSeq],
  )
  if (!created) throw streamExists(stream)
  const ordered = [...replicas].sort((a, b) => (a.replica < b.replica ? -1 : 1))
  // Numbers that are reserved in the cache are for appends, which go on meanwhile.
  await session.query(
    `INSERT INTO replica (id, workspace, hex, subject)
      SELECT nextval('replica_number'), $1, n.hex, decode(n.subject, 'hex') FROM unnest($2::text[], $3::text[]) AS n (hex, subject)
      ON CONFLICT (workspace, hex) DO NOTHING`,
    [
      workspace,
      ordered.map(({ replica }) => replica),
      ordered.map(({ subject }) => Buffer.from(subject).toString('hex')),
    ],
  )
  await session.query(
    `INSERT INTO kept_counter (stream, replica, next_counter, truncated_counter)
      SELECT $1, r.id, n.next, n.truncated FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS n (hex, next, truncated)
      JOIN replica r ON r.workspace = $2 AND r.hex = n.hex COLLATE "C"`,
    [
      created.number,
      workspace,
      ordered.map(({ replica }) => replica),
      ordered.map(({ nextCounter }) => nextCounter),
      ordered.map(({ truncatedCounter }) => truncatedCounter),
    ],
  )
  return { ...head, ...created, headSeq: truncatedSeq }
}

async function insertRestored(
  session: Session,
  stream: StreamRow,
  ops: readonly SequencedOp[],
): Promise<void> {
  const last = ops.at(-1)
  if (!last) return
  const { number, floorSeq } = stream
  const { places, numbers } = await loadReplicas(session, stream, ops)
  const numberOf = (replica: ReplicaId): number => numbers.get(replica) ?? replicaMissing(replica)
  const marks = ops.filter((op) => {
    const place = places.get(op.replica) ?? {
      number: numberOf(op.replica),
      nextCounter: 1,
      markSeq: 0,
      opsSinceMark: 0,
    }
    places.set(op.replica, place)
    return noteOp(place, op)
  })
  const below = ops.filter(({ seq }) => seq <= floorSeq)
  for (let start = 0; start < below.length;) {
    const length = segmentLength(below.slice(start))
    await insertSegment(session, number, below.slice(start, start + length), numberOf)
    start += length
  }
  await insertRows(session, number, ops.slice(below.length), numberOf)
  await session.query(
    `INSERT INTO mark (stream, replica, counter, seq)
      SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])`,
    [
      number,
      marks.map(({ replica }) => numberOf(replica)),
      marks.map(({ counter }) => counter),
      marks.map(({ seq }) => seq),
    ],
  )
  await session.query('UPDATE stream SET head_seq = $2 WHERE id = $1', [number, last.seq])
}

/** Where the authors stand, for their marks; and the numbers of all replicas that the ops name. */
async function loadReplicas(
  session: Session,
  { number, workspace }: StreamRow,
  ops: readonly SequencedOp[],
): Promise<{ places: Map<ReplicaId, ReplicaPlace>; numbers: Map<ReplicaId, number> }> {
  const named = [...new Set(ops.flatMap(({ replica, extra }) => [replica, ...extra.map((id) => id.replica)]))]
  const places = new Map<ReplicaId, ReplicaPlace>()
  const numbers = new Map<ReplicaId, number>()
  for (let start = 0; start < named.length; start += LOOKUP) {
    const wanted = named
      .slice(start, start + LOOKUP)
      .map((replica) => ({ stream: number, workspace, replica }))
    const marks = await findMarks(session, wanted)
    const found = await placesOf(session, wanted, marks)
    wanted.forEach(({ replica }, index) => {
      const [mark, place] = [marks[index], found[index]]
      if (mark) numbers.set(replica, mark.number)
      if (place) places.set(replica, place)
    })
  }
  return { places, numbers }
}

function replicaMissing(replica: ReplicaId): never {
  throw createError('storage/corrupt', `The export lacks replica ${replica}, which its ops name.`)
}
