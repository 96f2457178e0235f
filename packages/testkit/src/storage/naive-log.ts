import type { Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { AppendBatch, LogPosition, ReadRange, Snapshot, StreamHead, StreamReplica } from '@flowsync/hub'

/** What an append must have answered: the seqs, or the code of the refusal. */
export type NaiveOutcome = readonly number[] | string

/** A stream as arrays: what any driver must look like from outside. */
export class NaiveLog {
  head: StreamHead
  /** Every op that was ever stored, also those that are truncated. */
  readonly ops: SequencedOp[]
  readonly truncatedCounters: Map<ReplicaId, number>
  /** All that were put and not truncated: a driver may have dropped older ones, but never the newest. */
  snapshots: Snapshot[] = []
  private readonly subjects: Map<ReplicaId, string>

  /** @param subjects whom each replica of the workspace belongs to; shared by its streams */
  constructor(head: StreamHead, subjects: Map<ReplicaId, string>, former?: NaiveLog) {
    this.head = head
    this.subjects = subjects
    this.ops = [...(former?.ops ?? [])]
    this.truncatedCounters = new Map(former?.truncatedCounters)
    this.snapshots = [...(former?.snapshots ?? [])]
  }

  get newestSnapshotSeq(): number {
    return Math.max(0, ...this.snapshots.map(({ seq }) => seq))
  }

  get position(): LogPosition {
    const { epoch, headSeq, floorSeq, truncatedSeq } = this.head
    return { epoch, headSeq, floorSeq, truncatedSeq }
  }

  /** @param committedHeadSeq of the stream when the transaction began */
  append({ epoch, subject, ops }: Omit<AppendBatch, 'stream'>, committedHeadSeq: number): NaiveOutcome {
    if (epoch !== this.head.epoch) return 'stream/epoch-changed'
    const known = this.ops.length
    const seqs: number[] = []
    for (const op of ops) {
      const answer = this.take(op, subject, committedHeadSeq)
      if (typeof answer === 'string') {
        this.ops.length = known
        return answer
      }
      seqs.push(answer)
    }
    for (const { replica } of this.ops.slice(known)) this.subjects.set(replica, subject)
    this.head = { ...this.head, headSeq: this.ops.length }
    return seqs
  }

  private take(op: Op, subject: string, committedHeadSeq: number): number | string {
    if ((this.subjects.get(op.replica) ?? subject) !== subject) return 'op/replica-foreign'
    const expected = this.nextCounter(op.replica)
    if (op.counter < expected) return this.storedSeq(op)
    if (op.counter > expected) return 'op/counter-gap'
    if (op.base > committedHeadSeq) return 'op/unknown-base'
    if (op.base < this.head.truncatedSeq) return 'stream/truncated'
    if (op.extra.some(({ replica, counter }) => counter >= this.nextCounter(replica)))
      return 'op/unknown-base'
    this.ops.push({ ...op, seq: this.ops.length + 1 })
    return this.ops.length
  }

  private storedSeq(op: Op): number | string {
    const seq = this.seqOf(op)
    if (op.counter < (this.truncatedCounters.get(op.replica) ?? 1)) return this.head.truncatedSeq
    const stored = seq === undefined ? undefined : this.ops[seq - 1]
    if (!stored || stored.count !== op.count || !sameBytes(stored.body, op.body)) return 'op/invalid'
    return stored.seq
  }

  nextCounter(replica: ReplicaId): number {
    const last = this.ops.findLast((op) => op.replica === replica)
    return last ? last.counter + last.count : 1
  }

  seqOf({ replica, counter }: OpId): number | undefined {
    if (counter < (this.truncatedCounters.get(replica) ?? 1)) return this.head.truncatedSeq
    return this.ops.find((op) => op.replica === replica && op.counter === counter)?.seq
  }

  subjectOf(replica: ReplicaId): string | undefined {
    return this.subjects.get(replica)
  }

  read({
    afterSeq,
    limitBytes,
    throughSeq = Infinity,
  }: Omit<ReadRange, 'workspace' | 'stream'>): SequencedOp[] {
    const read: SequencedOp[] = []
    let bytes = 0
    for (const op of this.ops.slice(afterSeq)) {
      if (op.seq > throughSeq || bytes >= limitBytes) break
      read.push(op)
      bytes += sizeOf(op)
    }
    return read
  }

  truncate(epoch: string): void {
    const { headSeq } = this.head
    for (const { replica } of this.ops) this.truncatedCounters.set(replica, this.nextCounter(replica))
    this.snapshots = this.snapshots.filter(({ seq }) => seq === headSeq)
    this.head = { ...this.head, epoch, floorSeq: headSeq, truncatedSeq: headSeq }
  }

  replicas(): StreamReplica[] {
    return [...new Set(this.ops.map(({ replica }) => replica))].sort().map((replica) => {
      const truncatedCounter = this.truncatedCounters.get(replica) ?? 1
      const nextCounter = this.nextCounter(replica)
      return { replica, subject: this.subjects.get(replica) ?? '', nextCounter, truncatedCounter }
    })
  }
}

/** What byte limits of reads count: every driver counts the same, or its pages would end elsewhere. */
function sizeOf({ body, extra }: Op): number {
  return 16 + body.length + extra.length * 20
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
