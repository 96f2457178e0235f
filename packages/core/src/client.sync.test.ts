import { createError, toWireError } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { refuseBatches } from './tests/fake-hub.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

describe('the path of an edit', () => {
  it('shows it at once, saves it, sends it and acknowledges it', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    const receipt = doc.insert(0, 'hi')
    expect(doc.value).toBe('hi')
    expect(doc.getSnapshot()).toMatchObject({
      status: 'ready',
      pendingCount: 1,
      isSynced: true,
      access: 'write',
    })
    expect(client.getSnapshot().pendingCount).toBe(1)
    await receipt.saved
    expect(await receipt.acked).toEqual({ seq: 1 })
    expect(doc.getSnapshot().pendingCount).toBe(0)
    expect(world.hub.log('doc:a').value).toBe('hi')
  })

  it('sends nothing that is not saved', async () => {
    let release = (): void => undefined
    const { disk } = world
    const client = await world.liveClient({
      storage: {
        ...disk,
        async open(scope) {
          const handle = await disk.open(scope)
          return {
            ...handle,
            async commit(transaction) {
              if (transaction.add.length > 0) await new Promise<void>((resolve) => (release = resolve))
              await handle.commit(transaction)
            },
          }
        },
      },
    })
    const receipt = client.stream('counter:a').increment()
    await settle()
    expect(world.hub.sent('push')).toEqual([])
    release()
    await receipt.acked
    expect(world.hub.log('counter:a').value).toBe(1)
  })

  it('sends what a tick brought in all streams in one frame', async () => {
    const client = await world.liveClient()
    const [doc, votes] = [client.stream('doc:a'), client.stream('counter:a')]
    await settle()
    const before = world.hub.sent('push').length
    for (let index = 0; index < 50; index++) {
      doc.insert(index, 'x')
      votes.increment()
    }
    await client.whenSynced()
    expect(world.hub.sent('push').length - before).toBe(1)
    expect(world.hub.log('counter:a').value).toBe(50)
    expect(world.hub.log('doc:a').value).toBe('x'.repeat(50))
  })

  it('splits what a frame cannot hold, in order', async () => {
    world.hub.limits = { frameBytes: 3_000, opsPerPush: 10 }
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    for (let index = 0; index < 200; index++) doc.insert(index * 20, String(index).padEnd(20, '.'))
    await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe(doc.value)
    for (const { batches } of world.hub.sent('push')) {
      expect(batches.reduce((sum, { ops }) => sum + ops.length, 0)).toBeLessThanOrEqual(10)
    }
  })

  it('refuses an edit that is too large before anything has changed', async () => {
    world.hub.limits = { frameBytes: 8_000, opsPerPush: 10 }
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    doc.insert(0, 'ok')
    expect(() => doc.insert(0, 'x'.repeat(8_000))).toThrow(expect.objectContaining({ code: 'op/too-large' }))
    expect(doc.value).toBe('ok')
    await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('ok')
  })

  it('throws for a bad intent and an unknown stream, and changes nothing', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    expect(() => doc.push({ op: 'nonsense' } as never)).toThrow(
      expect.objectContaining({ code: 'op/invalid-intent' }),
    )
    expect(() => client.stream('nowhere:a' as never)).toThrow(
      expect.objectContaining({ code: 'stream/unknown' }),
    )
    expect(() => client.stream('doc::' as never)).toThrow(
      expect.objectContaining({ code: 'stream/name-invalid' }),
    )
    expect(doc.getSnapshot().pendingCount).toBe(0)
  })

  it('settles the receipt of an edit that changes nothing', async () => {
    const client = await world.liveClient()
    const receipt = client.stream('doc:a').delete(0, 0)
    await receipt.saved
    expect(await receipt.acked).toEqual({ seq: 0 })
  })

  it('acknowledges by the feed when the answer is lost', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    const { hub } = world
    hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      const log = hub.log('doc:a')
      log.append(message.batches[0]?.ops ?? [])
      hub.broadcast({ type: 'feed', stream: 'doc:a', epoch: log.epoch, ops: log.ops })
      return 'lost'
    }
    expect(await doc.insert(0, 'hi').acked).toEqual({ seq: 1 })
    expect(client.getSnapshot().pendingCount).toBe(0)
  })
})

