export { ByteReader, ByteWriter } from './bytes.js'
export { covers, type CausalContext, type Dot } from './causality.js'
export { FlowSyncError, isFlowSyncError, type FlowSyncErrorOptions } from './errors.js'
export { Fold, carryOver, type FoldOrigin, type Prepared, type Received } from './fold.js'
export { isReplicaId, type Op, type OpId, type ReplicaId, type SequencedOp } from './op.js'
export type { PendingOp } from './pending-ops.js'
export type {
  ActionCreators,
  ActionsOf,
  AnyMergeRule,
  AppliedOp,
  DeltaOf,
  IntentOf,
  MergeRule,
  PrepareContext,
  ValueOf,
} from './rule.js'
