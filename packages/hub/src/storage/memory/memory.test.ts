import { createError } from '@flowsync/protocol'
import { logDriverCases } from '@flowsync/testkit'
import { describe, expect, it } from 'vitest'
import { memory } from './memory.js'
import { MemoryDisk } from './memory-disk.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }

describe('memory driver', () => {
  const createStore = async () => {
    const disk = new MemoryDisk()
    return { driver: () => memory({ disk }), abandon: async () => undefined, dispose: async () => undefined }
  }
  for (const { name, check } of logDriverCases(createStore)) it(name, check)

  describe('shared by several hubs', () => {
    const createSharedStore = async () => {
      const disk = new MemoryDisk()
      return {
        driver: () => memory({ disk, isShared: true }),
        abandon: async (driver: object) => disk.release(driver),
        dispose: async () => undefined,
      }
    }
    for (const { name, check } of logDriverCases(createSharedStore, { isShared: true })) it(name, check)
  })

  it('loses what was not synced when it is left behind, and only the answer afterwards', async () => {
    const timers: (() => void)[] = []
    const system = {
      nowMs: () => 0,
      random: () => 0,
      randomBytes: (length: number) => new Uint8Array(length).fill(1),
      setTimer: (_delayMs: number, fn: () => void) => {
        timers.push(fn)
        return () => undefined
      },
    }
    const step = async () => {
      await new Promise(setImmediate)
      timers.shift()?.()
      await new Promise(setImmediate)
    }
    const disk = new MemoryDisk()
    const driver = memory({ disk, system, delayMs: () => 5 })
    await driver.open()
    let answered = 0
    const opening = driver.openStream(creation).then(() => answered++)
    const failing = driver.openStream({ ...creation, stream: 'doc:b' })
    failing.catch(() => undefined)

    await step()
    expect(answered).toBe(0)
    const next = memory({ disk })
    await next.open()
    expect((await next.listStreams('acme', { limit: 9 })).map(({ stream }) => stream)).toEqual(['doc:a'])

    await step()
    await opening
    expect(answered).toBe(1)
    await step()
    await expect(failing).rejects.toMatchObject({ code: 'storage/unavailable' })
    expect(await next.findStream({ ...creation, stream: 'doc:b' })).toBeUndefined()
  })

  it('stores nothing of a write that fails', async () => {
    let fault = createError('storage/full', 'No space.') as Error | undefined
    const driver = memory({ fault: () => fault as never })
    await driver.open()
    await expect(driver.openStream(creation)).rejects.toMatchObject({ code: 'storage/full' })
    fault = undefined
    expect(await driver.findStream(creation)).toBeUndefined()
    expect(await driver.openStream(creation)).toMatchObject({ headSeq: 0 })
  })
})
