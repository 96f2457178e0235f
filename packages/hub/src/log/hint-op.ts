import type { ReplicaId, SequencedOp } from '@flowsync/crdt'

const NOBODY = '0'.repeat(32) as ReplicaId

/**
 * What a feed carries that has nothing to tell but epoch and head of a log whose last op is erased. Readers of
 * another epoch subscribe again; those of this one have everything up to its seq.
 */
export function hintOp(seq: number): SequencedOp {
  return { replica: NOBODY, counter: 1, count: 1, base: 0, extra: [], body: new Uint8Array(0), seq }
}
