import {
  createClientLease,
  FlowSyncError,
  type ClientLease,
  type ClientOptions,
  type DehydratedState,
  type FlowSyncClient,
  type RegisteredStreams,
} from '@flowsync/core'
import { BROWSER } from 'esm-env'
import { getContext, onMount, setContext, untrack } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import { toStore } from 'svelte/store'

// Registered, so that two copies of this package in one bundle still share a client.
const key = Symbol.for('@flowsync/svelte')

/** The options of a client, and what `getServerData` fetched for the first render. */
export interface FlowSyncOptions extends ClientOptions<RegisteredStreams> {
  hydrate?: DehydratedState
}

/** A client, or the lease of one, which changes its client when another user signs in. */
export type FlowSyncSource = FlowSyncClient<RegisteredStreams> | FlowSyncLease

/** The lease of a client whose options may be reactive. */
export interface FlowSyncLease extends ClientLease<RegisteredStreams> {
  /** Reads the options anew, before Svelte runs the effects that follow them: an edit must not be made on a former client. */
  readonly refresh: () => void
}

/** Provides the components below with a client that you made and will close. Call it while a component initialises. */
export function setFlowSync(client: FlowSyncClient<RegisteredStreams>): FlowSyncClient<RegisteredStreams> {
  return setContext(key, client)
}

/**
 * Makes a client and provides the components below with it; it is silent on a server, and closed when the component
 * is destroyed. Call it while the root layout initialises.
 *
 * Give a function to follow who is signed in: when `subject`, `url` or `workspace` changes, the former client is closed, and
 * every `stream()` shows the new one.
 *
 * ```ts
 * initFlowSync(() => ({ url, streams, token: fetchToken, subject: data.user?.id ?? null, hydrate: data.flowsync }))
 * ```
 * @returns the lease, which `stream` and `flowSync` take in place of a client
 */
export function initFlowSync(source: FlowSyncOptions | (() => FlowSyncOptions)): FlowSyncLease {
  const read = typeof source === 'function' ? source : () => source
  const first = untrack(read)
  const inner = createClientLease<RegisteredStreams>(first)
  const apply = (options: FlowSyncOptions): void => {
    inner.setOptions(options)
    if (options.hydrate !== undefined) inner.hydrate(options.hydrate)
  }
  if (first.hydrate !== undefined) inner.hydrate(first.hydrate)
  const lease: FlowSyncLease = { ...inner, refresh: () => untrack(() => apply(read())) }
  if (BROWSER) {
    let isFirst = true
    // Follows what the function reads, for as long as the component lives.
    const stopOptions = toStore(read).subscribe((options) => {
      if (!isFirst) untrack(() => apply(options))
      isFirst = false
    })
    const stop = inner.subscribe(() => undefined)
    onMount(() => () => {
      stopOptions()
      void inner.getSnapshot().close()
      stop()
    })
  }
  return setContext(key, lease)
}

/** What a component above provides. @throws FlowSyncError `config/invalid` when none does */
export function getFlowSyncSource(): FlowSyncSource {
  const source = getContext<FlowSyncSource | undefined>(key)
  if (source === undefined) {
    throw new FlowSyncError(
      'config/invalid',
      'No FlowSync client here: call initFlowSync or setFlowSync in a component above.',
    )
  }
  return source
}

/**
 * The client that a component above provides, as of now: another user gets another one, which `flowSync().client`
 * follows. Call it while a component initialises.
 * @throws FlowSyncError `config/invalid` when none does
 */
export function getFlowSync(): FlowSyncClient<RegisteredStreams> {
  return clientOf(getFlowSyncSource())
}

/** The client of this moment. */
export function clientOf(source: FlowSyncSource): FlowSyncClient<RegisteredStreams> {
  return isLease(source) ? source.getSnapshot() : source
}

/** A reactive getter of the client: what reads it runs again when another user signs in. */
export function followedClient(source: FlowSyncSource): () => FlowSyncClient<RegisteredStreams> {
  if (!isLease(source)) return () => source
  const track = createSubscriber((update) => source.subscribe(update))
  return () => {
    track()
    return source.getSnapshot()
  }
}

/** The client of this moment, as the options are now. Not for templates and deriveds: it may close a client. */
export function refreshedClientOf(source: FlowSyncSource): FlowSyncClient<RegisteredStreams> {
  if (isLease(source)) source.refresh()
  return clientOf(source)
}

function isLease(source: FlowSyncSource): source is FlowSyncLease {
  return 'refresh' in source
}
