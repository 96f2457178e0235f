import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createSystem } from '@flowsync/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { sqlite } from '../storage/sqlite/sqlite.js'
import { put, replica } from '../tests/engine-world.js'
import { contentOf, fillWorkspace } from '../tests/stored-workspace.js'
import { checkExport } from './check-export.js'
import { exportWorkspace } from './export-workspace.js'
import { importWorkspace } from './import-workspace.js'

// Each test opens and syncs several databases.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const system = createSystem()
let folder: string
const opened: LogDriver[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-transfer-'))
})
afterEach(async () => {
  for (const driver of opened.splice(0)) await driver.close()
  await rm(folder, { recursive: true })
})

async function open(driver: LogDriver): Promise<LogDriver> {
  await driver.open()
  opened.push(driver)
  return driver
}

async function exported(storage: LogDriver, name = 'export.flowsync', workspace = 'acme'): Promise<string> {
  const file = join(folder, name)
  const sink = createWriteStream(file)
  await exportWorkspace({ storage, system, workspace, sink })
  return file
}

let files = 0
const drivers: readonly (readonly [string, () => LogDriver])[] = [
  ['memory', () => memory()],
  ['sqlite', () => sqlite(join(folder, `${++files}.db`))],
]
const pairs = drivers.flatMap((from) => drivers.map((to) => [from[0], to[0], from[1], to[1]] as const))

