'use client'
import {
  createClientLease,
  FlowSyncError,
  type ClientLease,
  type ClientOptions,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { useContext, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'
import { FlowSyncContext, type ProvidedClient } from './context.js'

interface ProviderBase {
  /** What `getServerData` fetched: shown in the first render, on the server and in the browser alike. */
  hydrate?: DehydratedState
  children?: ReactNode
}

/** The options of a client that the provider makes, keeps while it is mounted and closes afterwards. Read once. */
export type OwnClientProps = ProviderBase & ClientOptions<RegisteredStreams> & { client?: undefined }

/** A client that you made and will close. */
export type GivenClientProps = ProviderBase & { client: FlowSyncClient<RegisteredStreams> }

/** Neither: the client of the provider above, given the server's state. */
export type NestedProps = ProviderBase & { client?: undefined; url?: undefined }

export type FlowSyncProviderProps = OwnClientProps | GivenClientProps | NestedProps

/**
 * Provides the tree below with a client.
 *
 * With options it makes one itself: once, also in StrictMode, silent while rendering on a server, closed a moment
 * after it was unmounted. With `client` it uses yours. With neither it adds `hydrate` to the client of the provider
 * above it, so that pages can hydrate what they fetched. Another `client` replaces the former; other options do not.
 *
 * ```tsx
 * <FlowSyncProvider url="https://hub.example" streams={streams} token={fetchToken} storage={storage}>
 * ```
 */
export function FlowSyncProvider(props: FlowSyncProviderProps): ReactNode {
  const lease = useLease(props)
  const client = useSyncExternalStore(lease.subscribe, lease.getSnapshot, lease.getSnapshot)
  const { hydrate } = props
  const provided = useMemo<ProvidedClient>(() => {
    // While rendering, so that the children's first render has it; doing it twice changes nothing.
    if (hydrate !== undefined) lease.hydrate(hydrate)
    return { client, lease }
  }, [client, lease, hydrate])
  return <FlowSyncContext.Provider value={provided}>{props.children}</FlowSyncContext.Provider>
}

function useLease(props: FlowSyncProviderProps): ClientLease<RegisteredStreams> {
  const above = useContext(FlowSyncContext)?.lease
  const { client } = props
  const given = useMemo(() => (client === undefined ? undefined : createClientLease(client)), [client])
  const [own] = useState(() => (isOwn(props) ? createClientLease(props) : undefined))
  const lease = given ?? own ?? above
  if (lease === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'FlowSyncProvider needs `client`, or `url`, `streams` and `token`, or a provider above it.',
    )
  }
  return lease
}

function isOwn(props: FlowSyncProviderProps): props is OwnClientProps {
  return props.client === undefined && 'url' in props && props.url !== undefined
}
