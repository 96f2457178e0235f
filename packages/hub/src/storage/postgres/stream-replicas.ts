import type { ReplicaId } from '@flowsync/crdt'
import type { StreamKey, StreamReplica } from '../driver.js'
import { findMarks, placesOf } from './replica-places.js'
import type { Session, Statement } from './session.js'
import { findStreams } from './stream-table.js'

const REPLICAS: Statement = {
  name: 'stream_replicas',
  text: `SELECT r.id AS number, r.hex FROM replica r
    WHERE r.hex > $2 AND r.id IN (
      SELECT m.replica FROM mark m WHERE m.stream = $1 UNION SELECT k.replica FROM kept_counter k WHERE k.stream = $1
    ) ORDER BY r.hex LIMIT $3`,
}

/** Replicas that ever appended to a stream, ordered by id. */
export function allReplicasOf(
  session: Session,
  stream: number,
  after: string,
  limit: number,
): Promise<{ readonly number: number; readonly hex: ReplicaId }[]> {
  return session.query(REPLICAS, [stream, after, limit])
}

/** The counter that each replica's next op in the stream begins at, as of one moment; 1 for unknown ones. */
export function nextCountersOf(
  session: Session,
  key: StreamKey,
  replicas: readonly ReplicaId[],
): Promise<number[]> {
  return session.look(async () => {
    const [stream] = await findStreams(session, [key])
    if (!stream) return replicas.map(() => 1)
    const wanted = replicas.map((replica) => ({ stream: stream.number, workspace: key.workspace, replica }))
    const places = await placesOf(session, wanted, await findMarks(session, wanted))
    return places.map((place) => place?.nextCounter ?? 1)
  })
}

/** A page of `LogDriver.replicasOf`. */
export function listReplicas(
  session: Session,
  key: StreamKey,
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): Promise<StreamReplica[]> {
  return session.look(async () => {
    const [stream] = await findStreams(session, [key])
    if (!stream) return []
    const replicas = await allReplicasOf(session, stream.number, after, limit)
    const { workspace } = key
    const wanted = replicas.map(({ hex }) => ({ stream: stream.number, workspace, replica: hex }))
    const marks = await findMarks(session, wanted)
    const places = await placesOf(session, wanted, marks)
    return replicas.map(({ hex }, index) => ({
      replica: hex,
      subject: Buffer.from(marks[index]?.subject ?? []).toString(),
      nextCounter: places[index]?.nextCounter ?? 1,
      truncatedCounter: marks[index]?.truncatedCounter ?? 1,
    }))
  })
}
