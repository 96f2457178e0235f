import type { System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { Origins } from '../config/origins.js'
import type { BucketTable } from '../limit/bucket-table.js'
import type { HubLimits } from '../limit/limits.js'
import type { HubLog } from '../log/hub-log.js'
import type { HubLogger } from '../logging/logger.js'
import type { HubAuthor } from './hub-author.js'

/** What the routes of the HTTP API share. */
export interface HttpContext {
  readonly log: HubLog
  readonly author: HubAuthor
  readonly auth: Authenticate
  readonly system: System
  readonly limits: HubLimits
  /** How many requests each subject, and each address without one, may make. */
  readonly requests: BucketTable
  readonly logger: HubLogger
  readonly origins?: Origins
  /** Rejects when the hub should get no traffic. */
  checkReady(): Promise<void>
}
