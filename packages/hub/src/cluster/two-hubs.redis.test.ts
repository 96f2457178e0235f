import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { SocketClient } from '../tests/socket-client.js'
import { startHub, type TestHub, tokenFor } from '../tests/test-hub.js'
import { memory } from '../storage/memory.js'
import type { LogDriver } from '../storage/driver.js'

const redis = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

const hubs: TestHub[] = []
let admin: ReturnType<typeof createClient>
let ada: SocketClient
let bob: SocketClient
let epoch: string

/** One storage for two hubs, as a database server would be: opened once, and not closed by either. */
function share(storage: LogDriver): LogDriver {
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'open' || name === 'close') return () => Promise.resolve()
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

beforeEach(async () => {
  admin = createClient({ url: redis })
  await admin.connect()
  const storage = memory()
  await storage.open()
  for (let i = 0; i < 2; i++) hubs.push(await startHub({ storage: share(storage), redis }))
  const [first, second] = hubs
  ada = await SocketClient.join(first?.address.url ?? '', await tokenFor('ada'), replica(1))
  bob = await SocketClient.join(second?.address.url ?? '', await tokenFor('bob'), replica(2))
  epoch = (await ada.subscribe('note:a')).epoch
  expect((await bob.subscribe('note:a')).epoch).toBe(epoch)
  await subscribed(2)
})

afterEach(async () => {
  ada.close()
  bob.close()
  await Promise.all(hubs.splice(0).map(({ hub }) => hub.close()))
  admin.destroy()
})

/** Resolves when so many hubs listen at Redis for the workspace. */
async function subscribed(count: number): Promise<void> {
  for (;;) {
    if ((await admin.pubSubNumSub('flowsync-request#/default#'))['flowsync-request#/default#'] === count)
      return
  }
}

function heardBy(client: SocketClient): number[] {
  return client.all('feed').flatMap(({ ops }) => ops.map(({ seq }) => seq))
}

describe('two hubs on one storage', () => {
  it('tell each other through Redis', async () => {
    await ada.push('note:a', epoch, [put(replica(1), 1, 'x')])
    await bob.until(() => heardBy(bob).includes(1))
    await bob.push('note:a', epoch, [put(replica(2), 1, 'y', 1)])
    await ada.until(() => heardBy(ada).includes(2))
    expect(heardBy(ada)).toEqual([1, 2])
    const other = await SocketClient.join(
      hubs[1]?.address.url ?? '',
      await tokenFor('ada', ['write:*'], 'acme'),
      replica(3),
      'acme',
    )
    await other.subscribe('note:a')
    await ada.push('note:a', epoch, [put(replica(1), 2, 'z')])
    await bob.until(() => heardBy(bob).includes(3))
    expect(heardBy(other), 'another workspace hears nothing').toEqual([])
    other.close()
  })

  it('go on without Redis, and hear each other again when it is back', async () => {
    // Ends the connections of these hubs, as a restart of Redis does.
    const list = (await admin.sendCommand(['CLIENT', 'LIST'])) as unknown as string
    const own = [...list.matchAll(new RegExp(`^id=(\\d+) .*name=flowsync-hub-${process.pid} `, 'gm'))]
    expect(own).toHaveLength(4)
    for (const [, id] of own) {
      await admin.sendCommand(['CLIENT', 'KILL', 'ID', id ?? ''])
    }
    expect(await ada.push('note:a', epoch, [put(replica(1), 1, 'x')])).toMatchObject({ type: 'pushed' })
    await ada.until(() => heardBy(ada).includes(1))
    await subscribed(2)
    for (let counter = 2; heardBy(bob).length === 0; counter++) {
      await ada.push('note:a', epoch, [put(replica(1), counter, 'x')])
    }
    const { headSeq, ops } = await bob.subscribe('note:a', { epoch, seq: 0 })
    expect(
      ops.map(({ seq }) => seq),
      'nothing is lost',
    ).toEqual(Array.from({ length: headSeq }, (_, i) => i + 1))
  })

  it('start and work while Redis is away', async () => {
    const alone = await startHub({ redis: 'redis://127.0.0.1:1' })
    hubs.push(alone)
    const client = await SocketClient.join(alone.address.url, await tokenFor('ada'), replica(1))
    const stream = await client.subscribe('note:a')
    await client.push('note:a', stream.epoch, [put(replica(1), 1, 'x')])
    await client.until(() => heardBy(client).includes(1))
    client.close()
  })
})
