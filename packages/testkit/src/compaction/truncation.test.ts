import { memory } from '@flowsync/core/memory'
import { createUndo } from '@flowsync/core/undo'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CompactionWorld } from './compaction-world.js'

const worlds: CompactionWorld[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

async function start(devices: number): Promise<CompactionWorld> {
  const world = await CompactionWorld.start()
  worlds.push(world)
  for (let device = 0; device < devices; device++) world.addDevice()
  await world.syncAll()
  return world
}

function type(world: CompactionWorld, device: number, pos: number, text: string) {
  return world.handle(device, 'doc:a').push({ op: 'insert', pos, text })
}

describe('a client whose log was truncated', () => {
  it('carries over what it had not pushed, tells how much, and repeats nothing', async () => {
    const world = await start(3)
    type(world, 0, 0, 'one two three')
    await world.syncAll()
    world.handle(1, 'doc:a').push({ op: 'delete', pos: 4, length: 4 })
    const receipt = type(world, 1, 9, '!')
    world.handle(1, 'counter:a').push({ op: 'increment', amount: 5 })
    world.handle(0, 'counter:a').push({ op: 'increment', amount: 2 })
    await world.sync(0)
    await world.truncate('doc:a')
    await world.truncate('counter:a')
    world.loseAnswers(true)
    world.client(1).goOnline()
    await vi.waitFor(() =>
      expect(world.snapshotOf(1, 'doc:a')).toMatchObject({
        error: { code: 'stream/epoch-changed', details: { carried: 2 } },
      }),
    )
    world.client(1).goOffline()
    world.loseAnswers(false)
    await world.syncAll()
    await receipt.acked
    for (const device of [0, 1, 2]) {
      expect(world.handle(device, 'doc:a').value).toBe('one three!')
      expect(world.handle(device, 'counter:a').value).toBe(7)
    }
  })

  it('whose acknowledgement was lost finds its edits in the snapshot', async () => {
    const world = await start(2)
    type(world, 0, 0, 'base')
    await world.syncAll()
    const receipt = type(world, 1, 4, ' and more')
    world.loseAnswers(true)
    world.client(1).goOnline()
    await vi.waitFor(async () => expect((await world.head('doc:a'))?.headSeq).toBe(2))
    world.client(1).goOffline()
    world.loseAnswers(false)
    await world.truncate('doc:a')
    await world.syncAll()
    await receipt.acked
    for (const device of [0, 1]) expect(world.handle(device, 'doc:a').value).toBe('base and more')
  })

  it('while it is connected, is told and goes on', async () => {
    const world = await start(1)
    const client = world.client(0)
    client.goOnline()
    await type(world, 0, 0, 'abc').acked
    const before = await world.head('doc:a')
    await world.truncate('doc:a')
    await vi.waitFor(async () => {
      await client.whenSynced()
      expect(client.dehydrate(['doc:a']).streams[0]?.epoch).not.toBe(before?.epoch)
    })
    await type(world, 0, 3, 'd').acked
    expect(await world.log('doc:a')).toHaveLength(1)
    expect(world.handle(0, 'doc:a').value).toBe('abcd')
  })

  it('and that brings edits of a device that had never met the hub makes them anew', async () => {
    const world = await start(1)
    type(world, 0, 0, 'there')
    await world.syncAll()
    // Written offline by a tab that is gone; the next one adopts it under its own id.
    const storage = memory()
    const gone = world.addDevice('ada', storage)
    await type(world, gone, 0, 'offline').saved
    await world.handle(gone, 'counter:a').push({ op: 'increment', amount: 3 }).saved
    await world.client(gone).close()
    await world.truncate('doc:a')
    world.handle(0, 'counter:a').push({ op: 'increment', amount: 4 })
    await world.sync(0)
    await world.truncate('counter:a')
    const device = world.addDevice('ada', storage)
    await world.sync(device)
    await world.syncAll()
    for (const each of [0, device]) {
      expect([...(world.handle(each, 'doc:a').value as string)].sort()).toEqual([...'thereoffline'].sort())
      expect(world.handle(each, 'counter:a').value).toBe(7)
    }
  })
})

describe('a client below the floor', () => {
  it('jumps to the snapshot, and goes on with what it types meanwhile', async () => {
    const world = await start(2)
    type(world, 1, 0, '12345')
    await world.syncAll()
    const undo = createUndo(world.client(1), 'doc:a')
    type(world, 1, 5, '6')
    await world.sync(1)
    expect(undo.getSnapshot().canUndo).toBe(true)
    for (let index = 0; index < 40; index++) {
      type(world, 0, index, 'x')
      await world.sync(0)
    }
    await world.snapshot('doc:a', 41)
    await world.compact('doc:a', 41)
    await world.sync(1)
    expect(world.handle(1, 'doc:a').value).toBe(world.handle(0, 'doc:a').value)
    expect(undo.getSnapshot().canUndo, 'what belongs to whom is not known of a value that jumped').toBe(false)
    type(world, 1, 0, 'y')
    await world.syncAll()
    expect(world.handle(0, 'doc:a').value).toBe(`y${'x'.repeat(40)}123456`)
    undo.dispose()
  })

  it('merges what it typed long ago where it belongs, across the floor', async () => {
    const world = await start(2)
    type(world, 0, 0, 'abcdef')
    await world.syncAll()
    type(world, 1, 3, '-mine-')
    world.handle(1, 'doc:a').push({ op: 'delete', pos: 0, length: 1 })
    for (let index = 0; index < 30; index++) {
      type(world, 0, 0, '.')
      await world.sync(0)
    }
    await world.snapshot('doc:a', 31)
    await world.compact('doc:a', 31)
    await world.syncAll()
    for (const device of [0, 1])
      expect(world.handle(device, 'doc:a').value).toBe(`${'.'.repeat(30)}bc-mine-def`)
  })
})
