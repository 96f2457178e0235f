export { getServerData, tryGetServerData } from '@flowsync/core'
export type { DehydratedState, ServerDataOptions, TryServerDataOptions } from '@flowsync/core'
export { createHubToken, createTokenRoute } from '@flowsync/token'
export type {
  HubTokenOptions,
  SessionWithUser,
  TokenErrorResponse,
  TokenResponse,
  TokenRoute,
  TokenRouteOptions,
} from '@flowsync/token'
