import { Fold, type ReplicaId } from '@flowsync/crdt'
import { NO_EPOCH, type StreamCursor } from '@flowsync/protocol'
import { receiveOps } from '../stream/confirm.js'
import { foldStored } from '../stream/load.js'
import type { RebuildPlan } from '../stream/rebuild-plan.js'
import { startRebuild } from '../stream/rebuild.js'
import { createOutboxOp, type Stream } from '../stream/stream.js'
import type { SubscribedOk } from './line.js'

/**
 * Takes over what the hub answered to a handshake. Resolves once that is done; when nothing stored is needed for it,
 * it is done on return.
 *
 * @param isExact no own op was under way when the hub was asked, so `acknowledged` is all that it has
 * @param isCurrent whether the answer still counts after something stored had to be read
 * @throws FlowSyncError `state/invalid` for a snapshot that the rule cannot read
 */
export function takeAnswer(
  stream: Stream,
  asked: StreamCursor,
  answer: SubscribedOk,
  isExact: boolean,
  isCurrent: () => boolean,
): Promise<void> | undefined {
  const acknowledged = new Map(answer.acknowledged.map(({ replica, through }) => [replica, through]))
  const plan = { epoch: answer.epoch, checkpoint: answer.snapshot, headSeq: answer.headSeq, acknowledged }
  if (answer.epoch === stream.epoch && !answer.snapshot && asked.rebuildBelow === undefined) {
    for (const entry of stream.outbox) {
      if (entry.op.counter <= (acknowledged.get(entry.op.replica) ?? 0)) stream.outbox.acknowledge(entry, 0)
    }
    receiveOps(stream, answer.ops)
    const isTakeable = !hasLostOps(stream, acknowledged) && !isOfOtherPast(stream, answer.headSeq)
    if (isExact && !isTakeable) stream.carry = 'everything'
    return undefined
  }
  if (answer.epoch === stream.epoch) {
    const { rebuildBelow = Infinity } = asked
    // Nothing that old is left on the hub: own ops that need it can only be made anew.
    const isErased = (answer.snapshot?.seq ?? 0) > rebuildBelow
    if (isErased) return begin(stream, { ...plan, carry: 'everything', past: 'lost' }, answer)
    return begin(stream, { ...plan, carry: stream.carry, past: 'same' }, answer)
  }
  if (stream.epoch === NO_EPOCH)
    return begin(stream, { ...plan, ...firstMeeting(stream, answer.headSeq) }, answer)
  if (asked.outbox.length === 0 && stream.outbox.isEmpty)
    return begin(stream, { ...plan, carry: 'nothing', past: 'same' }, answer)
  return resumeInOtherPast(stream, plan, answer, isCurrent)
}

function begin(stream: Stream, plan: RebuildPlan, { ops }: SubscribedOk): undefined {
  startRebuild(stream, plan)
  receiveOps(stream, ops)
}

/**
 * Edits made before the hub was ever heard go on top of its state, as if made now, when nobody can have sent them.
 * Otherwise they keep their ids, for the hub may have them.
 */
function firstMeeting(stream: Stream, headSeq: number): Pick<RebuildPlan, 'carry' | 'past' | 'keepsIds'> {
  const isUnseen = [...stream.outbox].every(
    ({ wasSent, owner, op }) =>
      !wasSent && owner === stream.environment.owner && op.replica === stream.author.replica,
  )
  const mayCarry = isUnseen && headSeq > 0 && !stream.outbox.isEmpty
  return mayCarry
    ? { carry: 'everything', past: new Fold(stream.rule), keepsIds: true }
    : { carry: stream.carry, past: 'same' }
}

/**
 * The hub's log was reset, or restored from a backup that lacks its end. What own ops were made on is still on this
 * device's disk, and so are those that were acknowledged lately: the ones that the log lacks are made anew.
 */
async function resumeInOtherPast(
  stream: Stream,
  plan: Omit<RebuildPlan, 'carry' | 'past'>,
  answer: SubscribedOk,
  isCurrent: () => boolean,
): Promise<void> {
  const { epoch, environment, outbox, author } = stream
  const [stored] = await environment.journal.load([stream.name])
  if (!isCurrent() || stream.epoch !== epoch) return
  let past: RebuildPlan['past'] = 'lost'
  let afterPast: RebuildPlan['afterPast']
  if (stored?.epoch === epoch) {
    const through = plan.acknowledged.get(author.replica) ?? Infinity
    const lost = stored.tail.filter(({ replica, counter }) => replica === author.replica && counter > through)
    // Another tab may have stored one whose answer never came here: it waits in the outbox still.
    const gone = lost.filter(({ replica, counter }) => !outbox.find(replica, counter))
    outbox.putFirst(gone.map((op) => createOutboxOp(op, environment.owner, 0, undefined)))
    for (const entry of outbox) entry.order = environment.nextOrder()
    const [first] = lost
    const at = first ? stored.tail.indexOf(first) : stored.tail.length
    past = foldStored(stream, { ...stored, tail: stored.tail.slice(0, at) })?.fold ?? past
    afterPast = stored.tail.slice(at)
  }
  begin(stream, { ...plan, carry: 'everything', past, afterPast }, answer)
}

/** True when an op was made on more than there is: on a log that was reset, before another tab stored the new one. */
function isOfOtherPast({ outbox, fold }: Stream, headSeq: number): boolean {
  for (const { op, isAcked } of outbox) if (!isAcked && op.base > Math.max(headSeq, fold.seq)) return true
  return false
}

/** True when the hub lacks ops before the first one that is left here: it would refuse all that follow. */
function hasLostOps(stream: Stream, acknowledged: ReadonlyMap<ReplicaId, number>): boolean {
  const seen = new Set<ReplicaId>()
  for (const { op, isAcked } of stream.outbox) {
    if (isAcked || seen.has(op.replica)) continue
    seen.add(op.replica)
    const through = acknowledged.get(op.replica)
    if (through !== undefined && op.counter > through + 1) return true
  }
  return false
}
