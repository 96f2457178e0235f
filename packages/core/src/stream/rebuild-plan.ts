import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { Epoch } from '@flowsync/protocol'
import type { Checkpoint } from '../storage/driver.js'
import type { AnyFold } from './fold-types.js'

/** What happens to own ops when the confirmed state below them is replaced. */
export type CarryMode =
  /** They stay what they are: the past is the same, only seen from further back. */
  | 'nothing'
  /** From the first refused op on they are made anew: they may have built on it. */
  | 'from-refused'
  /** All that the hub does not have are made anew: it is another past. */
  | 'everything'

/** How the confirmed state of a stream is to be replaced. */
export interface RebuildPlan {
  readonly epoch: Epoch
  /** Where to start from; from nothing when absent. */
  readonly checkpoint: Checkpoint | undefined
  /** The hub's last seq when it answered. */
  readonly headSeq: number
  /** What the hub had of own replicas then, by their last counter. */
  readonly acknowledged: ReadonlyMap<ReplicaId, number>
  readonly carry: CarryMode
  /** What own ops were made on: the same past, the confirmed state of another one, or one that is no more. */
  readonly past: 'same' | AnyFold | 'lost'
  /** What followed there, as far as it is known: an op is seen in what its author saw. */
  readonly afterPast?: readonly SequencedOp[]
  /**
   * Own ops that are made anew keep their ids: nobody else has seen them. When the disk cannot take the new ones, those
   * on it are known by their ids to be in the log.
   */
  readonly keepsIds?: boolean
}

/** A confirmed state that is fetched beside the present one, which stays visible until it can be replaced. */
export interface Rebuild {
  readonly plan: RebuildPlan
  readonly fold: AnyFold
  readonly ops: SequencedOp[]
  /** Where the new state takes over. */
  readonly untilSeq: number
}
