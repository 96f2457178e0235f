import type { ReplicaId } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { LogDriver, LogSlice, Snapshot, StreamHead, StreamReplica } from '../storage/driver.js'
import { epochChanged } from '../storage/plan-append.js'
import type { ExportRecord } from './export-format.js'

const PAGE_BYTES = 512 * 1024
const REPLICAS = 1_000

/**
 * All records of one stream up to the head that it is given, as if nothing had been appended since, whatever is. At
 * most a page of ops and two snapshots are in memory, and the stream's replicas.
 * @throws FlowSyncError `stream/epoch-changed` when the stream begins another life meanwhile; `storage/*`
 */
export async function* exportStream(storage: LogDriver, head: StreamHead): AsyncGenerator<ExportRecord> {
  const { headSeq, truncatedSeq } = head
  const replicas = await replicasAt(storage, head)
  const newest = await storage.latestSnapshot(head, headSeq)
  const due = await snapshotSeqs(storage, head, newest)
  const counts = { replicas: replicas.length, ops: headSeq - truncatedSeq, snapshots: 0 }
  yield { kind: 'stream', head }
  for (let start = 0; start < replicas.length; start += REPLICAS) {
    yield { kind: 'replicas', replicas: replicas.slice(start, start + REPLICAS) }
  }
  for (let seq = truncatedSeq; ;) {
    while ((due[0] ?? Infinity) <= seq) {
      const snapshotSeq = due.shift()
      const snapshot = newest?.seq === snapshotSeq ? newest : await storage.latestSnapshot(head, snapshotSeq)
      // One that is gone by now was one too many.
      if (!snapshot || snapshot.seq !== snapshotSeq) continue
      counts.snapshots++
      yield { kind: 'snapshot', snapshot: { seq: snapshot.seq, state: snapshot.state } }
    }
    if (seq >= headSeq) break
    const { ops } = await readPage(storage, head, seq, headSeq)
    yield { kind: 'ops', ops }
    seq = ops.at(-1)?.seq ?? headSeq
  }
  yield { kind: 'streamEnd', ...counts }
}

async function readPage(
  storage: LogDriver,
  { workspace, stream, epoch }: StreamHead,
  afterSeq: number,
  throughSeq: number,
): Promise<LogSlice> {
  const slice = await storage.read({ workspace, stream, afterSeq, limitBytes: PAGE_BYTES, throughSeq })
  if (slice?.epoch !== epoch) throw epochChanged(stream, slice?.epoch ?? '')
  if (slice.ops[0]?.seq === afterSeq + 1) return slice
  throw createError('storage/corrupt', `The log of "${stream}" has a gap behind seq ${afterSeq}.`)
}

/** Ascending. */
async function snapshotSeqs(
  storage: LogDriver,
  head: StreamHead,
  newest: Snapshot | undefined,
): Promise<number[]> {
  const seqs: number[] = []
  for (let snapshot = newest; snapshot; snapshot = await storage.latestSnapshot(head, snapshot.seq - 1)) {
    seqs.unshift(snapshot.seq)
    if (snapshot.seq === 0) break
  }
  return seqs
}

/** The replicas as they were when the stream's head was where it is said to be. */
async function replicasAt(storage: LogDriver, head: StreamHead): Promise<StreamReplica[]> {
  const replicas: StreamReplica[] = []
  for (let after: ReplicaId | undefined; ;) {
    const page = await storage.replicasOf(head, { after, limit: REPLICAS })
    replicas.push(...page)
    after = page.at(-1)?.replica
    if (page.length < REPLICAS) break
  }
  const later = await firstCountersBehind(storage, head)
  return replicas
    .map((each) => ({ ...each, nextCounter: later.get(each.replica) ?? each.nextCounter }))
    .filter(({ nextCounter }) => nextCounter > 1)
}

/** Of the replicas that have appended since, the counter that they went on with. */
async function firstCountersBehind(
  storage: LogDriver,
  head: StreamHead,
): Promise<ReadonlyMap<ReplicaId, number>> {
  const counters = new Map<ReplicaId, number>()
  const now = await storage.findStream(head)
  if (now?.epoch !== head.epoch) throw epochChanged(head.stream, now?.epoch ?? '')
  for (let seq = head.headSeq; seq < now.headSeq;) {
    const { ops } = await readPage(storage, head, seq, now.headSeq)
    for (const op of ops) {
      if (!counters.has(op.replica)) counters.set(op.replica, op.counter)
      seq = op.seq
    }
  }
  return counters
}
