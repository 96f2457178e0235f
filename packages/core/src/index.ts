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
  type DeepReadonly,
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
  type RegisterStreamName,
  type StreamValue,
  type TextStreamName,
} from '@flowsync/protocol'
export { createClient } from './client.js'
export { createClientLease, type ClientLease, type ClientSource } from './client-lease.js'
export type {
  ClientOptions,
  ClientSnapshot,
  ClientState,
  FlowSyncClient,
  StorageHealth,
} from './client-types.js'
export type { WipeOptions } from './client-wipe.js'
export { createHost, type Claim, type Host } from './host.js'
export {
  getServerData,
  type DehydratedState,
  type DehydratedStream,
  type ServerDataOptions,
} from './hydration.js'
export {
  createClientObserver,
  createStreamObserver,
  type ObservedClient,
  type Observer,
  type StreamObserver,
  type StreamObserverOptions,
} from './observer.js'
export type { Acknowledgement, Receipt } from './outbox/receipt.js'
export type { Register, RegisteredStreams } from './register.js'
export { fetchToken, type FetchTokenOptions } from './session/fetch-token.js'
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
export { bindTextField } from './text-field/bind-text-field.js'
export type {
  BindableText,
  TextFieldBinding,
  TextFieldElement,
  TextFieldOptions,
  TextFieldUndo,
} from './text-field/field-types.js'
export { textFieldScript } from './text-field/recording.js'
export { tryGetServerData, type TryServerDataOptions } from './try-get-server-data.js'
