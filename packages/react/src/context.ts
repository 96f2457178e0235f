'use client'
import { FlowSyncError, type ClientLease, type FlowSyncClient, type RegisteredStreams } from '@flowsync/core'
import { createContext, useContext } from 'react'

/** The client of a tree as of this render, and the lease that keeps it alive and is followed when there is another. */
export interface ProvidedClient {
  readonly client: FlowSyncClient<RegisteredStreams>
  readonly lease: ClientLease<RegisteredStreams>
}

/** Carries the client down the tree; undefined outside every provider. */
export const FlowSyncContext = createContext<ProvidedClient | undefined>(undefined)

/**
 * The client that the nearest `FlowSyncProvider` provides; another one when another user signs in.
 * @throws FlowSyncError `config/invalid` outside every provider
 */
export function useFlowSyncClient(): FlowSyncClient<RegisteredStreams> {
  const provided = useContext(FlowSyncContext)
  if (provided === undefined)
    throw new FlowSyncError('config/invalid', 'No FlowSync client here: wrap the tree in <FlowSyncProvider>.')
  return provided.client
}
