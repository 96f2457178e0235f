import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from 'redis'
import { HubPair } from '../tests/hub-pair.js'
import { OwnRedis } from '../tests/own-redis.js'
import { RedisGap } from '../tests/redis-gap.js'

const LIMIT_MS = 40_000

let redis: OwnRedis
let gap: RedisGap
let admin: ReturnType<typeof createClient>
let pair: HubPair

beforeEach(async () => {
  redis = await OwnRedis.start()
  gap = await RedisGap.start(redis.port)
  admin = createClient({ url: redis.url, socket: { reconnectStrategy: 50 } })
  admin.on('error', () => undefined)
  await admin.connect()
  pair = await HubPair.start(gap.url)
  await pair.linked()
})

afterEach(async () => {
  redis.resume()
  await pair.close()
  admin.destroy()
  await gap.stop()
  await redis.remove()
})

/** Resolves when a frame came to the other hub over the link, and not out of the storage. */
async function provesLink(): Promise<void> {
  const [, other] = pair.hubs
  const before = other?.hub.cluster
  await pair.heard(await pair.push())
  const after = other?.hub.cluster
  expect(after).toMatchObject({ isLinked: true, fromLink: (before?.fromLink ?? 0) + 1 })
  expect(after?.fromStorage).toBe(before?.fromStorage)
}

/** Both hubs noticed, said so once each, and said once each that it works again. */
async function healed(): Promise<void> {
  await vi.waitFor(() => expect(pair.told.lost).toBe(2), { timeout: 10_000 })
  await pair.linked()
  await provesLink()
  expect(pair.told).toEqual({ lost: 2, works: 4 })
  const seqs = pair.heardSeqs()
  expect(new Set(seqs).size, 'nothing is missing').toBe(Math.max(...seqs))
}

describe('the link between two hubs', { timeout: LIMIT_MS }, () => {
  it('works', async () => {
    await provesLink()
    expect(pair.told).toEqual({ lost: 0, works: 2 })
  })

  it('is lost and found when Redis is killed and comes back; readers lag 5 s at most meanwhile', async () => {
    await redis.kill()
    await pair.linked(false)
    for (let i = 0; i < 3; i++) await pair.heard(await pair.push())
    await redis.run()
    await healed()
  })

  it('is lost and found when Redis stands still', async () => {
    redis.pause()
    await pair.heard(await pair.push())
    await pair.linked(false)
    await pair.heard(await pair.push())
    redis.resume()
    await healed()
  })

  it('is made anew when the subscribers are cut off', async () => {
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await pair.heard(await pair.push())
    await healed()
  })

  it('is made anew when all clients are cut off', async () => {
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    await pair.heard(await pair.push())
    await healed()
  })

  it('does not care for what Redis keeps', async () => {
    await admin.sendCommand(['FLUSHALL'])
    await provesLink()
    expect(pair.told).toEqual({ lost: 0, works: 2 })
  })

  it('is found dead when its connections are half open', async () => {
    gap.isSilent = true
    await pair.heard(await pair.push())
    await pair.linked(false)
    gap.isSilent = false
    await healed()
  })

  it('is found deaf when a server forgot its subscriptions, and made anew (socket.io#4845)', async () => {
    gap.loseSubscriptions()
    await pair.heard(await pair.push())
    await healed()
  })

  it('of one hub may be cut while that of the other works: readers there lag 5 s at most', async () => {
    await pair.close()
    pair = await HubPair.start(gap.url, redis.url)
    await pair.linked()
    gap.isSilent = true
    const [first, second] = pair.hubs
    for (let i = 0; i < 3; i++) {
      await pair.heard(await pair.push())
      expect(second?.hub.cluster?.isLinked).toBe(true)
    }
    expect(first?.hub.cluster?.isLinked).toBe(false)
    expect(second?.hub.cluster).toMatchObject({ fromLink: 0, fromStorage: 3 })
    gap.isSilent = false
    await pair.linked()
    await provesLink()
  })

  it('is not taken for alive as long as its subscriptions are confirmed and do not hold (socket.io#4845)', async () => {
    gap.forgetsSubscriptions = true
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    await pair.linked(false)
    for (let i = 0; i < 3; i++) {
      await pair.heard(await pair.push())
      expect(pair.isLinked).toBe(false)
    }
    gap.forgetsSubscriptions = false
    await healed()
  })
})
