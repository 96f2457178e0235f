import { list, log, register, set, text } from '@flowsync/crdt'
import { createError, defineStreams } from '@flowsync/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../client.js'
import type { FlowSyncClient } from '../client-types.js'
import { FakeHub, refuseBatches } from '../tests/fake-hub.js'
import { settle } from '../tests/virtual-system.js'
import { codeOf, streams, World } from '../tests/world.js'
import { createUndo } from './create-undo.js'

let world: World
let client: FlowSyncClient<typeof streams>
beforeEach(async () => {
  world = new World()
  client = await world.liveClient()
})

/** A stream that has caught up, with its undo. */
async function open(options?: Parameters<typeof createUndo>[2]) {
  const doc = client.stream('doc:a')
  await client.whenSynced()
  return { doc, undo: createUndo(client, 'doc:a', options) }
}

/** Lets what the hub was sent come back. */
async function exchange(): Promise<void> {
  await client.whenSynced()
  await settle()
}

describe('createUndo', () => {
  it('takes back what this client did, and nothing of what others did', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'hello')
    await exchange()
    world.hub.edit('doc:a', { op: 'insert', pos: 2, text: '[X]' })
    await settle()
    expect(doc.value).toBe('he[X]llo')
    expect(undo.undo()).toMatchObject({ kind: 'done' })
    expect(doc.value).toBe('[X]')
    await exchange()
    expect(world.hub.log('doc:a').value).toBe('[X]')
    expect(undo.redo()).toMatchObject({ kind: 'done' })
    expect(doc.value).toBe('he[X]llo')
    await exchange()
    expect(world.hub.log('doc:a').value).toBe('he[X]llo')
    expect([undo.redo(), undo.undo(), undo.undo()]).toEqual([
      { kind: 'nothing' },
      expect.objectContaining({ kind: 'done' }),
      { kind: 'nothing' },
    ])
  })

  it('gives receipts like those of any edit', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'hello')
    const outcome = undo.undo()
    if (outcome.kind !== 'done') throw new Error(outcome.kind)
    expect(outcome.receipts).toHaveLength(1)
    await expect(outcome.receipts[0]?.acked).resolves.toMatchObject({ seq: 2 })
  })

  it('takes back together what was done quickly or up to a stop', async () => {
    const { doc, undo } = await open({ captureMs: 300 })
    doc.insert(0, 'a')
    await world.system.advance(299)
    doc.insert(1, 'b')
    undo.stop()
    doc.insert(2, 'c')
    await world.system.advance(300)
    doc.insert(3, 'd')
    const seen = ['abcd']
    while (undo.undo().kind === 'done') seen.push(doc.value)
    expect(seen).toEqual(['abcd', 'abc', 'ab', ''])
  })

  it('keeps as many entries as it is told', async () => {
    const { doc, undo } = await open({ captureMs: 0, limit: 1 })
    doc.insert(0, 'a')
    doc.insert(1, 'b')
    undo.undo()
    expect([doc.value, undo.undo()]).toEqual(['a', { kind: 'nothing' }])
  })

  it('tells when there is something to undo or to redo', async () => {
    const { doc, undo } = await open()
    const listener = vi.fn()
    const stop = undo.subscribe(listener)
    const first = undo.getSnapshot()
    expect(first).toEqual({ canUndo: false, canRedo: false })
    doc.insert(0, 'ab')
    const second = undo.getSnapshot()
    expect(second).toEqual({ canUndo: true, canRedo: false })
    doc.insert(2, 'c')
    expect(undo.getSnapshot()).toBe(second)
    expect(listener).toHaveBeenCalledTimes(1)
    undo.undo()
    expect(undo.getSnapshot()).toEqual({ canUndo: false, canRedo: true })
    undo.redo()
    await exchange()
    expect(listener).toHaveBeenCalledTimes(3)
    world.hub.edit('doc:a', { op: 'delete', pos: 0, length: 3 })
    await settle()
    expect(undo.getSnapshot()).toEqual({ canUndo: false, canRedo: false })
    expect(listener).toHaveBeenCalledTimes(4)
    stop()
    doc.insert(0, 'x')
    undo.clear()
    expect(undo.getSnapshot()).toEqual(undo.getServerSnapshot())
    expect(listener).toHaveBeenCalledTimes(4)
  })

  it('is one of several, each with entries of its own', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'a')
    const second = createUndo(client, 'doc:a')
    expect(second.undo()).toEqual({ kind: 'nothing' })
    undo.undo()
    second.undo()
    expect(doc.value).toBe('a')
    second.dispose()
    undo.stop()
    doc.insert(1, 'b')
    undo.undo()
    expect(doc.value).toBe('a')
  })

  it('keeps the stream open until it is disposed of', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'a')
    doc.close()
    await exchange()
    expect(world.hub.sent('unsubscribe')).toHaveLength(0)
    undo.undo()
    undo.dispose()
    undo.dispose()
    await exchange()
    await world.system.advance(100)
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
    const again = client.stream('doc:a')
    again.insert(0, 'b')
    expect([undo.undo(), undo.getSnapshot().canUndo]).toEqual([{ kind: 'nothing' }, false])
  })

  it('records nothing once it was disposed of', async () => {
    const { doc, undo } = await open()
    undo.dispose()
    doc.insert(0, 'a')
    expect([undo.getSnapshot().canUndo, undo.undo(), doc.value]).toEqual([false, { kind: 'nothing' }, 'a'])
  })

  it('changes nothing of what is thrown for a wrong intent', async () => {
    const { doc, undo } = await open()
    for (const intent of [null, undefined, 'x', {}, { op: 'delete', pos: 0n, length: Symbol('x') }])
      expect(() => doc.push(intent as never)).toThrow(expect.objectContaining({ code: 'op/invalid-intent' }))
    expect(undo.getSnapshot().canUndo).toBe(false)
  })
})

