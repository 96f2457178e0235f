import type { System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { HubLimits } from '../limit/limits.js'
import type { HubLog } from '../log/hub-log.js'
import type { HubLogger } from '../logging/logger.js'

/** What all connections of an engine share. */
export interface GatewayContext {
  readonly log: HubLog
  readonly auth: Authenticate
  readonly system: System
  readonly limits: HubLimits
  readonly logger: HubLogger
  /** True once the hub has begun to shut down: nobody new is let in. */
  isDraining(): boolean
  /** True once everybody was sent away: nothing new is stored. */
  isClosing(): boolean
}
