import type { LogReader } from './log-reader.js'
import type { RedisLink } from './redis-link.js'
import type { ReplicaNumbers } from './replica-numbers.js'
import type { StoreKeys } from './store-keys.js'
import type { StreamLoader } from './stream-loader.js'

/** What the driver is made of. */
export interface StoreParts {
  readonly link: RedisLink
  readonly keys: StoreKeys
  readonly replicas: ReplicaNumbers
  readonly reader: LogReader
  readonly loader: StreamLoader
}
