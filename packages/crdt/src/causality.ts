import type { OpId, ReplicaId } from './op.js'

/** An op that a state remembers: its id and, once the hub has placed it, its seq. */
export interface Dot extends OpId {
  readonly seq: number | undefined
}

/** The version an op was made at. */
export interface CausalContext extends OpId {
  readonly base: number
  readonly extra: readonly OpId[]
}

/**
 * True when the author of `op` knew `dot`: by the hub's order, by its own chain, or by name.
 *
 * What the ops named in `extra` knew themselves is covered too, because a client names the last op of
 * each foreign chain it holds and those chains were made on no newer base than its own.
 */
export function covers(op: CausalContext, dot: Dot): boolean {
  return coversOp(op, dot.replica, dot.counter, dot.seq ?? Infinity)
}

/** What {@link covers} says, of an op that is not at hand as an object. A seq of Infinity: it has none yet. */
export function coversOp(op: CausalContext, replica: ReplicaId, counter: number, seq: number): boolean {
  if (seq <= op.base) return true
  if (replica === op.replica) return counter < op.counter
  return op.extra.some((known) => known.replica === replica && counter <= known.counter)
}
