import {
  createClientObserver,
  type ClientSnapshot,
  type ClientState,
  type FlowSyncClient,
  type FlowSyncError,
  type RegisteredStreams,
} from '@flowsync/core'
import { clientOf, followedClient, getFlowSyncSource, type FlowSyncSource } from './context.js'
import { observed } from './observed.js'

/** Where the client stands; all properties are reactive. */
export interface FlowSyncStatus {
  /** True while connected to the hub. */
  readonly isOnline: boolean
  /** Edits of this device, over all streams, that the hub has not acknowledged. */
  readonly pendingCount: number
  readonly status: ClientState
  /** Whether edits survive this page. */
  readonly storage: ClientSnapshot['storage']
  /** What went wrong last with connection, authentication or storage. */
  readonly error: FlowSyncError | undefined
  /** Another one when another user signs in. */
  readonly client: FlowSyncClient<RegisteredStreams>
  /** Closes the connection and keeps it closed; edits queue. */
  readonly goOffline: () => void
  readonly goOnline: () => void
}

/**
 * Where the client stands, for online badges and warnings of queued edits. Do not destructure it: its properties are
 * getters. Call it while a component initialises, or give the client.
 *
 * ```svelte
 * const sync = flowSync()
 * ```
 * @throws FlowSyncError `config/invalid` when no client is provided
 */
export function flowSync(source: FlowSyncSource = getFlowSyncSource()): FlowSyncStatus {
  const snapshot = observed(createClientObserver(source))
  const client = followedClient(source)
  return {
    get isOnline() {
      return snapshot().isOnline
    },
    get pendingCount() {
      return snapshot().pendingCount
    },
    get status() {
      return snapshot().state
    },
    get storage() {
      return snapshot().storage
    },
    get error() {
      return snapshot().error
    },
    get client() {
      return client()
    },
    goOffline: () => clientOf(source).goOffline(),
    goOnline: () => clientOf(source).goOnline(),
  }
}
