import { createError, toWireError } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { memory } from './storage/memory.js'
import { settle } from './tests/virtual-system.js'
import { World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

/** A stream whose log the hub has, typed letter by letter. */
function fill(name: `doc:${string}`, text: string): void {
  for (const [index, letter] of [...text].entries())
    world.hub.log(name).edit({ op: 'insert', pos: index, text: letter })
}

describe('joining', () => {
  it('takes a snapshot and the tail after it', async () => {
    fill('doc:a', 'hello')
    world.hub.log('doc:a').floor = 5
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await doc.whenReady()
    expect(doc.value).toBe('hello')
    world.hub.edit('doc:a', { op: 'insert', pos: 5, text: '!' })
    await settle()
    expect(doc.value).toBe('hello!')
  })

  it('pulls what the first answer leaves out', async () => {
    fill('doc:a', 'hello world')
    world.hub.intercept = (message) => {
      if (message.type === 'subscribe') {
        const { epoch, headSeq, ops } = world.hub.log('doc:a')
        const results = message.streams.map(({ stream }) => {
          return {
            kind: 'ok',
            stream,
            epoch,
            headSeq,
            access: 'write',
            ops: ops.slice(0, 3),
            acknowledged: [],
          } as const
        })
        return { type: 'subscribed', id: message.id, results }
      }
      if (message.type !== 'pull') return undefined
      const { epoch, headSeq, ops } = world.hub.log('doc:a')
      const part = ops.slice(message.afterSeq, message.afterSeq + 3)
      return { type: 'pulled', id: message.id, stream: 'doc:a', epoch, headSeq, ops: part }
    }
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    expect(doc.value).toBe('hello world')
    expect(world.hub.sent('pull')).toHaveLength(3)
  })

  it('puts edits made before the hub was heard on top of what it has', async () => {
    fill('doc:a', 'hello')
    world.hub.log('doc:a').floor = 5
    const client = world.client({ connect: false })
    const doc = client.stream('doc:a')
    await settle()
    const receipts = [doc.insert(0, 'A'), doc.insert(1, 'B')]
    client.goOnline()
    await client.whenSynced()
    expect((await Promise.all(receipts.map(({ acked }) => acked))).map(({ seq }) => seq)).toEqual([6, 7])
    expect(doc.value).toBe('ABhello')
    expect(world.hub.log('doc:a').value).toBe('ABhello')
    expect(world.hub.connectCount).toBe(1)
    // Nothing of the log's history was needed for it.
    expect(world.hub.sent('subscribe').map(({ streams }) => streams[0]?.rebuildBelow)).toEqual([undefined])
  })
})

describe('an op that needs older history', () => {
  it('is merged after folding again from an older snapshot, with exact deltas', async () => {
    fill('doc:a', 'hello world')
    world.hub.log('doc:a').floor = 11
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    const deltas: unknown[] = []
    doc.onDelta((some) => deltas.push(...some))
    // Made when the text was 'hello'.
    world.hub.edit('doc:a', { op: 'insert', pos: 5, text: '!' }, 5)
    await client.whenSynced()
    await settle()
    expect(doc.value).toBe(world.hub.log('doc:a').value)
    expect(world.hub.sent('subscribe').at(-1)?.streams[0]?.rebuildBelow).toBe(5)
    expect(deltas).toEqual([{ position: doc.value.indexOf('!'), deleteCount: 0, insert: '!' }])
  })

  it('keeps pending edits on top, and their ids', async () => {
    fill('doc:a', 'hello world')
    world.hub.log('doc:a').floor = 11
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    world.hub.intercept = (message) => (message.type === 'push' ? 'lost' : undefined)
    const receipt = doc.insert(11, '?')
    await settle()
    const [pushed] = world.hub.sent('push')
    world.hub.edit('doc:a', { op: 'insert', pos: 5, text: '!' }, 5)
    await settle()
    expect(doc.value).toContain('?')
    world.hub.intercept = () => undefined
    world.hub.dropAll()
    await world.system.advance(2_000)
    await receipt.acked
    expect(doc.value).toBe(world.hub.log('doc:a').value)
    expect(doc.value).toContain('!')
    expect(world.hub.sent('push').at(-1)?.batches[0]?.ops[0]?.replica).toBe(
      pushed?.batches[0]?.ops[0]?.replica,
    )
    await client.close()
  })

  it('is found when the disk is read, and repaired when the hub is there', async () => {
    fill('doc:a', 'hello world')
    world.hub.log('doc:a').floor = 11
    const first = await world.liveClient()
    first.stream('doc:a')
    await first.whenSynced()
    world.hub.edit('doc:a', { op: 'insert', pos: 5, text: '!' }, 5)
    await first.whenSynced()
    await settle()
    await first.close()
    const second = world.client({ connect: false })
    const doc = second.stream('doc:a')
    await doc.whenReady()
    expect(doc.value).toBe(world.hub.log('doc:a').value)
  })
})

describe('a state that is replaced', () => {
  it('leaves the edits that wait on disk once', async () => {
    const first = await world.liveClient()
    const doc = first.stream('doc:a')
    await first.whenSynced()
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      if (world.hub.log('doc:a').headSeq === 0) world.hub.log('doc:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    await doc.insert(0, 'a').saved
    await settle()
    first.goOffline()
    await doc.insert(1, 'b').saved
    await doc.insert(2, 'c').saved
    world.hub.log('doc:a').floor = 1
    first.goOnline()
    await settle()
    await first.close()
    const second = world.client({ connect: false })
    await second.stream('doc:a').whenReady()
    expect(second.stream('doc:a').getSnapshot()).toMatchObject({ value: 'abc', pendingCount: 2 })
    await second.close()
  })
})

describe('another epoch', () => {
  it('carries over what was not acknowledged, on the new state, and says so', async () => {
    fill('doc:a', 'hello world')
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    client.goOffline()
    const receipt = doc.insert(11, '!')
    doc.insert(0, '>')
    await settle()
    const log = world.hub.log('doc:a')
    log.reset(5)
    client.goOnline()
    await client.whenSynced()
    await receipt.acked
    expect(doc.value).toBe('>hello!')
    expect(log.value).toBe('>hello!')
    expect(doc.getSnapshot().isSynced).toBe(true)
    // The ids are new: the counters of the old ones mean nothing to the new log.
    expect(log.ops.slice(5).map(({ counter }) => counter)).toEqual([1, 2])
  })

  it('reports the edits that were carried until they are acknowledged', async () => {
    fill('doc:a', 'hello')
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    client.goOffline()
    doc.insert(5, '!')
    await settle()
    world.hub.log('doc:a').reset(5)
    world.hub.intercept = (message) => (message.type === 'push' ? 'lost' : undefined)
    client.goOnline()
    await settle()
    expect(doc.getSnapshot()).toMatchObject({
      error: { code: 'stream/epoch-changed' },
      pendingCount: 1,
      value: 'hello!',
    })
    await client.close()
  })

  it('does not send again what the new log has', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await client.whenSynced()
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      world.hub.log('counter:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    const receipt = votes.increment(3)
    await settle()
    world.hub.intercept = () => undefined
    world.hub.log('counter:a').reset(1)
    world.hub.dropAll()
    await world.system.advance(2_000)
    await receipt.acked
    expect(votes.value).toBe(3)
    expect(world.hub.log('counter:a').headSeq).toBe(1)
    await client.close()
  })

  it('places what is carried behind what the new log has already', async () => {
    fill('doc:a', 'hello')
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    const log = world.hub.log('doc:a')
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      log.append(message.batches[0]?.ops.slice(0, 1) ?? [])
      return 'lost'
    }
    doc.insert(0, 'AB')
    const receipt = doc.insert(2, 'C')
    await settle()
    world.hub.intercept = () => undefined
    log.reset(6)
    world.hub.dropAll()
    await world.system.advance(2_000)
    await receipt.acked
    expect(doc.value).toBe('ABChello')
    expect(log.value).toBe('ABChello')
    await client.close()
  })

  it('is noticed while connected, by feed, push and pull', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    world.hub.log('doc:a').reset(0)
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'new' })
    await client.whenSynced()
    await settle()
    expect(doc.value).toBe('new')
    world.hub.log('doc:a').reset(0)
    await world.system.advance(5_000)
    expect(doc.value).toBe('')
    world.hub.log('doc:a').reset(0)
    await doc.insert(0, 'mine').acked
    expect(doc.value).toBe('mine')
    expect(world.hub.log('doc:a').value).toBe('mine')
    await client.close()
  })

  it('gets again what it had acknowledged and has no more, from those who made it, once and in order', async () => {
    // Two browsers.
    const [ada, bob] = [await world.liveClient(), await world.liveClient({ storage: memory() })]
    const [text, votes] = [ada.stream('doc:a'), ada.stream('counter:a')]
    const other = bob.stream('doc:a')
    for (const client of [ada, bob]) await client.whenSynced()
    await text.insert(0, 'one').acked
    await votes.increment(3).acked
    for (const word of [' two', ' three']) await text.insert(text.value.length, word).acked
    await votes.increment(4).acked
    await settle()
    await other.insert(other.value.length, ' four').acked
    // The backup was made after the first edit of each.
    world.hub.log('doc:a').reset(1)
    world.hub.log('counter:a').reset(1)
    ada.goOffline()
    text.insert(text.value.length, ' five')
    ada.goOnline()
    world.hub.dropAll()
    await world.system.advance(10_000)
    for (const client of [ada, bob]) await client.whenSynced()
    await world.system.advance(5_000)
    const { value } = world.hub.log('doc:a')
    expect([...String(value).split(' ')].sort()).toEqual(['five', 'four', 'one', 'three', 'two'])
    expect(value).toMatch(/one two three/)
    expect([text.value, other.value]).toEqual([value, value])
    expect([votes.value, world.hub.log('counter:a').value]).toEqual([7, 7])
    for (const client of [ada, bob]) await client.close()
  })

  it('gets once what waits for its answer here and was stored by another tab', async () => {
    const [first, second] = [await world.liveClient(), await world.liveClient()]
    const [mine, theirs] = [first.stream('doc:a'), second.stream('doc:a')]
    for (const client of [first, second]) await client.whenSynced()
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      world.hub.intercept = () => undefined
      world.hub.log('doc:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    mine.insert(0, 'x')
    await settle()
    first.goOffline()
    await world.system.advance(2_500)
    await second.whenSynced()
    expect(theirs.value).toBe('x')
    world.hub.log('doc:a').reset(0)
    first.goOnline()
    await world.system.advance(10_000)
    for (const client of [first, second]) await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('x')
    expect([mine.value, theirs.value]).toEqual(['x', 'x'])
    for (const client of [first, second]) await client.close()
  })

  it('gets nothing again when it lacks nothing', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    await doc.insert(0, 'one').acked
    await doc.insert(3, ' two').acked
    await settle()
    world.hub.log('doc:a').reset(2)
    world.hub.dropAll()
    await world.system.advance(5_000)
    await client.whenSynced()
    expect(world.hub.log('doc:a').headSeq).toBe(2)
    expect(doc.getSnapshot()).toMatchObject({ value: 'one two', error: undefined, pendingCount: 0 })
    await client.close()
  })

  it('survives a reload in the middle', async () => {
    fill('doc:a', 'hello world')
    const first = await world.liveClient()
    first.stream('doc:a')
    await first.whenSynced()
    first.goOffline()
    first.stream('doc:a').insert(11, '!')
    await settle()
    await first.close()
    world.hub.log('doc:a').reset(5)
    const second = await world.liveClient()
    const doc = second.stream('doc:a')
    await second.whenSynced()
    expect(doc.value).toBe('hello!')
    expect(world.hub.log('doc:a').value).toBe('hello!')
  })
})

