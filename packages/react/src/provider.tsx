'use client'
import {
  createClientLease,
  FlowSyncError,
  type ClientLease,
  type ClientOptions,
  type ClientSource,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { useContext, useLayoutEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react'
import { FlowSyncContext, type ProvidedClient } from './context.js'

interface ProviderBase {
  /**
   * What `getServerData` fetched: shown in the first render, on the server and in the browser alike. It is shown to the
   * user it was read for and to nobody else.
   */
  hydrate?: DehydratedState
  children?: ReactNode
}

/**
 * The options of a client that the provider makes, keeps while it is mounted and closes afterwards. It follows `subject`,
 * `url`, `workspace` and `token`; the others are read once.
 */
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
 * above it, so that pages can hydrate what they fetched.
 *
 * Another `subject`, `url`, `workspace` or `client` brings another client: the tree shows its state in the same
 * render, and the former one, if the provider made it, is closed in the same commit. `token` is always the function
 * of the last render and may be written inline.
 *
 * ```tsx
 * <FlowSyncProvider url="https://hub.example" streams={streams} token={fetchToken} subject={user?.id ?? null}>
 * ```
 */
export function FlowSyncProvider(props: FlowSyncProviderProps): ReactNode {
  const { hydrate, children } = props
  const above = useContext(FlowSyncContext)
  const source = sourceOf(props)
  const [own, setOwn] = useState(() => source && createClientLease(source))
  if (source !== undefined && own === undefined) setOwn(createClientLease(source))
  const lease = source === undefined ? above?.lease : own
  if (lease === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'FlowSyncProvider needs `client`, or `url`, `streams` and `token`, or a provider above it.',
    )
  }
  const present = useSyncExternalStore(lease.subscribe, lease.getSnapshot, lease.getSnapshot)
  // Not the lease's own yet, when these options bring another: the tree below begins with it in this very render.
  const client = source === undefined ? (above?.client ?? present) : lease.clientFor(source)
  const provided = useMemo<ProvidedClient>(() => {
    // While rendering, so that the children's first render has it; doing it twice changes nothing.
    if (hydrate !== undefined) lease.hydrate(hydrate, client)
    return { client, lease }
  }, [client, lease, hydrate])
  return (
    <FlowSyncContext.Provider value={provided}>
      <Follow lease={lease} source={source} />
      {children}
    </FlowSyncContext.Provider>
  )
}

interface FollowProps {
  lease: ClientLease<RegisteredStreams>
  source: ClientSource<RegisteredStreams> | undefined
}

/** Closes the former client when a render is committed. As the first child it does so before any effect of the others. */
function Follow({ lease, source }: FollowProps): ReactNode {
  useLayoutEffect(() => {
    if (source !== undefined) lease.setOptions(source)
  })
  return null
}

function sourceOf(props: FlowSyncProviderProps): ClientSource<RegisteredStreams> | undefined {
  if (props.client !== undefined) return props.client
  if (!('url' in props) || props.url === undefined) return undefined
  const { hydrate: _hydrate, children: _children, client: _client, ...options } = props
  return options
}
