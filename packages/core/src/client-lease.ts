import { createError, createSystem, type StreamDefinitions } from '@flowsync/protocol'
import { createClient } from './client.js'
import type { ClientOptions, FlowSyncClient } from './client-types.js'
import type { DehydratedState } from './hydration.js'

/** How long a client without a user stays: longer than a UI needs to mount a tree again. */
const GRACE_MS = 1_000

/** A client that lives as long as somebody subscribes: for UI trees, which are mounted, unmounted and mounted again. */
export interface ClientLease<S extends StreamDefinitions> {
  /**
   * Keeps the client alive. The first subscription connects. A client that the lease made is closed one second after
   * the last subscription ended; a later subscription makes another one, so read the client again after subscribing, as
   * React's `useSyncExternalStore` does. At no other time does it change, and `listener` is never called.
   */
  readonly subscribe: (listener: () => void) => () => void
  /** The client; safe to call while rendering. Silent until the first subscription. */
  readonly getSnapshot: () => FlowSyncClient<S>
  /**
   * Hydrates the client.
   * @throws FlowSyncError `config/invalid` on a server for a client that the lease did not make: every request
   *   would see the state of the others'.
   */
  readonly hydrate: (state: DehydratedState) => void
}

/**
 * Leases the client that these options describe, or one that somebody else owns: that one is never connected or closed by the lease.
 *
 * Making a lease has no effect on the outside: it may be thrown away, as StrictMode and servers do.
 */
export function createClientLease<S extends StreamDefinitions>(
  source: FlowSyncClient<S> | ClientOptions<S>,
): ClientLease<S> {
  return 'getSnapshot' in source ? leaseOfGiven(source) : leaseOfOwn(source)
}

function leaseOfGiven<S extends StreamDefinitions>(client: FlowSyncClient<S>): ClientLease<S> {
  return {
    subscribe: () => () => {},
    getSnapshot: () => client,
    hydrate(state) {
      if (typeof window === 'undefined') {
        throw createError(
          'config/invalid',
          'On a server, give the options of a client instead of a client: a client that outlives the request would show its data to others.',
        )
      }
      client.hydrate(state)
    },
  }
}

function leaseOfOwn<S extends StreamDefinitions>(options: ClientOptions<S>): ClientLease<S> {
  const system = options.system ?? createSystem()
  const make = (): FlowSyncClient<S> => createClient({ ...options, connect: false })
  const subscriptions = new Set<symbol>()
  let client = make()
  let cancelClose: (() => void) | undefined

  const start = (): void => {
    cancelClose?.()
    cancelClose = undefined
    if (client.getSnapshot().state === 'closed') client = make()
    if (options.connect !== false) client.goOnline()
  }

  return {
    subscribe() {
      const key = Symbol()
      subscriptions.add(key)
      if (subscriptions.size === 1) start()
      return () => {
        if (!subscriptions.delete(key) || subscriptions.size > 0) return
        cancelClose = system.setTimer(GRACE_MS, () => void client.close())
      }
    },
    getSnapshot: () => client,
    hydrate: (state) => client.hydrate(state),
  }
}
