import { covers } from '../causality.js'
import type { CausalContext, Dot } from '../causality.js'
import { compareStamps } from '../clock.js'
import type { Stamp } from '../clock.js'
import type { OpId } from '../op.js'

/** An op that a state remembers, and is told about when the hub has placed it. */
export interface LiveDot extends OpId {
  seq: number | undefined
}

/** The version a list op was made at, as far as it is true. */
export interface ListContext extends CausalContext {
  readonly seq: number | undefined
}

/** What one op says of an element: what its value is, or which slot it stands in. */
export interface Claim {
  readonly dot: LiveDot
  readonly stamp: Stamp
}

/**
 * True when the author of `op` knew `dot`. An op that has its place never knew one that has none,
 * whatever it claims: other replicas could not see it there.
 */
export function knew(op: ListContext, dot: Dot): boolean {
  return (op.seq === undefined || dot.seq !== undefined) && covers(op, dot)
}

/** Adds a claim to those that nobody has replaced yet, without the ones that its author knew. */
export function withClaim<C extends Claim>(claims: readonly C[], op: ListContext, claim: C): readonly C[] {
  if (claims.length === 0) return [claim]
  return [...claims.filter(({ dot }) => !knew(op, dot)), claim]
}

/** The claim that counts: the latest by its stamp, then by who made it; the same everywhere. */
export function winnerOf<C extends Claim>(claims: readonly C[]): C | undefined {
  let winner: C | undefined
  for (const claim of claims) if (!winner || compareClaims(claim, winner) > 0) winner = claim
  return winner
}

function compareClaims(left: Claim, right: Claim): number {
  const byStamp = compareStamps(left.stamp, right.stamp)
  if (byStamp !== 0) return byStamp
  if (left.dot.replica === right.dot.replica) return left.dot.counter - right.dot.counter
  return left.dot.replica < right.dot.replica ? -1 : 1
}
