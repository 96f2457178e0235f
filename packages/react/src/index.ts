export { useFlowSyncClient } from './context.js'
export {
  FlowSyncProvider,
  type FlowSyncProviderProps,
  type GivenClientProps,
  type NestedProps,
  type OwnClientProps,
} from './provider.js'
export {
  SharedInput,
  SharedTextarea,
  TextFieldScript,
  type SharedInputProps,
  type SharedTextareaProps,
} from './shared-text.js'
export type { UseStreamResult } from './types.js'
export { useFlowSync, type UseFlowSyncResult } from './use-flow-sync.js'
export { useStream } from './use-stream.js'
export { useStreamModel, type UseStreamModelResult } from './use-stream-model.js'
export { useStreamSnapshot } from './use-stream-snapshot.js'
export { useStreamValue } from './use-stream-value.js'
export {
  useTextField,
  type TextFieldProps,
  type UseTextFieldOptions,
  type UseTextFieldResult,
} from './use-text-field.js'
