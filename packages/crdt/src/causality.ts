import type { OpId } from './op.js'

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
  if (dot.seq !== undefined && dot.seq <= op.base) return true
  if (dot.replica === op.replica) return dot.counter < op.counter
  for (const known of op.extra) {
    if (known.replica === dot.replica && dot.counter <= known.counter) return true
  }
  return false
}
