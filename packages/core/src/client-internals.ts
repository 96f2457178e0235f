import { createError, type System } from '@flowsync/protocol'
import { internals } from './internals-key.js'
import type { Registry } from './stream/registry.js'

/** The parts of a client that observers need beyond its public face. Clients and stream handles carry them. */
export interface ClientInternals {
  readonly registry: Registry
  readonly system: System
}

/** @throws FlowSyncError `config/invalid` for an object that is neither a client nor one of its handles */
export function internalsOf(owner: object): ClientInternals {
  const found = (owner as { readonly [internals]?: ClientInternals })[internals]
  if (!found)
    throw createError(
      'config/invalid',
      'Expected a client of createClient, or a stream handle of one. A second copy of @flowsync/core in the bundle also causes this.',
    )
  return found
}
