import {
  createError,
  type StreamCursor,
  type Subscribe,
  type SubscribedResult,
  toWireError,
} from '@flowsync/protocol'
import { NOTHING } from '../../log/absent-stream.js'
import type { OpenStream } from '../../log/open-stream.js'
import type { CatchUp } from '../../log/catch-up.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'
import { openFor } from './open-for.js'

/** Ops of all streams of one answer together; each stream gets its share, and the client pulls the rest. */
const ANSWER_BYTES = 4 * 1024 * 1024
const MIN_SHARE_BYTES = 4 * 1024
/** Snapshots come whole. What is above is put off, so that no answer grows without bound. */
const SNAPSHOT_BYTES = 32 * 1024 * 1024

/** Opens streams: joins their rooms and answers with what the client misses. */
export async function subscribe(
  connection: SessionConnection,
  session: Session,
  { id, streams }: Subscribe,
): Promise<void> {
  const shareBytes = Math.max(MIN_SHARE_BYTES, Math.floor(ANSWER_BYTES / Math.max(1, streams.length)))
  const results = await Promise.all(streams.map((cursor) => open(connection, session, cursor, shareBytes)))
  putOffLarge(results)
  for (const result of results) if (result.kind === 'failed') connection.leave(result.stream)
  connection.send({ type: 'subscribed', id, results })
}

async function open(
  connection: SessionConnection,
  session: Session,
  cursor: StreamCursor,
  limitBytes: number,
): Promise<SubscribedResult> {
  try {
    return await opened(connection, session, cursor, limitBytes)
  } catch (error) {
    return { kind: 'failed', stream: cursor.stream, error: connection.tell(error) }
  }
}

async function opened(
  connection: SessionConnection,
  session: Session,
  cursor: StreamCursor,
  limitBytes: number,
): Promise<SubscribedResult> {
  const { log, limits } = connection.context
  session.checkRead(cursor.stream)
  checkRule(log.registry.ruleFor(cursor.stream), cursor)
  if (session.joined.size >= limits.streamsPerConnection && !session.joined.has(cursor.stream)) {
    throw createError('limit/streams', `One connection may open ${limits.streamsPerConnection} streams.`)
  }
  // Join before reading: an op that is appended in between comes twice rather than never.
  connection.join(cursor.stream)
  const stream = await openFor(connection, session, cursor.stream)
  if (session.joined.has(cursor.stream)) session.joined.set(cursor.stream, stream)
  const caughtUp = stream ? await log.catchUp(stream, cursor, limitBytes) : NOTHING
  const throughs = await acknowledged(connection, stream, cursor)
  const access = session.checkRead(cursor.stream)
  return { kind: 'ok', stream: cursor.stream, access, acknowledged: throughs, ...onWire(caughtUp) }
}

function onWire({
  epoch,
  headSeq,
  snapshot,
  ops,
}: CatchUp): Pick<SubscribedResult & { kind: 'ok' }, 'epoch' | 'headSeq' | 'snapshot' | 'ops'> {
  return { epoch, headSeq, snapshot: snapshot && { seq: snapshot.seq, state: snapshot.state }, ops }
}

async function acknowledged(
  connection: SessionConnection,
  stream: OpenStream | undefined,
  { outbox }: StreamCursor,
): Promise<(SubscribedResult & { kind: 'ok' })['acknowledged']> {
  if (outbox.length === 0) return []
  const replicas = outbox.map(({ replica }) => replica)
  const counters = stream ? await connection.context.log.countersOf(stream, replicas) : []
  return replicas.map((replica, index) => ({ replica, through: counters[index] ?? 0 }))
}

function checkRule(rule: { readonly name: string; readonly version: number }, cursor: StreamCursor): void {
  if (rule.name === cursor.rule && rule.version === cursor.ruleVersion) return
  throw createError(
    'stream/rule-mismatch',
    `The hub merges this stream as ${rule.name} version ${rule.version}, the client as ${cursor.rule} version ${cursor.ruleVersion}.`,
    { details: { rule: rule.name, ruleVersion: rule.version } },
  )
}

function putOffLarge(results: SubscribedResult[]): void {
  let bytes = 0
  results.forEach((result, index) => {
    const size = result.kind === 'ok' ? (result.snapshot?.state.length ?? 0) : 0
    const isFirst = bytes === 0
    bytes += size
    if (size === 0 || isFirst || bytes <= SNAPSHOT_BYTES) return
    const error = createError('hub/overloaded', 'The answer is full; ask for this stream again.', {
      details: { retryAfterMs: 1 },
    })
    results[index] = { kind: 'failed', stream: result.stream, error: toWireError(error) }
  })
}
