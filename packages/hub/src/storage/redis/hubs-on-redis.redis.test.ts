import { startRedis, type TestRedis } from '@flowsync/testkit/servers'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { put, replica } from '../../tests/engine-world.js'
import { SocketClient } from '../../tests/socket-client.js'
import { startHub, type TestHub, tokenFor } from '../../tests/test-hub.js'
import { redis } from './redis.js'

let server: TestRedis
const hubs: TestHub[] = []
const clients: SocketClient[] = []

beforeEach(async () => {
  server = await startRedis({ appendfsync: 'everysec' })
  for (let number = 1; number <= 2; number++) {
    hubs.push(await startHub({ storage: redis(server.url, { timeoutMs: 500 }) }))
  }
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all(hubs.splice(0).map(({ hub }) => hub.close()))
  await server.remove()
})

async function join(hub: TestHub | undefined, subject: string, number: number): Promise<SocketClient> {
  const client = await SocketClient.join(hub?.address.url ?? '', await tokenFor(subject), replica(number))
  clients.push(client)
  return client
}

/** What became of a push of one op, once the storage takes it or refuses it for good. */
async function pushed(client: SocketClient, epoch: string, counter: number, author = 1): Promise<unknown> {
  for (;;) {
    const answer = await client.push('note:a', epoch, [put(replica(author), counter, 'x')])
    if (answer.type !== 'pushed') throw new Error(`refused: ${JSON.stringify(answer)}`)
    const [result] = answer.results
    if (result?.kind === 'ok') return result.seqs
    if (result?.error.code !== 'storage/unavailable') return result?.error.code
  }
}

describe('two hubs on a log in redis', () => {
  it('serve one stream', async () => {
    const ada = await join(hubs[0], 'ada', 1)
    const bob = await join(hubs[1], 'bob', 2)
    const { epoch } = await ada.subscribe('note:a')
    expect((await bob.subscribe('note:a')).epoch).toBe(epoch)
    expect(await pushed(ada, epoch, 1)).toEqual([1])
    expect(await pushed(bob, epoch, 1, 2)).toEqual([2])
    expect(await pushed(ada, epoch, 1), 'again').toEqual([1])
    expect((await bob.subscribe('note:a')).headSeq).toBe(2)
  })

  it('go on in a new epoch when the server was started anew and may lack the end', async () => {
    const ada = await join(hubs[0], 'ada', 1)
    const bob = await join(hubs[1], 'bob', 2)
    const { epoch } = await ada.subscribe('note:a')
    await bob.subscribe('note:a')
    await pushed(ada, epoch, 1)
    await server.kill('SIGTERM')
    await server.start()
    expect(await pushed(ada, epoch, 2)).toBe('stream/epoch-changed')
    expect(await pushed(bob, epoch, 1, 2)).toBe('stream/epoch-changed')
    const renewed = await ada.subscribe('note:a')
    expect(renewed.epoch).not.toBe(epoch)
    expect((await bob.subscribe('note:a')).epoch).toBe(renewed.epoch)
    expect(await pushed(ada, renewed.epoch, 2)).toEqual([2])
  })

  it('take streams anew when the server was emptied', async () => {
    const ada = await join(hubs[0], 'ada', 1)
    const { epoch } = await ada.subscribe('note:a')
    await pushed(ada, epoch, 1)
    const admin = createClient({ url: server.url })
    await admin.connect()
    await admin.flushAll()
    admin.destroy()
    expect(await pushed(ada, epoch, 2)).toBe('stream/epoch-changed')
    const renewed = await ada.subscribe('note:a')
    expect(renewed).toMatchObject({ headSeq: 0 })
    expect(await pushed(ada, renewed.epoch, 1)).toEqual([1])
  })
})
