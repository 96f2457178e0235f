import {
  createClientObserver,
  type ClientSnapshot,
  type ClientState,
  type FlowSyncError,
} from '@flowsync/core'
import { computed, type ComputedRef } from 'vue'
import { useFlowSyncClient, type FlowSyncClientRef } from './client-key.js'
import { useObserver } from './use-observer.js'

/** What {@link useFlowSync} returns: refs, the client and its switches. */
export interface UseFlowSyncResult {
  /** True while connected to the hub. */
  readonly isOnline: ComputedRef<boolean>
  /** Edits of this device, over all streams, that the hub has not acknowledged. */
  readonly pendingCount: ComputedRef<number>
  readonly status: ComputedRef<ClientState>
  /** Whether edits survive this page. */
  readonly storage: ComputedRef<ClientSnapshot['storage']>
  /** What went wrong last with connection, authentication or storage. */
  readonly error: ComputedRef<FlowSyncError | undefined>
  /** Changes when another user signs in. */
  readonly client: FlowSyncClientRef
  /** Closes the connection and keeps it closed; edits queue. */
  readonly goOffline: () => void
  readonly goOnline: () => void
}

/**
 * Where the client stands, for online badges and warnings of queued edits.
 *
 * ```ts
 * const { isOnline, pendingCount, status } = useFlowSync()
 * ```
 * @throws FlowSyncError `config/invalid` without the plugin
 */
export function useFlowSync(): UseFlowSyncResult {
  const client = useFlowSyncClient()
  const snapshot = useObserver(computed(() => createClientObserver(client.value)))
  return {
    isOnline: computed(() => snapshot.value.isOnline),
    pendingCount: computed(() => snapshot.value.pendingCount),
    status: computed(() => snapshot.value.state),
    storage: computed(() => snapshot.value.storage),
    error: computed(() => snapshot.value.error),
    client,
    goOffline: () => client.value.goOffline(),
    goOnline: () => client.value.goOnline(),
  }
}
