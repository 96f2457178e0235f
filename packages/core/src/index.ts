export {
  counter,
  doc,
  FlowSyncError,
  isFlowSyncError,
  list,
  log,
  map,
  newCounter,
  newText,
  register,
  richText,
  set,
  text,
  type ListDelta,
  type TextDelta,
} from '@flowsync/crdt'
export {
  defineStreams,
  type StreamActions,
  type StreamDefinitions,
  type StreamIntent,
  type StreamName,
  type StreamRule,
  type StreamValue,
} from '@flowsync/protocol'
export { createClient } from './client.js'
export { createClientLease, type ClientLease } from './client-lease.js'
export type {
  ClientOptions,
  ClientSnapshot,
  ClientState,
  FlowSyncClient,
  StorageHealth,
} from './client-types.js'
export { createHost, type Host } from './host.js'
export {
  getServerData,
  type DehydratedState,
  type DehydratedStream,
  type ServerDataOptions,
} from './hydration.js'
export {
  createClientObserver,
  createStreamObserver,
  type Observer,
  type StreamObserver,
  type StreamObserverOptions,
} from './observer.js'
export type { Acknowledgement, Receipt } from './outbox/receipt.js'
export type { Register, RegisteredStreams } from './register.js'
export { socketTransport } from './session/socket-transport.js'
export type { Connection, Transport, TransportHandlers, TransportTarget } from './session/transport.js'
export type {
  Checkpoint,
  ClientStorage,
  OutboxEntry,
  OutboxOwner,
  OutboxRemoval,
  StorageHandle,
  StorageScope,
  StorageTransaction,
  StoredStream,
  StreamWrite,
} from './storage/driver.js'
export type {
  DeltaListener,
  DeltaOrigin,
  HandleActions,
  StreamHandle,
  StreamHandleBase,
} from './stream/handle-types.js'
export type { StreamAccess, StreamSnapshot, StreamStatus } from './stream/snapshot.js'
export {
  bindTextField,
  type BindableText,
  type TextField,
  type TextFieldOptions,
} from './text-binding/bind-text-field.js'
