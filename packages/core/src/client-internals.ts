import { createError, type System } from '@flowsync/protocol'
import type { Registry } from './stream/registry.js'

/** Where a client keeps what only this package may touch. */
export const internals: unique symbol = Symbol('flowsync.internals')

/** What observers need of a client beyond its public face. */
export interface ClientInternals {
  readonly registry: Registry
  readonly system: System
}

/** @throws FlowSyncError `config/invalid` for an object that `createClient` did not make */
export function internalsOf(client: object): ClientInternals {
  const found = (client as { readonly [internals]?: ClientInternals })[internals]
  if (!found)
    throw createError(
      'config/invalid',
      'This is no client of createClient, or one of another copy of the package.',
    )
  return found
}
