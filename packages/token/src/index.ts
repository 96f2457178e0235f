export { createHubToken, type HubTokenOptions } from './hub-token.js'
export { secretKey } from './secret-key.js'
export {
  createTokenRoute,
  type SessionWithUser,
  type TokenErrorResponse,
  type TokenResponse,
  type TokenRoute,
  type TokenRouteOptions,
} from './token-route.js'
