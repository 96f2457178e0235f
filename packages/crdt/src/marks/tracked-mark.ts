import type { ReplicaId } from '../op.js'
import type { MarkChange } from './mark.js'

/** A range to mark or unmark, at the version of the op. */
export interface MarkRequest {
  readonly position: number
  readonly length: number
  /** Milliseconds since 1970 by the author's clock. */
  readonly ms: number
  readonly change: MarkChange
}

/** A request by its author, with a range that fits. */
export interface MarkOp extends MarkRequest {
  readonly replica: ReplicaId
  readonly counter: number
}

/** One end of a range among units: the unit itself, or just behind it (a start) or before it (an end). */
export interface Anchor {
  readonly unit: number
  readonly isIncluded: boolean
}

/** A mark op while ops are concurrent. */
export interface TrackedMark extends MarkOp {
  /** The op's name; later ones have greater ones. */
  readonly version: number
  readonly start: Anchor
  readonly end: Anchor
  /** The last mark op of each author that its author knew. Whoever knew one knew all before by that author. */
  readonly known: ReadonlyMap<ReplicaId, number>
}

/** True when the author of `other` knew `op`, so that `other` stands in its place. */
export function isReplacedBy(op: TrackedMark, other: TrackedMark): boolean {
  return op.version <= (other.known.get(op.replica) ?? -1)
}

/** Orders concurrent ops by clock, then by who wrote: the same everywhere. Positive when `a` wins. */
export function compareWriters(a: MarkOp, b: MarkOp): number {
  if (a.ms !== b.ms) return a.ms - b.ms
  if (a.replica === b.replica) return a.counter - b.counter
  return a.replica < b.replica ? -1 : 1
}
