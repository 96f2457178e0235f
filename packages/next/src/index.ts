export type { DehydratedState } from '@flowsync/core'
export { createHubToken, type HubTokenOptions } from './hub-token.js'
export { getServerData } from './server-data.js'
export {
  createTokenRoute,
  type TokenErrorResponse,
  type TokenResponse,
  type TokenRoute,
  type TokenRouteOptions,
} from './token-route.js'
