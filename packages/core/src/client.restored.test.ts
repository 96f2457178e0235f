import { createError, toWireError, type HubMessage, type PushedResult } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { settle } from './tests/virtual-system.js'
import { World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

describe('what a restored log lacks', () => {
  it('is made anew once when the connection breaks while the log is fetched', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await client.whenSynced()
    for (const by of [1, 10, 100]) await votes.increment(by).acked
    await settle()
    const log = world.hub.log('counter:a')
    log.reset(1)
    // The answer holds none of the log, and pulls stay unanswered.
    world.hub.intercept = (message): HubMessage | 'lost' | undefined => {
      if (message.type === 'pull') return 'lost'
      if (message.type !== 'subscribe') return undefined
      const results = message.streams.map(({ stream, outbox }) => {
        const acknowledged = outbox.map(({ replica }) => ({ replica, through: log.throughOf(replica) }))
        const { epoch, headSeq } = log
        return { kind: 'ok', stream, epoch, headSeq, access: 'write', ops: [], acknowledged } as const
      })
      return { type: 'subscribed', id: message.id, results }
    }
    world.hub.dropAll()
    await world.system.advance(5_000)
    expect(world.hub.sent('pull').length).toBeGreaterThan(0)
    world.hub.intercept = () => undefined
    world.hub.dropAll()
    await world.system.advance(5_000)
    await client.whenSynced()
    await settle()
    expect([votes.value, log.value]).toEqual([111, 111])
    await client.close()
  })

  it('is made anew once when another tab has stored what this one was not told to be stored', async () => {
    const [one, two] = [await world.liveClient(), await world.liveClient()]
    const votes = one.stream('counter:a')
    two.stream('counter:a')
    for (const client of [one, two]) await client.whenSynced()
    const log = world.hub.log('counter:a')
    await votes.increment(1).acked
    await settle()
    // The hub stores it, and tells the other tab alone.
    one.goOffline()
    votes.increment(10)
    await settle()
    const replica = log.ops[0]?.replica
    expect(replica).toBeDefined()
    const handle = await world.disk.open({ workspace: 'default', subject: 'alice' })
    const ops = (await handle.load(['counter:a']))[0]?.outbox.flatMap((entry) => entry.ops) ?? []
    await handle.close()
    expect(ops).toHaveLength(1)
    log.append(ops)
    world.hub.broadcast({ type: 'feed', stream: 'counter:a', epoch: log.epoch, ops: log.ops.slice(1) })
    await settle()
    expect(two.stream('counter:a').value).toBe(11)
    // The tab that stored it does not hear of the restored log before the one that made it.
    two.goOffline()
    log.reset(1)
    one.goOnline()
    await world.system.advance(5_000)
    await one.whenSynced()
    await settle()
    expect([votes.value, log.value]).toEqual([11, 11])
    two.goOnline()
    await world.system.advance(5_000)
    await two.whenSynced()
    await settle()
    expect(log.value).toBe(11)
    for (const client of [one, two]) await client.close()
  })

  it('is made anew also when all that waits to be sent is of a tab that was closed', async () => {
    const gone = world.client({ connect: false })
    await gone.stream('counter:a').increment(100).saved
    await gone.close()
    const log = world.hub.log('counter:a')
    // The hub takes the ops of this tab alone.
    world.hub.intercept = (message): HubMessage | undefined => {
      if (message.type !== 'push') return undefined
      const error = toWireError(
        createError('storage/unavailable', 'Not now.', { details: { retryAfterMs: 50 } }),
      )
      const results = message.batches.map(({ stream, epoch, ops }): PushedResult => {
        const isOfThisTab = ops[0]?.replica === world.hub.sent('hello')[0]?.replica
        return isOfThisTab
          ? { kind: 'ok', stream, epoch, seqs: log.append(ops) }
          : { kind: 'failed', stream, error }
      })
      return { type: 'pushed', id: message.id, results }
    }
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    const receipt = votes.increment(1)
    await world.system.advance(3_000)
    await receipt.acked
    expect([log.value, votes.getSnapshot().pendingCount]).toEqual([1, 1])
    log.reset(0)
    world.hub.intercept = () => undefined
    world.hub.dropAll()
    await world.system.advance(10_000)
    await client.whenSynced()
    await settle()
    expect([votes.value, log.value]).toEqual([101, 101])
    await client.close()
  })

  it('keeps its place in a text when what others wrote is missing too', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    await doc.insert(0, 'one').acked
    await settle()
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'long long ago there was ' })
    await settle()
    await doc.insert(doc.value.length, ' two').acked
    await doc.insert(doc.value.length, ' three').acked
    await settle()
    const log = world.hub.log('doc:a')
    log.reset(1)
    world.hub.dropAll()
    await world.system.advance(5_000)
    await client.whenSynced()
    await settle()
    expect(log.value).toBe('one two three')
    await client.close()
  })

  it('keeps its order in a text, also behind what others wrote and with edits that wait', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    await doc.insert(0, 'start ').acked
    await doc.insert(6, 'end').acked
    await settle()
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'what somebody else wrote first. ' })
    await settle()
    await doc.insert(doc.value.indexOf('end'), 'middle ').acked
    await settle()
    client.goOffline()
    doc.insert(doc.value.indexOf('end'), 'and ')
    const log = world.hub.log('doc:a')
    log.reset(1)
    client.goOnline()
    await world.system.advance(5_000)
    await client.whenSynced()
    await settle()
    expect([doc.value, log.value]).toEqual(['start middle and end', 'start middle and end'])
    await client.close()
  })

  it('is there once when the log comes back with it, after a while on an older one', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await client.whenSynced()
    for (const by of [1, 10, 100]) await votes.increment(by).acked
    await settle()
    const log = world.hub.log('counter:a')
    const whole = log.ops
    const goOnWith = async (ops: typeof whole): Promise<void> => {
      log.reset(0)
      log.ops = [...ops]
      world.hub.dropAll()
      await world.system.advance(5_000)
      await client.whenSynced()
      await settle()
    }
    await goOnWith(whole.slice(0, 1))
    expect([votes.value, log.value]).toEqual([111, 111])
    await votes.increment(1_000).acked
    await settle()
    await goOnWith([])
    expect([votes.value, log.value]).toEqual([1_110, 1_110])
    await goOnWith(whole)
    expect([votes.value, log.value]).toEqual([1_111, 1_111])
    await client.close()
  })
})
