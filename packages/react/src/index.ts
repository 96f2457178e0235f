export { useFlowSyncClient } from './context.js'
export {
  FlowSyncProvider,
  type FlowSyncProviderProps,
  type GivenClientProps,
  type NestedProps,
  type OwnClientProps,
} from './provider.js'
export type { UseStreamResult } from './types.js'
export { useFlowSync, type UseFlowSyncResult } from './use-flow-sync.js'
export { useStream } from './use-stream.js'
export { useStreamSnapshot } from './use-stream-snapshot.js'
export { useStreamValue } from './use-stream-value.js'
