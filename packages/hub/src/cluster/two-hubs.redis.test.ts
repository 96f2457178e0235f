import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { put, replica } from '../tests/engine-world.js'
import { SocketClient } from '../tests/socket-client.js'
import { startHub, type TestHub, tokenFor } from '../tests/test-hub.js'

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

const hubs: TestHub[] = []
let ada: SocketClient
let bob: SocketClient
let epoch: string

beforeEach(async () => {
  const disk = new MemoryDisk()
  const redis = { url, channelPrefix: `flowsync-test-${randomUUID()}` }
  for (let i = 0; i < 2; i++) {
    hubs.push(await startHub({ storage: memory({ disk, isShared: true }), redis }))
  }
  const [first, second] = hubs
  ada = await SocketClient.join(first?.address.url ?? '', await tokenFor('ada'), replica(1))
  bob = await SocketClient.join(second?.address.url ?? '', await tokenFor('bob'), replica(2))
  epoch = (await ada.subscribe('note:a')).epoch
  expect((await bob.subscribe('note:a')).epoch).toBe(epoch)
  await vi.waitFor(() => expect(hubs.map(({ hub }) => hub.cluster?.isLinked)).toEqual([true, true]))
})

afterEach(async () => {
  ada.close()
  bob.close()
  await Promise.all(hubs.splice(0).map(({ hub }) => hub.close()))
})

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
    expect(hubs.map(({ hub }) => hub.cluster)).toEqual([
      { isLinked: true, fromLink: 1, fromStorage: 0 },
      { isLinked: true, fromLink: 1, fromStorage: 0 },
    ])
  })

  it('keep workspaces apart', async () => {
    const other = await SocketClient.join(
      hubs[1]?.address.url ?? '',
      await tokenFor('ada', ['write:*'], 'acme'),
      replica(3),
      'acme',
    )
    await other.subscribe('note:a')
    await ada.push('note:a', epoch, [put(replica(1), 1, 'z')])
    await bob.until(() => heardBy(bob).includes(1))
    expect(heardBy(other), 'another workspace hears nothing').toEqual([])
    other.close()
  })
})