describe('undo of each rule', () => {
  const all = defineStreams({
    text: text(),
    list: list<string>(),
    register: register({ initial: 'red' }),
    guests: set<string>(),
    log: log<string>(),
  })

  async function openAll() {
    const hub = new FakeHub(all, world.system)
    const other = createClient({
      url: 'http://hub.test',
      streams: all,
      subject: 'alice',
      token: () => 'token',
      system: world.system,
      transport: hub.transport,
    })
    await settle()
    return { hub, other }
  }

  it('writes a register back unless somebody else has written', async () => {
    const { hub, other } = await openAll()
    const colour = other.stream('register')
    await other.whenSynced()
    const undo = createUndo(other, 'register')
    colour.set('green')
    undo.undo()
    expect(colour.value).toBe('red')
    undo.redo()
    await other.whenSynced()
    expect(undo.getSnapshot().canUndo).toBe(true)
    hub.edit('register', { op: 'set', value: 'blue' })
    await world.system.advance(100)
    expect(undo.getSnapshot().canUndo).toBe(false)
    expect([undo.undo(), colour.value]).toEqual([{ kind: 'nothing' }, 'blue'])
  })

  it('counts back', async () => {
    const votes = client.stream('counter:a')
    await client.whenSynced()
    const undo = createUndo(client, 'counter:a')
    votes.increment(3)
    await exchange()
    world.hub.edit('counter:a', { op: 'increment', amount: 10 })
    await settle()
    undo.undo()
    expect(votes.value).toBe(10)
  })

  it('takes elements out of a set unless somebody else has added them too', async () => {
    const { hub, other } = await openAll()
    const guests = other.stream('guests')
    await other.whenSynced()
    const undo = createUndo(other, 'guests')
    guests.add('ann')
    guests.add('bob')
    await other.whenSynced()
    hub.edit('guests', { op: 'add', value: 'ann' })
    await settle()
    undo.undo()
    expect([...guests.value]).toEqual(['ann'])
  })

  it('says that nothing is taken out of a log', async () => {
    const { other } = await openAll()
    const chat = other.stream('log')
    const undo = createUndo(other, 'log')
    expect(undo.undo()).toEqual({ kind: 'nothing' })
    chat.append('hi')
    expect([undo.undo(), undo.redo(), undo.getSnapshot().canUndo]).toEqual([
      { kind: 'irreversible' },
      { kind: 'nothing' },
      false,
    ])
    expect(chat.value).toEqual(['hi'])
  })

  it('is refused for a rule that has none', () => {
    const custom = { ...text(), name: 'drawing' }
    const other = createClient({
      url: 'http://hub.test',
      streams: defineStreams({ 'x:*': custom }),
      token: () => '',
    })
    expect(() => createUndo(other, 'x:1')).toThrow(expect.objectContaining({ code: 'config/invalid' }))
  })
})