describe('other replicas', () => {
  it('shows their edits, and tells listeners once a frame', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    let calls = 0
    doc.subscribe(() => calls++)
    for (let index = 0; index < 100; index++) {
      world.hub.edit('doc:a', { op: 'insert', pos: index, text: 'x' })
      await settle(5)
    }
    await world.system.advance(16)
    expect(doc.value).toBe('x'.repeat(100))
    expect(calls).toBeLessThanOrEqual(2)
  })

  it('gives deltas by origin, in order, with the value they lead to', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    const seen: unknown[] = []
    doc.onDelta((deltas, origin) => seen.push([origin, deltas, doc.value]))
    doc.insert(0, 'ac')
    await client.whenSynced()
    world.hub.edit('doc:a', { op: 'insert', pos: 1, text: 'b' })
    await settle()
    expect(seen).toEqual([
      ['local', [{ position: 0, deleteCount: 0, insert: 'ac' }], 'ac'],
      ['remote', [{ position: 1, deleteCount: 0, insert: 'b' }], 'abc'],
    ])
  })

  it('pulls what a gap in the feed left out, once', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.mayFeed = (_, ops) => (ops[0]?.seq ?? 0) > 3
    for (const letter of 'abcdef') world.hub.edit('doc:a', { op: 'insert', pos: 0, text: letter })
    await settle()
    expect(doc.value).toBe('fedcba')
    expect(world.hub.sent('pull')).toHaveLength(1)
    await client.close()
  })

  it('finds within 5 s what a lost last feed brought', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.mayFeed = () => false
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'x' })
    await world.system.advance(5_000)
    expect(doc.value).toBe('x')
    await client.close()
  })

  it('shows within 5 s what others wrote, once a hub that could not store for a minute can again', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    // The longest wait that chance allows.
    world.system.chance = 0.999
    const outage = createError('storage/unavailable', 'The database does not answer.')
    world.hub.intercept = (message) => refuseBatches(message, outage)
    doc.insert(0, 'mine')
    await world.system.advance(60_000)
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'theirs ' })
    world.hub.intercept = () => undefined
    await world.system.advance(5_000)
    expect(doc.value).toContain('theirs')
    expect(doc.getSnapshot().pendingCount).toBe(0)
    await client.close()
  })

  it('asks for all quiet streams at once when there are many', async () => {
    const client = await world.liveClient()
    for (let index = 0; index < 50; index++) client.stream(`doc:${index}`)
    await client.whenSynced()
    world.hub.mayFeed = () => false
    world.hub.edit('doc:7', { op: 'insert', pos: 0, text: 'x' })
    await world.system.advance(5_000)
    expect(client.stream('doc:7').value).toBe('x')
    expect(world.hub.sent('subscribe').length).toBeLessThanOrEqual(4)
    expect(world.hub.sent('pull').length).toBeLessThanOrEqual(2)
    await client.close()
  })

  it('ignores duplicates, strangers and answers that nobody waits for', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'x' })
    const { epoch, ops } = world.hub.log('doc:a')
    world.hub.broadcast({ type: 'feed', stream: 'doc:a', epoch, ops })
    world.hub.broadcast({ type: 'feed', stream: 'doc:other', epoch, ops })
    world.hub.broadcast({ type: 'pushed', id: 999, results: [] })
    world.hub.broadcast({ type: 'pulled', id: 999, stream: 'doc:a', epoch, headSeq: 7, ops: [] })
    await settle()
    expect(doc.value).toBe('x')
    expect(client.getSnapshot().state).toBe('live')
  })
})

describe('offline', () => {
  it('queues, and sends everything once in order when it is back', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    client.goOffline()
    for (let index = 0; index < 20; index++) doc.insert(index, String(index % 10))
    expect(client.getSnapshot()).toMatchObject({ state: 'offline', isOnline: false, pendingCount: 20 })
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: '>' })
    client.goOnline()
    await client.whenSynced()
    expect(client.getSnapshot()).toMatchObject({ state: 'live', isOnline: true, pendingCount: 0 })
    expect(doc.value).toBe(world.hub.log('doc:a').value)
    expect(world.hub.log('doc:a').headSeq).toBe(21)
  })

  it('sends again what was under way when the connection broke, without a second effect', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await settle()
    const { hub } = world
    hub.mayFeed = () => false
    hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      hub.log('counter:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    const receipt = votes.increment(5)
    await settle()
    hub.intercept = () => undefined
    hub.dropAll()
    await settle()
    expect(client.getSnapshot().state).toBe('offline')
    await world.system.advance(1_000)
    await receipt.acked
    expect(votes.value).toBe(5)
    expect(hub.log('counter:a').headSeq).toBe(1)
  })

  it('keeps a stream loading, and says that it is offline, when nothing is stored', async () => {
    const client = world.client({ connect: false })
    const doc = client.stream('doc:a')
    let isReady = false
    void doc.whenReady().then(() => (isReady = true))
    await world.system.advance(60_000)
    expect(isReady).toBe(false)
    expect(doc.getSnapshot()).toMatchObject({ status: 'loading', isSynced: false, value: '' })
    expect(client.getSnapshot().state).toBe('offline')
    client.goOnline()
    await doc.whenReady()
    expect(doc.getSnapshot()).toMatchObject({ status: 'ready', isSynced: true })
  })

  it('tells a replica that was edited and never synced from one that was', async () => {
    const client = world.client({ connect: false })
    const doc = client.stream('doc:a')
    await settle()
    doc.insert(0, 'draft')
    await settle()
    expect(doc.getSnapshot()).toMatchObject({ status: 'ready', isSynced: false, value: 'draft' })
  })
})

