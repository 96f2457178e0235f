export { getFlowSync, initFlowSync, setFlowSync, type FlowSyncOptions } from './context.js'
export { flowSync, type FlowSyncStatus } from './flow-sync.js'
export { stream, type Stream, type StreamStore } from './stream.js'