describe('a history', () => {
  it('is forgotten when the hub refuses an edit, and goes on after it', async () => {
    const { doc, undo } = await open({ captureMs: 0 })
    doc.insert(0, 'good ')
    await exchange()
    world.hub.intercept = (message) => refuseBatches(message, createError('op/invalid', 'No.'))
    const receipt = doc.insert(5, 'bad ')
    expect(await codeOf(receipt.acked)).toBe('op/invalid')
    world.hub.intercept = () => undefined
    await world.system.advance(5_000)
    expect(doc.value).toBe('good ')
    expect([undo.getSnapshot(), undo.undo()]).toEqual([
      { canUndo: false, canRedo: false },
      { kind: 'nothing' },
    ])
    doc.insert(5, 'new')
    undo.undo()
    expect(doc.value).toBe('good ')
    await exchange()
    expect(world.hub.log('doc:a').value).toBe('good ')
  })

  it('may hold an edit that is refused later: its undo goes with it', async () => {
    const { doc, undo } = await open({ captureMs: 0 })
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'theirs' })
    await settle()
    let refusals = 0
    world.hub.intercept = (message) => {
      if (message.type !== 'push' || refusals > 0) return undefined
      refusals++
      return refuseBatches(message, createError('op/invalid', 'No.'))
    }
    doc.insert(3, 'bad')
    await settle(2)
    undo.undo()
    expect(doc.value).toBe('theirs')
    await world.system.advance(5_000)
    await exchange()
    expect(refusals).toBe(1)
    expect(doc.value).toBe('theirs')
    expect(world.hub.log('doc:a').value).toBe('theirs')
  })

  it('is forgotten when the log of the hub was reset', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'one')
    await exchange()
    world.hub.edit('doc:a', { op: 'insert', pos: 3, text: ' two' })
    await exchange()
    expect(doc.value).toBe('one two')
    world.hub.log('doc:a').reset(1)
    world.hub.dropAll()
    await world.system.advance(5_000)
    await exchange()
    expect(doc.value).toBe('one')
    expect(undo.undo()).toEqual({ kind: 'nothing' })
    expect(doc.value).toBe('one')
  })

  it('goes on when the log of the hub lost own edits, which it was given again', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'one')
    await exchange()
    doc.insert(3, ' two')
    await exchange()
    world.hub.log('doc:a').reset(1)
    world.hub.dropAll()
    await world.system.advance(5_000)
    await exchange()
    expect(doc.value).toBe('one two')
    expect(undo.undo().kind).toBe('done')
    await exchange()
    expect([doc.value, world.hub.log('doc:a').value]).toEqual(['', ''])
  })

  it('goes on when the state is folded again from older history', async () => {
    for (const [index, letter] of [...'hello world'].entries())
      world.hub.log('doc:a').edit({ op: 'insert', pos: index, text: letter })
    world.hub.log('doc:a').floor = 11
    const { doc, undo } = await open()
    doc.insert(11, ' mine')
    await exchange()
    // Made when the text was 'hello'.
    world.hub.edit('doc:a', { op: 'insert', pos: 5, text: '!' }, 5)
    await exchange()
    expect(world.hub.sent('subscribe').at(-1)?.streams[0]?.rebuildBelow).toBe(5)
    expect(doc.value).toContain('!')
    undo.undo()
    expect(doc.value.replace('!', '')).toBe('hello world')
    expect(doc.value).toContain('!')
  })

  it('of edits made offline goes on when they are acknowledged', async () => {
    const { doc, undo } = await open()
    client.goOffline()
    doc.insert(0, 'offline')
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'theirs ' })
    client.goOnline()
    await exchange()
    expect(undo.undo().kind).toBe('done')
    expect(doc.value).toBe('theirs ')
  })

  it('keeps its entries while this client may only read', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'mine')
    await exchange()
    world.hub.access = 'read'
    world.hub.dropAll()
    await world.system.advance(5_000)
    expect(doc.getSnapshot().access).toBe('read')
    const outcome = undo.undo()
    expect(outcome.kind).toBe('refused')
    if (outcome.kind === 'refused')
      expect(await codeOf(outcome.receipts[0]?.acked ?? Promise.resolve())).toBe('acl/denied')
    expect([doc.value, undo.getSnapshot().canUndo]).toEqual(['mine', true])
    world.hub.access = 'write'
    world.hub.dropAll()
    await world.system.advance(5_000)
    expect(undo.undo().kind).toBe('done')
    expect(doc.value).toBe('')
  })

  it('keeps an entry that is too large to be undone in one edit', async () => {
    const { doc, undo } = await open({ captureMs: 0 })
    for (let part = 0; part < 40; part++) doc.insert(0, 'x'.repeat(40_000))
    undo.clear()
    doc.delete(0, 1_600_000)
    expect(() => undo.undo()).toThrow(expect.objectContaining({ code: 'op/too-large' }))
    expect([doc.value, undo.getSnapshot().canUndo]).toEqual(['', true])
  })

  it('is forgotten when one edit of several is too large', async () => {
    const { doc, undo } = await open()
    for (let part = 0; part < 40; part++) doc.insert(0, 'x'.repeat(40_000))
    doc.insert(0, 'a-')
    undo.clear()
    doc.delete(0, 1)
    doc.delete(1, 1_600_000)
    expect(() => undo.undo()).toThrow(expect.objectContaining({ code: 'op/too-large' }))
    expect([doc.value, undo.getSnapshot()]).toEqual(['a-', { canUndo: false, canRedo: false }])
  })

  it('ends with the client', async () => {
    const { doc, undo } = await open()
    doc.insert(0, 'mine')
    await client.close()
    expect(() => undo.undo()).toThrow(expect.objectContaining({ code: 'client/closed' }))
    expect(() => createUndo(client, 'doc:b').dispose()).not.toThrow()
    undo.dispose()
  })
})