describe('an export', () => {
  it.each(pairs)('moves a workspace from %s to %s as it is', async (_from, _to, createFrom, createTo) => {
    const from = await open(createFrom())
    await fillWorkspace(from, 'acme')
    await fillWorkspace(from, 'other')
    const to = await open(createTo())
    const imported = await importWorkspace({ system, storage: to, file: await exported(from) })
    const content = await contentOf(from, 'acme')
    expect(imported).toMatchObject({
      workspace: 'acme',
      resumed: 0,
      streams: content.length,
      ops: content.reduce((sum, { ops }) => sum + ops.length, 0),
      snapshots: content.reduce((sum, { snapshots }) => sum + snapshots.length, 0),
    })
    expect(await contentOf(to, 'acme')).toEqual(content)
    expect(await to.listWorkspaces({ limit: 9 })).toEqual(['acme'])
    for (const { head, ops, replicas } of content) {
      const op = ops.at(-1)
      const subject = replicas.find((each) => each.replica === op?.replica)?.subject ?? ''
      if (!op) continue
      const [again] = await to.append([{ ...head, subject, ops: [op] }])
      expect(again, 'a retry gets the seq it had').toMatchObject({ kind: 'ok', seqs: [op.seq] })
      const [foreign] = await to.append([{ ...head, subject: 'somebody else', ops: [op] }])
      expect(foreign).toMatchObject({ kind: 'failed', error: { code: 'op/replica-foreign' } })
    }
  })

  it('goes into another workspace, and holds the streams that were asked for', async () => {
    const storage = await open(memory())
    await fillWorkspace(storage, 'acme')
    const file = join(folder, 'some')
    const includes = (stream: string): boolean => stream === 'note:long' || stream === 'note:cut'
    const sink = createWriteStream(file)
    await exportWorkspace({ storage, system, workspace: 'acme', sink, includes })
    await importWorkspace({ system, storage, file, workspace: 'copy' })
    const [cut, long, ...rest] = await contentOf(storage, 'copy')
    expect([cut?.head.stream, long?.head.stream, rest]).toEqual(['note:cut', 'note:long', []])
    expect(long?.ops).toHaveLength(2_500)
  })

  it('holds a stream as it was when it was reached, whatever is appended meanwhile', async () => {
    const storage = await open(memory())
    await fillWorkspace(storage, 'acme')
    const before = await contentOf(storage, 'acme')
    const late = { workspace: 'acme', stream: 'note:long' }
    const replicasOf = storage.replicasOf.bind(storage)
    storage.replicasOf = async (key, page) => {
      storage.replicasOf = replicasOf
      // The head is known by now: one replica goes on, and a new one comes.
      const { epoch } = (await storage.findStream(late)) ?? { epoch: '' }
      const [through = 0] = await storage.countersOf(late, [replica(1)])
      for (const [author, counter] of [
        [1, through + 1],
        [9, 1],
      ] as const) {
        const ops = [put(replica(author), counter, 'late', 2_500)]
        await storage.append([{ ...late, epoch, subject: author === 1 ? 'subject 0' : 'late', ops }])
      }
      return replicasOf(key, page)
    }
    const only = (stream: string): boolean => stream === 'note:long'
    const sink = createWriteStream(join(folder, 'e'))
    await exportWorkspace({ storage, system, workspace: 'acme', sink, includes: only })
    const to = await open(memory())
    await importWorkspace({ system, storage: to, file: join(folder, 'e') })
    expect(await contentOf(to, 'acme')).toEqual(before.filter(({ head }) => only(head.stream)))
  })

  it('is not a whole one until its last byte', async () => {
    const from = await open(memory())
    await fillWorkspace(from, 'acme')
    const file = await exported(from)
    const bytes = await readFile(file)
    const to = await open(memory())
    const cut = join(folder, 'cut')
    for (const length of [0, 5, 100, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
      await writeFile(cut, bytes.subarray(0, length))
      await expect(importWorkspace({ system, storage: to, file: cut })).rejects.toMatchObject({
        code: 'transfer/file-invalid',
      })
    }
    expect(await to.listWorkspaces({ limit: 1 })).toEqual([])
  })

  it('is refused when anything in it was changed', async () => {
    const from = await open(memory())
    await fillWorkspace(from, 'acme')
    const plain = gunzipSync(await readFile(await exported(from)))
    const file = join(folder, 'changed')
    for (let place = 3; place < plain.length; place += Math.floor(plain.length / 40)) {
      const changed = Uint8Array.from(plain)
      changed[place] = (changed[place] ?? 0) ^ 0x04
      await writeFile(file, gzipSync(changed))
      await expect(checkExport(file), `byte ${place}`).rejects.toMatchObject({
        code: 'transfer/file-invalid',
      })
    }
    await writeFile(file, gzipSync(Buffer.concat([plain, plain.subarray(0, 4)])))
    await expect(checkExport(file)).rejects.toMatchObject({ code: 'transfer/file-invalid' })
    await writeFile(file, gzipSync(plain))
    expect((await checkExport(file)).summary.streams).toBe(7)
  })
})

describe('an import', () => {
  it('does not touch a workspace that holds anything else', async () => {
    const from = await open(memory())
    await fillWorkspace(from, 'acme')
    const file = await exported(from)
    const to = await open(memory())
    await to.openStream({ workspace: 'acme', stream: 'note:mine', rule: 'tape', ruleVersion: 1 })
    await expect(importWorkspace({ system, storage: to, file })).rejects.toMatchObject({
      code: 'stream/exists',
    })
    expect(await to.listStreams('acme', { limit: 9 })).toHaveLength(1)

    const other = await open(memory())
    await other.openStream({ workspace: 'acme', stream: 'note:long', rule: 'tape', ruleVersion: 1 })
    await expect(importWorkspace({ system, storage: other, file })).rejects.toMatchObject({
      code: 'stream/exists',
    })
    expect(await other.listStreams('acme', { limit: 9 })).toHaveLength(1)
  })

  it.each(drivers)('that was interrupted anywhere is taken up by the next one: %s', async (_name, create) => {
    const from = await open(memory())
    await fillWorkspace(from, 'acme')
    const file = await exported(from)
    const content = await contentOf(from, 'acme')
    for (const newEpochs of [false, true]) {
      const to = await open(create())
      const [restore, renewEpoch] = [to.restore.bind(to), to.renewEpoch.bind(to)]
      let runs = 0
      for (let allowed = 1; ; allowed++) {
        // Fails at one more write each time.
        let left = allowed
        const fail = <T>(work: () => Promise<T>): Promise<T> =>
          left-- > 0 ? work() : Promise.reject(new Error('killed'))
        to.restore = (part) => fail(() => restore(part))
        to.renewEpoch = (key, epoch) => fail(() => renewEpoch(key, epoch))
        runs++
        const ended = await importWorkspace({ system, storage: to, file, newEpochs }).then(
          () => 'done',
          (error: Error) => error.message,
        )
        if (ended === 'done') break
        expect(ended).toBe('killed')
      }
      expect(runs).toBeGreaterThan(2)
      const stored = await contentOf(to, 'acme')
      const epochs = stored.map(({ head }) => head.epoch)
      if (newEpochs) {
        const old = new Set(content.map(({ head }) => head.epoch))
        expect(epochs.filter((epoch) => old.has(epoch))).toEqual([])
      } else expect(epochs).toEqual(content.map(({ head }) => head.epoch))
      const anyEpoch = (each: (typeof content)[number]) => ({
        ...each,
        head: { ...each.head, epoch: '' },
        snapshots: each.snapshots.map((one) => ({ ...one, epoch: '' })),
      })
      expect(stored.map(anyEpoch)).toEqual(content.map(anyEpoch))
      expect(await importWorkspace({ system, storage: to, file, newEpochs })).toMatchObject({ resumed: 7 })
    }
  })

  it('notices that something was written on top of what it had stored', async () => {
    const from = await open(memory())
    await fillWorkspace(from, 'acme')
    const file = await exported(from)
    const to = await open(memory())
    await importWorkspace({ system, storage: to, file })
    const head = await to.findStream({ workspace: 'acme', stream: 'note:short' })
    const ops = [put(replica(50), 1, 'new', 3)]
    await to.append([
      { workspace: 'acme', stream: 'note:short', epoch: head?.epoch ?? '', subject: 'x', ops },
    ])
    await expect(importWorkspace({ system, storage: to, file })).rejects.toMatchObject({
      code: 'stream/exists',
    })
  })
})
