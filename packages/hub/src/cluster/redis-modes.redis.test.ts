import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from 'redis'
import { put, replica } from '../tests/engine-world.js'
import { HubPair } from '../tests/hub-pair.js'
import { freePort, OwnRedis } from '../tests/own-redis.js'

const OLD = ['--rename-command', 'SPUBLISH', '', '--rename-command', 'SSUBSCRIBE', '']

let redis: OwnRedis | undefined
let pair: HubPair | undefined

afterEach(async () => {
  await pair?.close()
  await redis?.remove()
})

/** How often each of these commands was called. */
async function callsOf(url: string, commands: readonly string[]): Promise<number[]> {
  const admin = createClient({ url })
  await admin.connect()
  const stats = await admin.sendCommand<string>(['INFO', 'commandstats'])
  admin.destroy()
  return commands.map((command) =>
    Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0),
  )
}

describe('hubs linked by Redis', { timeout: 40_000 }, () => {
  it('publish once for each frame, whatever it holds, and only by sharded pub/sub', async () => {
    redis = await OwnRedis.start()
    pair = await HubPair.start(redis.url)
    await pair.linked()
    const { ada, bob, epoch } = pair
    // All messages of the channel, to tell frames from probes.
    const listener = createClient({ url: redis.url })
    await listener.connect()
    const messages: Buffer[] = []
    await listener.sSubscribe('flowsync#/#', (message) => messages.push(message), true)
    const [before] = await callsOf(redis.url, ['spublish'])
    const probesBefore = messages.length
    const COUNT = 500
    await Promise.all(
      Array.from({ length: COUNT }, (_, i) => ada.push('note:a', epoch, [put(replica(1), i + 1, 'x')])),
    )
    const heard = (): number => bob.all('feed').reduce((sum, { ops }) => sum + ops.length, 0)
    await bob.until(() => heard() === COUNT)
    const [after, publish] = await callsOf(redis.url, ['spublish', 'publish'])
    const probes = messages.slice(probesBefore).filter((message) => message.includes('"nsp":"probe"')).length
    const frames = bob.all('feed').length
    expect(frames).toBe(ada.all('feed').length)
    expect(frames, 'a burst is gathered').toBeLessThan(COUNT / 5)
    // A probe may have been counted that the listener has not got yet.
    expect((after ?? 0) - (before ?? 0) - frames - probes).toBeLessThanOrEqual(2)
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(frames)
    expect(publish).toBe(0)
    expect(pair.logged.filter((line) => line.includes('"mode":"sharded"'))).toHaveLength(2)
    listener.destroy()
  })

  it('take the classic pub/sub where there is no other, and change together when the server is upgraded', async () => {
    redis = await OwnRedis.start(OLD)
    pair = await HubPair.start(redis.url)
    await pair.linked()
    await pair.heard(await pair.push())
    expect(pair.hubs[1]?.hub.cluster).toMatchObject({ fromLink: 1, fromStorage: 0 })
    expect(pair.logged.filter((line) => line.includes('"mode":"classic"'))).toHaveLength(2)

    await redis.kill()
    await pair.linked(false)
    redis.extra = []
    await redis.run()
    await pair.linked()
    const before = pair.hubs[1]?.hub.cluster?.fromLink ?? 0
    await pair.heard(await pair.push())
    expect(pair.hubs[1]?.hub.cluster?.fromLink).toBe(before + 1)
    expect(pair.logged.filter((line) => line.includes('"mode":"sharded"'))).toHaveLength(2)
  })

  it.each([['classic', OLD] as const, ['sharded', []] as const])(
    'outlive messages on their channels that are none (%s)',
    async (mode, extra) => {
      redis = await OwnRedis.start(extra)
      pair = await HubPair.start(redis.url)
      await pair.linked()
      const unhandled: unknown[] = []
      const note = (reason: unknown): void => void unhandled.push(reason)
      process.on('unhandledRejection', note)
      const stranger = createClient({ url: redis.url })
      await stranger.connect()
      for (const message of ['garbage', 'null', '\xc0', '{}', '{"uid":"a","nsp":"/","type":5}']) {
        const bytes = Buffer.from(message, 'latin1')
        for (const channel of ['flowsync-request#/#', 'flowsync-response#/#', 'flowsync#/#']) {
          if (mode === 'sharded') await stranger.sPublish(channel, bytes)
          else await stranger.publish(channel, bytes)
        }
      }
      stranger.destroy()
      await pair.heard(await pair.push())
      await pair.linked()
      process.off('unhandledRejection', note)
      expect(unhandled).toEqual([])
    },
  )

  it('start without Redis, serve, lag 5 s at most, and find it when it comes', async () => {
    const port = await freePort()
    pair = await HubPair.start(`redis://:a-password@127.0.0.1:${port}`)
    await pair.heard(await pair.push())
    expect(pair.told).toEqual({ lost: 2, works: 0 })
    redis = await OwnRedis.start(['--requirepass', 'a-password'], port)
    await pair.linked()
    await pair.heard(await pair.push())
    expect(pair.hubs[1]?.hub.cluster).toMatchObject({ isLinked: true, fromLink: 1 })
    expect(pair.told).toEqual({ lost: 2, works: 2 })
    expect(JSON.stringify(pair.logged)).not.toContain('a-password')
  })

  it('go on without a link where no password fits, and do not tell it', async () => {
    redis = await OwnRedis.start(['--requirepass', 'a-password'])
    pair = await HubPair.start(`redis://:wrong-password@127.0.0.1:${redis.port}`)
    await pair.heard(await pair.push())
    expect(pair.isLinked).toBe(false)
    expect(pair.told).toEqual({ lost: 2, works: 0 })
    expect(JSON.stringify(pair.logged)).not.toContain('wrong-password')
  })

  it('need no Redis at all: on a shared storage readers lag 5 s at most', async () => {
    pair = await HubPair.start(undefined)
    for (let i = 0; i < 3; i++) await pair.heard(await pair.push())
    expect(pair.hubs[1]?.hub.cluster).toEqual({ isLinked: false, fromLink: 0, fromStorage: 3 })
  })
})
