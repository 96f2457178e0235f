import type { ReplicaId } from '../op.js'
import { BACKSPACE, INSERT } from '../sequence/op-runs.js'
import type { OpKind } from '../sequence/op-runs.js'

/*
 * An update, format 1: ops in an order that respects causality, as runs, in columns.
 *
 *   u8      format
 *   varint  number of replicas, then the 16 bytes of each
 *   varint  number of runs of the graph, then the columns of their
 *             authors    replica, by its place in the list
 *             counters   difference to the counter after the author's last one, zigzag
 *             sizes      2 * units, or 2 * units + 1 and the number of counters when that is another
 *             parents    their number + 1, or 0 for the last unit of the run before; of each, replica and counter
 *   varint  number of runs of ops, then the columns of their
 *             sizes      4 * units + kind; the runs of ops have as many units as those of the graph
 *             positions  difference to where the run before left the caret, zigzag
 *   rest    what the runs insert, in one piece: UTF-8
 */
export const FORMAT = 1
export const MAX_UNITS = 0x1fff_ffff

/** Consecutive units of one replica, each made on the one before. */
export interface GraphRun {
  readonly replica: ReplicaId
  readonly counter: number
  readonly units: number
  readonly counters: number
  /** Of the first unit: replica and counter of the newest ones that the author knew. */
  readonly parents: readonly { readonly replica: ReplicaId; readonly counter: number }[]
}

/** Consecutive units that do one thing. */
export interface OpRun {
  readonly kind: OpKind
  readonly position: number
  readonly units: number
}

/** A decoded update. */
export interface Update {
  readonly graphRuns: readonly GraphRun[]
  /** As many units in all as the graph's runs have; none reaches across the edge of one of those. */
  readonly opRuns: readonly OpRun[]
  readonly inserted: string
}

/** Where a run leaves the caret of whoever made it. */
export function caretAfter(kind: OpKind, position: number, units: number): number {
  if (kind === INSERT) return position + units
  return kind === BACKSPACE ? position - units + 1 : position
}

export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

export function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2
}
