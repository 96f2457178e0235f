export {
  createFlowSync,
  flowSyncKey,
  useFlowSyncClient,
  type FlowSyncClientRef,
  type FlowSyncOptions,
  type FlowSyncPlugin,
} from './plugin.js'
export { useFlowSync, type UseFlowSyncResult } from './use-flow-sync.js'
export { useStream, type UseStreamResult } from './use-stream.js'
export { useStreamValue } from './use-stream-value.js'
