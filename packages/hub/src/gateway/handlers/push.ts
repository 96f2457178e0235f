import { type AnyMergeRule, isFlowSyncError, type Op } from '@flowsync/crdt'
import { createError, type Push, type PushBatch, type PushedResult } from '@flowsync/protocol'
import { sizeOfOp } from '../../storage/op-size.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'
import { draining } from './hello.js'

/** One connection may fill this part of the hub's queue. */
const QUEUE_SHARE = 1 / 4
const MAX_EXTRA_IDS = 512

/**
 * Stores ops and answers once they are durable. Batches are handed to the log in the order in which they
 * came, also across pushes that are under way at the same time.
 * @throws FlowSyncError `limit/rate`, `hub/overloaded`, `frame/too-large`: nothing was stored
 */
export async function push(connection: SessionConnection, session: Session, message: Push): Promise<void> {
  const bytes = checkLimits(connection, session, message)
  session.unansweredBytes += bytes
  try {
    const results = await Promise.all(message.batches.map((batch) => store(connection, session, batch)))
    connection.send({ type: 'pushed', id: message.id, results })
  } finally {
    session.unansweredBytes -= bytes
  }
}

function checkLimits({ context }: SessionConnection, session: Session, { batches }: Push): number {
  const { limits, system } = context
  if (context.isClosing()) throw draining()
  const ops = batches.reduce((sum, batch) => sum + batch.ops.length, 0)
  if (ops > limits.opsPerPush) {
    throw createError('frame/too-large', `A push may hold ${limits.opsPerPush} ops; this one has ${ops}.`, {
      details: { ops, opsPerPush: limits.opsPerPush },
    })
  }
  const nowMs = system.nowMs()
  const retryAfterMs = session.take('pushes', 1, nowMs) || session.take('ops', ops, nowMs)
  if (retryAfterMs > 0) throw createError('limit/rate', 'Too many pushes.', { details: { retryAfterMs } })
  const bytes = batches.reduce(
    (sum, batch) => sum + batch.ops.reduce((inner, op) => inner + sizeOfOp(op), 0),
    0,
  )
  if (session.unansweredBytes > 0 && session.unansweredBytes + bytes > limits.queuedBytes * QUEUE_SHARE) {
    throw createError('hub/overloaded', 'Await answers before pushing more.', {
      details: { retryAfterMs: 200 },
    })
  }
  return bytes
}

async function store(
  connection: SessionConnection,
  session: Session,
  batch: PushBatch,
): Promise<PushedResult> {
  const { stream } = batch
  try {
    const { log } = connection.context
    session.checkWrite(stream)
    checkOps(connection, session, log.registry.ruleFor(stream), batch.ops)
    const opened = await log.registry.open({ workspace: session.workspace, stream })
    const appended = await log.append(opened, batch.epoch, session.subject, batch.ops)
    if (appended.kind === 'failed') throw appended.error
    return { kind: 'ok', stream, epoch: appended.epoch, seqs: appended.seqs }
  } catch (error) {
    return { kind: 'failed', stream, error: connection.tell(error) }
  }
}

/** Whatever passes here every replica can fold: what it cannot read ends here, and nobody else sees it. */
function checkOps(
  connection: SessionConnection,
  session: Session,
  rule: AnyMergeRule,
  ops: readonly Op[],
): void {
  const { opBytes } = connection.context.limits
  if (ops.length === 0) throw createError('op/invalid', 'A batch holds no op.')
  for (const op of ops) {
    if (!session.replicas.has(op.replica)) {
      throw createError('op/replica-foreign', 'The op is of a replica that the session did not name.', {
        details: { replica: op.replica },
      })
    }
    if (op.body.length > opBytes || op.extra.length > MAX_EXTRA_IDS) {
      throw createError(
        'op/too-large',
        `An op may take ${opBytes} bytes; this one takes ${op.body.length}.`,
        {
          details: { replica: op.replica, counter: op.counter, opBytes },
        },
      )
    }
    checkBody(rule, op)
  }
}

function checkBody(rule: AnyMergeRule, op: Op): void {
  const details = { replica: op.replica, counter: op.counter }
  try {
    if (rule.countOf(rule.decodeBody(op.body)) === op.count) return
  } catch (cause) {
    if (!isFlowSyncError(cause)) throw cause
    throw createError('op/invalid', `The rule "${rule.name}" cannot read the op.`, { details, cause })
  }
  throw createError('op/invalid', 'The op claims another number of counters than its body takes.', {
    details,
  })
}
