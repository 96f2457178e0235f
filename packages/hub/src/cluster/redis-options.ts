import { createError } from '@flowsync/protocol'

/** The Redis that links hubs. */
export interface RedisOptions {
  /** Such as `redis://localhost:6379`, or `rediss://user:password@host:6380` with TLS. */
  readonly url: string
  /**
   * What names of channels begin with. Clusters with different storages that share one Redis need different ones.
   * Default `flowsync`.
   */
  readonly channelPrefix?: string | undefined
}

/** @throws FlowSyncError `config/invalid`; the URL, which may hold a password, is not repeated */
export function redisOptionsOf(given: string | RedisOptions): RedisOptions {
  const { url, channelPrefix } = typeof given === 'string' ? { url: given } : given
  const protocol = URL.parse(url)?.protocol
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw createError('config/invalid', 'The Redis URL is none; it looks like redis://localhost:6379')
  }
  if (channelPrefix === '') {
    throw createError('config/invalid', 'The option "redis.channelPrefix" is empty; leave it away instead.')
  }
  return channelPrefix === undefined ? { url } : { url, channelPrefix }
}
