export { ByteReader, ByteWriter } from './bytes.js'
export { covers, type CausalContext, type Dot } from './causality.js'
export { counter, type CounterActions, type CounterIntent, type CounterRule } from './counter.js'
export {
  doc,
  newCounter,
  newText,
  type ContainerType,
  type DocActions,
  type DocDelta,
  type DocIntent,
  type DocOptions,
  type DocPath,
  type DocRule,
  type DocShape,
  type NewCounter,
  type NewText,
  type ShapeValue,
} from './doc.js'
export type { DeepReadonly, ReadValue } from './deep-readonly.js'
export type { DocumentVersion } from './document/document-version.js'
export { deflate, inflate } from './document/deflate.js'
export { TextDocument } from './document/text-document.js'
export { TextHistory, blame, textAt, textDiff, type BlameRun } from './document/text-history.js'
export { UpdateDecoder } from './document/update-decoder.js'
export { UpdateEncoder } from './document/update-encoder.js'
export { FlowSyncError, isFlowSyncError, type FlowSyncErrorOptions } from './errors.js'
export { Fold, carryOver, type FoldOrigin, type Prepared, type Received } from './fold.js'
export type { Json } from './json.js'
export { applyListDeltas, type ListDelta } from './list/list-delta.js'
export { list, type ListActions, type ListIntent, type ListOptions, type ListRule } from './list.js'
export { log, type LogActions, type LogIntent, type LogOptions, type LogRule } from './log.js'
export { map, type MapActions, type MapIntent, type MapOptions, type MapRule } from './map.js'
export type { MarkIntent } from './marks/mark-intent.js'
export type { MarkExpand, MarkType, MarkTypes, MarksOf } from './marks/mark-types.js'
export { applyRichTextDeltas, type RichTextDelta } from './marks/rich-text-delta.js'
export type { MarkRun, MarkValues, RichText, RichTextSpan } from './marks/rich-text-value.js'
export {
  richText,
  type RichTextActions,
  type RichTextIntent,
  type RichTextOptions,
  type RichTextRule,
} from './marks/rich-text.js'
export { OpDecoder, OpEncoder } from './op-session.js'
export { isReplicaId, type Op, type OpId, type ReplicaId, type SequencedOp } from './op.js'
export type { PendingOp } from './pending-ops.js'
export {
  register,
  type RegisterActions,
  type RegisterIntent,
  type RegisterOptions,
  type RegisterRule,
} from './register.js'
export type {
  ActionCreators,
  ActionsOf,
  AnyMergeRule,
  AppliedOp,
  DeltaOf,
  IntentOf,
  MergeRule,
  PrepareContext,
  RebaseContext,
  ValueOf,
} from './rule.js'
export type { SchemaInput, SchemaIssue, SchemaOutput, SchemaResult, StandardSchema } from './schema.js'
export {
  set,
  type SetActions,
  type SetElement,
  type SetIntent,
  type SetOptions,
  type SetRule,
} from './set.js'
export { applyTextDeltas, type TextDelta } from './text-delta.js'
export { mapPosition, type PositionAffinity } from './text-position.js'
export { text, type TextActions, type TextIntent, type TextRule } from './text.js'
