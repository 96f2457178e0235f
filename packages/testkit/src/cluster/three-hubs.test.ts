import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../servers/until.js'
import { HubCluster, type ClusterClient } from '../tests/hub-cluster.js'

/** What is promised (G4). */
const LAG_MS = 5_000

let cluster: HubCluster

beforeEach(async () => {
  cluster = await HubCluster.start(3)
})
afterEach(async () => {
  await cluster.close()
})

/** A client that is connected with one hub. */
async function clientOn(hub: number, subject: string): Promise<ClusterClient> {
  cluster.send(hub)
  const client = cluster.client(subject)
  await until(`${subject} is on hub ${hub}`, () => client.getSnapshot().isOnline, LAG_MS)
  cluster.send(undefined)
  return client
}

describe('three hubs on one storage, without Redis', { timeout: 60_000 }, () => {
  it('serve clients that lag 5 s at most behind each other', async () => {
    const clients = [await clientOn(0, 'ada'), await clientOn(1, 'bob'), await clientOn(2, 'eve')]
    const docs = clients.map((client) => client.stream('doc:a'))
    await Promise.all(docs.map((doc) => doc.whenReady()))
    for (let round = 0; round < 3; round++) {
      const author = docs[round]
      await author?.insert(0, `${round}`).acked
      await until('everybody has it', () => docs.every((doc) => doc.value.includes(`${round}`)), LAG_MS)
    }
    expect(new Set(docs.map(({ value }) => value)).size).toBe(1)
    expect(new Set(cluster.arrivals.map(({ hub }) => hub)).size).toBe(3)
  })

  it('take a queue from whoever was offline, at any of them, once', async () => {
    const ada = await clientOn(0, 'ada')
    const [votes, chat] = [ada.stream('counter:a'), ada.stream('chat:a')]
    await votes.increment(1).acked
    await chat.append('before').acked
    ada.goOffline()
    for (let i = 0; i < 50; i++) {
      votes.increment(10)
      chat.append(`offline ${i}`)
    }
    await cluster.stopHub(0)
    cluster.send(1)
    ada.goOnline()
    await until('the queue is empty', () => ada.getSnapshot().pendingCount === 0, LAG_MS)
    const bob = await clientOn(2, 'bob')
    const [theirs, read] = [bob.stream('counter:a'), bob.stream('chat:a')]
    await Promise.all([theirs.whenReady(), read.whenReady()])
    expect(theirs.value).toBe(501)
    expect(read.value).toEqual(['before', ...Array.from({ length: 50 }, (_, i) => `offline ${i}`)])
    expect([cluster.storedOf('counter:a'), cluster.storedOf('chat:a')]).toEqual([51, 51])
  })

  it('store once what was pushed to one of them and not acknowledged, and is pushed to another', async () => {
    const ada = await clientOn(0, 'ada')
    const chat = ada.stream('chat:a')
    await chat.append('first').acked
    // The hub hears and stores; its answers get nowhere.
    cluster.address.setMode({ kind: 'hold', direction: 'to-client' })
    const receipts = Array.from({ length: 20 }, (_, i) => chat.append(`lost ${i}`))
    await until('everything is stored', () => cluster.storedOf('chat:a') === 21, LAG_MS)
    expect(ada.getSnapshot().pendingCount).toBe(20)
    cluster.address.setMode({ kind: 'cut' })
    await cluster.stopHub(0)
    cluster.send(1)
    cluster.address.setMode({ kind: 'pass' })
    await Promise.all(receipts.map(({ acked }) => acked))
    expect(chat.value).toEqual(['first', ...Array.from({ length: 20 }, (_, i) => `lost ${i}`)])
    expect(cluster.storedOf('chat:a'), 'each once').toBe(21)
  })

  it('are restarted one after the other under writing clients: nothing is lost, and clients come back a few at a time', async () => {
    const CLIENTS = 30
    const SPREAD_MS = 2_000
    const clients = Array.from({ length: CLIENTS }, (_, i) => cluster.client(`user${i}`))
    const streams = clients.map((client) => client.stream('counter:a'))
    await until('all are online', () => clients.every((client) => client.getSnapshot().isOnline), LAG_MS)
    const before = cluster.arrivals.length
    expect(before).toBe(CLIENTS)

    let made = 0
    let isOver = false
    const writing = clients.map(async (_client, index) => {
      while (!isOver) {
        made++
        await streams[index]?.increment(1).acked
      }
    })
    for (const hub of [0, 1, 2]) {
      const arrivedBefore = cluster.arrivals.length
      const moved = cluster.arrivals.filter((arrival) => arrival.hub === hub).length
      await cluster.stopHub(hub)
      await cluster.startHub(hub)
      await until('all are online', () => clients.every((client) => client.getSnapshot().isOnline), LAG_MS)
      const times = cluster.arrivals.slice(arrivedBefore).map(({ atMs }) => atMs)
      expect(times.length).toBeGreaterThan(0)
      expect(times.length, 'only clients of the hub that went').toBeLessThanOrEqual(moved)
      const busiest = Math.max(
        ...times.map((from) => times.filter((at) => at >= from && at < from + 200).length),
      )
      expect(busiest, 'nobody storms').toBeLessThanOrEqual(Math.ceil((times.length * 200 * 4) / SPREAD_MS))
    }
    isOver = true
    await Promise.all(writing)
    await until('everybody has everything', () => streams.every(({ value }) => value === made), LAG_MS)
    expect(cluster.storedOf('counter:a')).toBe(made)
  })
})