describe('edits of another past', () => {
  it('are carried over when another tab has stored the new one', async () => {
    fill('doc:a', 'hello')
    const offline = await world.liveClient()
    offline.stream('doc:a')
    await offline.whenSynced()
    offline.goOffline()
    await offline.stream('doc:a').insert(5, '!').saved
    world.hub.log('doc:a').reset(2)
    const other = await world.liveClient()
    other.stream('doc:a')
    await other.whenSynced()
    await offline.close()
    await other.close()
    const next = await world.liveClient()
    const doc = next.stream('doc:a')
    await next.whenSynced()
    expect(doc.value).toBe('he!')
    expect(world.hub.log('doc:a').value).toBe('he!')
    await next.close()
  })
})

describe('an own op that the hub has, and that did not come', () => {
  it('is fetched with the history around it', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    doc.insert(0, 'a')
    await client.whenSynced()
    client.goOffline()
    const receipt = doc.insert(1, 'b')
    await settle()
    const log = world.hub.log('doc:a')
    let asked = 0
    world.hub.intercept = (message) => {
      if (message.type !== 'subscribe' || ++asked > 1) return undefined
      const [cursor] = message.streams
      const acknowledged = (cursor?.outbox ?? []).map(({ replica, through }) => ({ replica, through }))
      const { epoch } = log
      log.append([...(outbox ?? [])])
      const results = [
        { kind: 'ok', stream: 'doc:a', epoch, headSeq: 1, access: 'write', ops: [], acknowledged } as const,
      ]
      return { type: 'subscribed', id: message.id, results }
    }
    const handle = await world.disk.open({ workspace: 'default', subject: 'alice' })
    const outbox = (await handle.load(['doc:a']))[0]?.outbox.flatMap(({ ops }) => ops)
    client.goOnline()
    await client.whenSynced()
    expect(await receipt.acked).toEqual({ seq: 2 })
    expect(doc.value).toBe('ab')
    expect(asked).toBe(2)
    expect(world.hub.sent('subscribe').at(-1)?.streams[0]?.rebuildBelow).toBe(1)
    expect(world.hub.sent('push')).toHaveLength(1)
  })
})

describe('counters', () => {
  it('begins anew under a fresh id when the hub lacks ops that are gone from here', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    votes.increment(1)
    await client.whenSynced()
    client.goOffline()
    votes.increment(10)
    await settle()
    // The log forgot an op without beginning a new life, as it never should.
    world.hub.log('counter:a').ops = []
    world.hub.log('counter:a').edit({ op: 'increment', amount: 100 })
    client.goOnline()
    await client.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(110)
    await client.close()
  })

  it('asks the hub what it has when it sees a gap', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await client.whenSynced()
    let isFirst = true
    world.hub.intercept = (message) => {
      if (message.type !== 'push' || !isFirst) return undefined
      isFirst = false
      const error = toWireError(createError('op/counter-gap', 'A gap.', { details: { expected: 1 } }))
      return { type: 'pushed', id: message.id, results: [{ kind: 'failed', stream: 'counter:a', error }] }
    }
    await votes.increment().acked
    expect(world.hub.log('counter:a').value).toBe(1)
    expect(world.hub.sent('subscribe').length).toBe(2)
    await client.close()
  })
})
