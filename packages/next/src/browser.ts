import { FlowSyncError } from '@flowsync/core'

// What a browser gets instead of index.ts: what needs the hub's secret must not come near it.
function refuse(): never {
  throw new FlowSyncError(
    'config/invalid',
    '@flowsync/next is for server code; client components import @flowsync/next/client.',
  )
}

/** Throws: a browser signs no tokens. */
export const createHubToken = refuse
/** Throws: a browser has no routes. */
export const createTokenRoute = refuse
/** Throws: a browser has a client, which is hydrated with what the server fetched. */
export const getServerData = refuse
/** Throws: a browser has a client, which is hydrated with what the server fetched. */
export const tryGetServerData = refuse
