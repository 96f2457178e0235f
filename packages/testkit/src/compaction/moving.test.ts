import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportWorkspace, importWorkspace, memory, sqlite, type LogDriver } from '@flowsync/hub'
import { createSystem } from '@flowsync/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../simulator/random.js'
import { CompactionWorld, STREAMS } from './compaction-world.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-moving-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function move(from: LogDriver, to: LogDriver, newEpochs = false): Promise<void> {
  const file = join(folder, 'moved')
  const system = createSystem()
  await exportWorkspace({ storage: from, system, workspace: 'default', sink: createWriteStream(file) })
  await importWorkspace({ storage: to, system, file, newEpochs })
}

function editAll(world: CompactionWorld, device: number, label: string): void {
  const random = createRandom(label)
  for (let index = 0; index < 60; index++) world.edit(device, random.pick(STREAMS), `${label}.${index}`)
}

describe('a workspace that was moved to another storage', () => {
  it.each([
    ['sqlite', 'memory', () => sqlite(join(folder, 'a.db')), () => memory()],
    ['memory', 'sqlite', () => memory(), () => sqlite(join(folder, 'b.db'))],
  ])('from %s to %s: clients go on as if nothing had happened', async (_from, _to, from, to) => {
    const [source, target, twinStorage] = [from(), to(), memory()]
    const world = await CompactionWorld.start(source)
    const twin = await CompactionWorld.start(twinStorage)
    for (const each of [world, twin]) {
      for (let device = 0; device < 3; device++) each.addDevice()
      await each.syncAll()
      editAll(each, 0, 'a')
      editAll(each, 1, 'b')
      await each.sync(0)
      await each.sync(1)
    }
    for (const stream of STREAMS) {
      const head = (await world.head(stream))?.headSeq ?? 0
      await world.snapshot(stream, head - 2)
      await world.compact(stream, head - 4)
    }
    // The outboxes of these devices are full when the hub comes back on its new storage.
    for (const each of [world, twin]) {
      editAll(each, 1, 'c')
      editAll(each, 2, 'd')
    }
    await target.open()
    await move(source, target)
    await world.replaceStorage(target)
    for (const each of [world, twin]) {
      for (const device of [2, 1, 0]) await each.sync(device)
      await each.syncAll()
    }
    for (const stream of STREAMS) {
      expect(await world.log(stream), stream).toEqual(await twin.log(stream))
      for (let device = 0; device < 3; device++) {
        expect(world.handle(device, stream).value).toEqual(twin.handle(device, stream).value)
        expect(world.snapshotOf(device, stream).error).toBeUndefined()
      }
    }
    await world.close()
    await twin.close()
  })

  it('by an older export with new epochs loses nothing that a client still holds', async () => {
    const [source, target] = [memory(), memory()]
    const world = await CompactionWorld.start(source)
    for (let device = 0; device < 2; device++) world.addDevice()
    await world.syncAll()
    world.handle(0, 'counter:a').push({ op: 'increment', amount: 1 })
    await world.syncAll()
    await target.open()
    await move(source, target, true)
    world.handle(1, 'counter:a').push({ op: 'increment', amount: 10 })
    await world.replaceStorage(target)
    await world.syncAll()
    for (const device of [0, 1]) expect(world.handle(device, 'counter:a').value).toBe(11)
    await world.close()
  })
})