describe('refusals', () => {
  it('takes back what was refused and keeps the rest', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    doc.insert(0, 'hello')
    await client.whenSynced()
    let refused = 0
    world.hub.intercept = (message) => {
      const isBad = message.type === 'push' && message.batches.some(({ ops }) => ops[0]?.body.includes(66))
      if (!isBad) return undefined
      refused++
      return refuseBatches(message, createError('op/invalid', 'No B here.'))
    }
    const bad = doc.insert(0, 'B')
    await bad.saved
    const good = doc.insert(3, '!')
    const seen: string[] = []
    doc.subscribe(() => seen.push(doc.value))
    expect(doc.value).toBe('Bhe!llo')
    expect(await codeOf(bad.acked)).toBe('op/invalid')
    await good.acked
    await client.whenSynced()
    expect(refused).toBeGreaterThan(0)
    expect(doc.value).toBe('he!llo')
    expect(world.hub.log('doc:a').value).toBe('he!llo')
    await world.system.advance(16)
    expect(seen.at(-1)).toBe('he!llo')
    await client.close()
  })

  it('finds the one bad op of a batch', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.intercept = (message) => {
      const isBad =
        message.type === 'push' &&
        message.batches.some(({ ops }) => ops.some(({ body }) => body.includes(66)))
      return isBad ? refuseBatches(message, createError('op/invalid', 'No B here.')) : undefined
    }
    const receipts = ['a', 'B', 'c'].map((letter) => doc.insert(doc.value.length, letter))
    expect(await Promise.all(receipts.map(({ acked }) => codeOf(acked)))).toEqual([
      'resolved',
      'op/invalid',
      'resolved',
    ])
    await client.whenSynced()
    expect(doc.value).toBe('ac')
    expect(world.hub.log('doc:a').value).toBe('ac')
  })

  it('takes back all when writing is denied, says so, and refuses further edits at once', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.access = 'read'
    const receipt = doc.insert(0, 'x')
    expect(await codeOf(receipt.acked)).toBe('acl/denied')
    await client.whenSynced()
    expect(doc.getSnapshot()).toMatchObject({
      value: '',
      access: 'read',
      pendingCount: 0,
      error: { code: 'acl/denied' },
    })
    const next = doc.insert(0, 'y')
    expect(doc.value).toBe('')
    expect(await codeOf(next.saved)).toBe('acl/denied')
  })

  it('keeps and retries what the hub cannot take now', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await settle()
    let tries = 0
    world.hub.intercept = (message) => {
      if (message.type !== 'push' || ++tries > 2) return undefined
      const error = createError('limit/rate', 'Slow down.', { details: { retryAfterMs: 2_000 } })
      return tries === 1
        ? { type: 'refused', id: message.id, error: toWireError(error) }
        : refuseBatches(message, createError('storage/full', 'Full.'))
    }
    const receipt = votes.increment()
    await world.system.advance(1_900)
    expect(tries).toBe(1)
    expect(votes.getSnapshot()).toMatchObject({ value: 1, pendingCount: 1, error: { code: 'limit/rate' } })
    await world.system.advance(30_000)
    await receipt.acked
    expect(votes.getSnapshot().error).toBeUndefined()
    await client.close()
  })

  it('fails a stream that the hub does not give', async () => {
    world.hub.intercept = (message) =>
      message.type === 'subscribe'
        ? {
            type: 'subscribed',
            id: message.id,
            results: message.streams.map(({ stream }) => {
              return {
                kind: 'failed',
                stream,
                error: toWireError(createError('stream/rule-mismatch', 'Other rule.')),
              }
            }),
          }
        : undefined
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    expect(await codeOf(doc.whenReady())).toBe('stream/rule-mismatch')
    expect(doc.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'stream/rule-mismatch' } })
    expect(client.getSnapshot().state).toBe('live')
  })

  it('asks again for a stream that the hub cannot give now', async () => {
    let asked = 0
    world.hub.intercept = (message) =>
      message.type === 'subscribe' && ++asked === 1
        ? { type: 'refused', id: message.id, error: toWireError(createError('hub/overloaded', 'Later.')) }
        : undefined
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    expect(doc.getSnapshot()).toMatchObject({ status: 'loading', error: { code: 'hub/overloaded' } })
    await world.system.advance(1_000)
    expect(doc.getSnapshot()).toMatchObject({ status: 'ready', error: undefined })
    await client.close()
  })
})
