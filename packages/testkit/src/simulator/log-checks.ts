import type { ReplicaId, SequencedOp } from '@flowsync/crdt'

/** What is wrong with a stream's log by itself: seqs dense from 1, counters of each replica dense from 1 and in order. */
export function checkDense(ops: readonly SequencedOp[]): string[] {
  const problems: string[] = []
  const nextCounters = new Map<ReplicaId, number>()
  for (const [index, op] of ops.entries()) {
    if (op.seq !== index + 1) problems.push(`seq ${op.seq} stands at place ${index + 1}`)
    const expected = nextCounters.get(op.replica) ?? 1
    if (op.counter !== expected) {
      problems.push(
        `seq ${op.seq} has counter ${op.counter} of ${op.replica.slice(0, 6)} where ${expected} comes next`,
      )
    }
    nextCounters.set(op.replica, op.counter + op.count)
  }
  return problems
}

/** Whether two byte strings are equal. */
export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** Seqs of the ops that hold `marker` in their bodies. */
export function findMarker(ops: readonly SequencedOp[], marker: string): number[] {
  const wanted = Buffer.from(marker)
  return ops
    .filter(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.length).includes(wanted))
    .map(({ seq }) => seq)
}
