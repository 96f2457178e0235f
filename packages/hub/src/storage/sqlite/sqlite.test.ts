import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { logDriverCases } from '@flowsync/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { killThread } from '../../tests/sqlite-files.js'
import type { LogDriver } from '../driver.js'
import { sqlite } from './sqlite.js'

let folder: string
const opened: LogDriver[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-sqlite-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((driver) => driver.close()))
  await rm(folder, { recursive: true })
})

async function open(file: string, options?: Parameters<typeof sqlite>[1]): Promise<LogDriver> {
  const driver = sqlite(join(folder, file), options)
  opened.push(driver)
  await driver.open()
  return driver
}

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }

describe('sqlite driver', () => {
  const createStore = async () => ({
    driver: () => sqlite(join(folder, 'log.db')),
    abandon: killThread,
    dispose: async () => undefined,
  })
  for (const { name, check } of logDriverCases(createStore)) it(name, check, 60_000)

  it('syncs every commit to a write-ahead log', async () => {
    const driver = await open('log.db')
    await driver.openStream(creation)
    await driver.close()
    const db = new DatabaseSync(join(folder, 'log.db'))
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  })

  it.each([
    ['garbage', Buffer.alloc(20_000, 'not a database ')],
    ['a truncated header', Buffer.from('SQLite format 3\0rubbish follows here')],
  ])('refuses %s and leaves the file as it is', async (_name, bytes) => {
    const file = join(folder, 'log.db')
    await writeFile(file, bytes)
    await expect(open('log.db')).rejects.toMatchObject({
      code: 'storage/corrupt',
      message: expect.stringContaining('move it away'),
    })
    expect(await readFile(file)).toEqual(bytes)
  })

  it('says that the file is damaged when it meets damage later', async () => {
    const driver = await open('log.db')
    const { epoch } = await driver.openStream(creation)
    const ops = Array.from({ length: 3_000 }, (_, index) => ({
      replica: 'a'.repeat(32) as never,
      counter: index + 1,
      count: 1,
      base: 0,
      extra: [],
      body: new Uint8Array(200).fill(7),
    }))
    await driver.append([{ ...creation, epoch, subject: 'alice', ops }])
    await driver.close()
    const file = join(folder, 'log.db')
    const bytes = await readFile(file)
    bytes.fill(0xa5, 4096)
    await writeFile(file, bytes)
    const readAll = async () => {
      const damaged = await open('log.db')
      await damaged.read({ ...creation, afterSeq: 0, limitBytes: 10_000_000 })
    }
    await expect(readAll()).rejects.toMatchObject({ code: 'storage/corrupt' })
  })

  it('refuses the database of another program and of a newer version', async () => {
    const other = new DatabaseSync(join(folder, 'other.db'))
    other.exec('CREATE TABLE invoice (id INTEGER)')
    other.close()
    await expect(open('other.db')).rejects.toMatchObject({ code: 'config/invalid' })

    await (await open('log.db')).close()
    const newer = new DatabaseSync(join(folder, 'log.db'))
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    await expect(open('log.db')).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('another version'),
    })
  })

  it('tells a second hub on the same file that it is in use', async () => {
    const first = await open('log.db')
    await expect(open('log.db')).rejects.toMatchObject({
      code: 'storage/unavailable',
      message: expect.stringContaining('in use'),
    })
    expect(await first.openStream(creation)).toMatchObject({ headSeq: 0 })
  })

  it('tells that the folder does not exist', async () => {
    await expect(open('nowhere/log.db')).rejects.toMatchObject({ code: 'storage/unavailable' })
  })

  it('refuses with storage/full, keeps what it has, and goes on when there is room', async () => {
    const full = await open('log.db', { limitBytes: 200_000 })
    const { epoch } = await full.openStream(creation)
    const replica = 'a'.repeat(32) as never
    const batch = (counter: number) => ({
      ...creation,
      epoch,
      subject: 'alice',
      ops: [{ replica, counter, count: 1, base: 0, extra: [], body: new Uint8Array(20_000) }],
    })
    let stored = 0
    const fill = async () => {
      for (;;) {
        await full.append([batch(stored + 1)])
        stored++
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'storage/full', retryable: true })
    await expect(full.append([batch(stored + 1)])).rejects.toMatchObject({ code: 'storage/full' })
    expect(stored).toBeGreaterThan(2)
    expect((await full.findStream(creation))?.headSeq).toBe(stored)
    expect(await full.countersOf(creation, [replica])).toEqual([stored])
    await full.close()

    const roomy = await open('log.db', { limitBytes: 1_000_000 })
    expect(await roomy.append([batch(stored), batch(stored + 1)])).toMatchObject([
      { seqs: [stored] },
      { seqs: [stored + 1] },
    ])
    expect((await stat(join(folder, 'log.db'))).size).toBeLessThan(1_000_000)
  })
})
