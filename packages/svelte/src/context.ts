import {
  createClient,
  FlowSyncError,
  type ClientOptions,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { getContext, onMount, setContext } from 'svelte'

// Registered, so that two copies of this package in one bundle still share a client.
const key = Symbol.for('@flowsync/svelte')

/** The options of a client, and what `getServerData` fetched for the first render. */
export interface FlowSyncOptions extends ClientOptions<RegisteredStreams> {
  hydrate?: DehydratedState
}

/** Provides the components below with a client that you made and will close. Call it while a component initialises. */
export function setFlowSync(client: FlowSyncClient<RegisteredStreams>): FlowSyncClient<RegisteredStreams> {
  return setContext(key, client)
}

/**
 * Makes a client and provides the components below with it; it is silent on a server, and closed when the component
 * is destroyed. Call it while the root layout initialises.
 *
 * ```ts
 * initFlowSync({ url: 'https://hub.example', streams, token: fetchToken, hydrate: data.flowsync })
 * ```
 */
export function initFlowSync(options: FlowSyncOptions): FlowSyncClient<RegisteredStreams> {
  const client = createClient(options)
  if (options.hydrate !== undefined) client.hydrate(options.hydrate)
  onMount(() => () => void client.close())
  return setFlowSync(client)
}

/**
 * The client that a component above provides. Call it while a component initialises.
 * @throws FlowSyncError `config/invalid` when none does
 */
export function getFlowSync(): FlowSyncClient<RegisteredStreams> {
  const client = getContext<FlowSyncClient<RegisteredStreams> | undefined>(key)
  if (client === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'No FlowSync client here: call initFlowSync or setFlowSync in a component above.',
    )
  }
  return client
}
