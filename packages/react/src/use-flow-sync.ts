'use client'
import {
  createClientObserver,
  type ClientSnapshot,
  type ClientState,
  type FlowSyncClient,
  type FlowSyncError,
  type RegisteredStreams,
} from '@flowsync/core'
import { useMemo } from 'react'
import { useFlowSyncClient } from './context.js'
import { useObserver } from './use-observer.js'

/** What {@link useFlowSync} returns. */
export interface UseFlowSyncResult {
  /** True while connected to the hub. */
  readonly isOnline: boolean
  /** Edits of this device, over all streams, that the hub has not acknowledged. */
  readonly pendingCount: number
  readonly status: ClientState
  /** Whether edits survive this page. */
  readonly storage: ClientSnapshot['storage']
  /** What went wrong last with connection, authentication or storage; undefined while all is well. */
  readonly error: FlowSyncError | undefined
  readonly client: FlowSyncClient<RegisteredStreams>
  /** Closes the connection and keeps it closed; edits queue. Stable. */
  readonly goOffline: () => void
  /** Connects. Stable. */
  readonly goOnline: () => void
}

/**
 * Where the client stands, for online badges and warnings of queued edits.
 *
 * ```tsx
 * const { isOnline, pendingCount, status } = useFlowSync()
 * ```
 * @throws FlowSyncError `config/invalid` outside every provider
 */
export function useFlowSync(): UseFlowSyncResult {
  const client = useFlowSyncClient()
  const observer = useMemo(() => createClientObserver(client), [client])
  const actions = useMemo(
    () => ({ goOffline: () => client.goOffline(), goOnline: () => client.goOnline() }),
    [client],
  )
  const { state, isOnline, pendingCount, storage, error } = useObserver(observer)
  return useMemo(
    () => ({ isOnline, pendingCount, status: state, storage, error, client, ...actions }),
    [isOnline, pendingCount, state, storage, error, client, actions],
  )
}
