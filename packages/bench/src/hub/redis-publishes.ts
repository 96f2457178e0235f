import { createClient } from 'redis'
import { until } from './settle.js'

const END_MS = 5_000

/** How often something was published while it was counted. */
export interface PublishCounter {
  /** Ends it, once everything has come that was published before. */
  end(): Promise<number>
}

/**
 * Counts what is published under a prefix, by watching every command that Redis gets. Redis is slower as long as it is
 * watched: end it before anything is timed.
 */
export async function countPublishes(url: string, prefix: string): Promise<PublishCounter> {
  const client = createClient({ url })
  await client.connect()
  let count = 0
  await client.monitor((line) => {
    if (isPublish(line.toString(), prefix)) count++
  })
  return {
    end: async () => {
      const marker = createClient({ url })
      await marker.connect()
      const before = count
      await marker.publish(`${prefix}-end`, '')
      await until(
        () => 'Redis does not tell what it gets',
        () => count > before,
        END_MS,
      )
      marker.destroy()
      client.destroy()
      return count - 1
    },
  }
}

/** Whether a line of `MONITOR` is a publish to a channel that begins with a prefix. */
export function isPublish(line: string, prefix: string): boolean {
  const [, command = '', channel = ''] = /^\S+ \[[^\]]*\] "(\w+)" "([^"]*)"/.exec(line) ?? []
  return /^s?publish$/i.test(command) && channel.startsWith(prefix)
}
