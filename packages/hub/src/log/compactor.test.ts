import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import type { HubLogger } from '../logging/logger.js'
import type { LogDriver } from '../storage/driver.js'
import { EngineWorld, put, replica } from '../tests/engine-world.js'

const WORKSPACE = 'acme'
const policy = { keepOps: 20, minOps: 30, idleKeepOps: 5, idleMinOps: 10, sweepMs: 0 }
const snapshots = { minOps: 10, maxOps: 10, settleMs: 5 }

async function write(world: EngineWorld, stream: string, from: number, through: number): Promise<void> {
  const opened = await world.engine.log.registry.open({ workspace: WORKSPACE, stream })
  for (let counter = from; counter <= through; counter++) {
    const ops = [put(replica(1), counter, 'x', opened.headSeq)]
    const appended = await world.engine.log.append(opened, opened.epoch, 'ada', ops)
    expect(appended.kind).toBe('ok')
    await world.system.advance(2)
  }
  await world.system.advance(200)
}

const headOf = (storage: LogDriver, stream: string) => storage.findStream({ workspace: WORKSPACE, stream })

async function readAll(storage: LogDriver, stream: string): Promise<number> {
  const slice = await storage.read({ workspace: WORKSPACE, stream, afterSeq: 0, limitBytes: 1_000_000 })
  return slice?.ops.length ?? 0
}

async function sweep(world: EngineWorld): Promise<void> {
  const swept = world.engine.log.sweep()
  await world.system.advance(10)
  await swept
}

async function close(world: EngineWorld): Promise<void> {
  const closing = world.engine.close(0)
  await world.system.advance(1)
  await closing
}

describe('the compactor', () => {
  it('compacts a log that grows, behind its snapshots, and keeps its latest ops', async () => {
    const world = await EngineWorld.start({ snapshots, compaction: policy })
    await write(world, 'tape:a', 1, 45)
    expect((await headOf(world.storage, 'tape:a'))?.floorSeq).toBe(0)
    await write(world, 'tape:a', 46, 120)
    const head = await headOf(world.storage, 'tape:a')
    const snapshot = await world.storage.latestSnapshot({ workspace: WORKSPACE, stream: 'tape:a' })
    expect(head?.floorSeq).toBeGreaterThanOrEqual(60)
    expect(head?.floorSeq).toBeLessThanOrEqual(Math.min(100, snapshot?.seq ?? 0))
    expect(await readAll(world.storage, 'tape:a')).toBe(120)
    await close(world)
  })

  it('does nothing when it is turned off', async () => {
    const world = await EngineWorld.start({ snapshots, compaction: false })
    await write(world, 'tape:a', 1, 120)
    await sweep(world)
    await sweep(world)
    expect((await headOf(world.storage, 'tape:a'))?.floorSeq).toBe(0)
  })

  it('compacts streams that nobody writes to, and no others', async () => {
    const never = { minOps: 1_000_000, maxOps: 1_000_000, settleMs: 5 }
    const world = await EngineWorld.start({ snapshots: never, compaction: { ...policy, sweepMs: 10_000 } })
    for (const [stream, count] of [
      ['tape:busy', 40],
      ['tape:idle', 40],
      ['tape:short', 12],
    ] as const)
      await write(world, stream, 1, count)
    await sweep(world)
    await write(world, 'tape:busy', 41, 42)
    await sweep(world)
    expect((await headOf(world.storage, 'tape:idle'))?.floorSeq).toBe(35)
    expect((await world.storage.latestSnapshot({ workspace: WORKSPACE, stream: 'tape:idle' }))?.seq).toBe(40)
    expect((await headOf(world.storage, 'tape:busy'))?.floorSeq).toBe(0)
    expect((await headOf(world.storage, 'tape:short'))?.floorSeq).toBe(0)
    await world.system.advance(30_000)
    expect((await headOf(world.storage, 'tape:busy'))?.floorSeq, 'by itself, later').toBe(37)
    await close(world)
    expect(world.system.timerCount).toBe(0)
  })

  it('looks through more streams than one page holds', async () => {
    const world = await EngineWorld.start({
      snapshots,
      compaction: { ...policy, idleMinOps: 1, idleKeepOps: 0 },
    })
    for (let number = 0; number < 230; number++) {
      const opened = await world.engine.log.registry.open({
        workspace: `w${number % 3}`,
        stream: `tape:${number}`,
      })
      await world.engine.log.append(opened, opened.epoch, 'ada', [put(replica(1), 1, 'x')])
    }
    await sweep(world)
    const swept = world.engine.log.sweep()
    for (let turn = 0; turn < 400; turn++) await world.system.advance(1)
    await swept
    for (let number = 0; number < 230; number++) {
      const head = await world.storage.findStream({ workspace: `w${number % 3}`, stream: `tape:${number}` })
      expect(head?.floorSeq, `stream ${number}`).toBe(1)
    }
  })

  it('is never in the way: what fails is logged, edits go on, and the next time it works', async () => {
    const storage = memory()
    const compact = storage.compact.bind(storage)
    storage.compact = () => Promise.reject(createError('storage/full', 'No room.'))
    const warnings: string[] = []
    const note = (_details: object, message: string): void => void warnings.push(message)
    const logger: HubLogger = { debug: () => undefined, info: () => undefined, warn: note, error: note }
    const world = await EngineWorld.start({ storage, snapshots, compaction: policy, logger })
    await write(world, 'tape:a', 1, 100)
    expect(warnings).toContain('a compaction failed')
    storage.compact = compact
    await write(world, 'tape:a', 101, 115)
    expect((await headOf(storage, 'tape:a'))?.floorSeq).toBeGreaterThan(50)
  })

  it('stops between two pieces of work when the hub closes', async () => {
    const storage = memory()
    const compact = storage.compact.bind(storage)
    let calls = 0
    let closing: Promise<void> | undefined
    storage.compact = (key, epoch) => {
      calls++
      closing = world.engine.close(0)
      // A piece at a time, so that there would be many.
      return compact(key, epoch, calls)
    }
    const world = await EngineWorld.start({ storage, snapshots, compaction: policy })
    await write(world, 'tape:a', 1, 60).catch(() => undefined)
    await world.system.advance(1_000)
    await closing
    expect(calls).toBe(1)
  })
})
