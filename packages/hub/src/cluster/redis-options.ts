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
  if (!isRedisUrl(url)) {
    throw createError(
      'config/invalid',
      'The Redis URL is none; it looks like redis://localhost:6379. A "%" in a password is written as %25.',
    )
  }
  if (channelPrefix === '') {
    throw createError('config/invalid', 'The option "redis.channelPrefix" is empty; leave it away instead.')
  }
  return channelPrefix === undefined ? { url } : { url, channelPrefix }
}

/** What the client of Redis takes. It throws at anything else, and only when it is made. */
function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !(url.protocol === 'redis:' || url.protocol === 'rediss:')) return false
  return /^\/?\d*$/.test(url.pathname) && isPercentEncoded(url.username) && isPercentEncoded(url.password)
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
