import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, killThread, opAt, SqliteFiles } from '../../tests/sqlite-files.js'
import type { LogDriver, StreamHead } from '../driver.js'
import { sqlite } from './sqlite.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }

let files: SqliteFiles
beforeEach(() => {
  files = new SqliteFiles()
})
afterEach(() => files.remove())

/** Opens the file and tells what the opening said. */
async function reopen(name?: string): Promise<{ driver: LogDriver; head: StreamHead; wasRestored: boolean }> {
  const driver = files.driver(name)
  const { wasRestored } = await driver.open()
  return { driver, head: await driver.openStream(creation), wasRestored }
}

/** Appends ops with these counters to the stream. */
async function write(driver: LogDriver, from: number, to: number): Promise<void> {
  const head = await driver.openStream(creation)
  for (let counter = from; counter <= to; counter++) await append(driver, head, [opAt(counter)])
}

function backUp(): void {
  copyFileSync(files.path(), files.path('backup.db'))
}

/** Puts the copy back as one should: without what the hub left of the newer file's write-ahead log. */
function putBack(): void {
  for (const rest of ['log.db', 'log.db-wal', 'log.db-shm']) rmSync(files.path(rest), { force: true })
  copyFileSync(files.path('backup.db'), files.path())
}

describe('a file that is older than what was last written', { timeout: 30_000 }, () => {
  it('begins new epochs, in all streams', async () => {
    const first = await reopen()
    expect(first.wasRestored).toBe(false)
    await write(first.driver, 1, 3)
    const other = await first.driver.openStream({ ...creation, stream: 'doc:b' })
    await first.driver.close()
    backUp()
    const second = await reopen()
    expect(second).toMatchObject({ wasRestored: false, head: { epoch: first.head.epoch, headSeq: 3 } })
    await write(second.driver, 4, 6)
    await second.driver.close()
    putBack()

    const restored = await reopen()
    expect(restored).toMatchObject({ wasRestored: true, head: { headSeq: 3 } })
    expect(restored.head.epoch).toMatch(/^[0-9a-f]{16}$/)
    const otherNow = await restored.driver.findStream(other)
    expect(new Set([first.head.epoch, restored.head.epoch, other.epoch, otherNow?.epoch]).size).toBe(4)
    // The log grows past what clients have seen of the lost one: what they say they have is of another epoch.
    await write(restored.driver, 4, 9)
    expect(await append(restored.driver, first.head, [opAt(7)])).toMatchObject({
      error: { code: 'stream/epoch-changed', details: { epoch: restored.head.epoch } },
    })
    await restored.driver.close()
    expect(await reopen()).toMatchObject({ wasRestored: false, head: { ...restored.head, headSeq: 9 } })
  })

  it('is noticed when the copy was made while the hub ran, and the hub was killed soon after', async () => {
    const running = await reopen()
    await write(running.driver, 1, 2)
    for (const end of ['', '-wal']) copyFileSync(files.path(`log.db${end}`), files.path(`backup.db${end}`))
    await write(running.driver, 3, 3)
    await killThread(running.driver)
    putBack()
    copyFileSync(files.path('backup.db-wal'), files.path('log.db-wal'))
    expect(await reopen()).toMatchObject({ wasRestored: true, head: { headSeq: 2 } })
  })

  it('is noticed also when compaction had emptied the log before the copy was made', async () => {
    const running = await reopen()
    await write(running.driver, 1, 5)
    const { epoch } = running.head
    await running.driver.putSnapshot(creation, { epoch, seq: 5, state: Uint8Array.of(1) })
    expect(await running.driver.compact(creation, epoch, 5)).toMatchObject({ floorSeq: 5 })
    for (const end of ['', '-wal']) copyFileSync(files.path(`log.db${end}`), files.path(`backup.db${end}`))
    await write(running.driver, 6, 6)
    await killThread(running.driver)
    putBack()
    copyFileSync(files.path('backup.db-wal'), files.path('log.db-wal'))
    expect(await reopen()).toMatchObject({ wasRestored: true, head: { headSeq: 5, floorSeq: 5 } })
  })
})

describe('a file that is as new as it should be', { timeout: 30_000 }, () => {
  it('is not suspected after a crash, whenever that was', async () => {
    const first = await reopen()
    await write(first.driver, 1, 3)
    await killThread(first.driver)
    const second = await reopen()
    expect(second).toMatchObject({ wasRestored: false, head: { ...first.head, headSeq: 3 } })
    await second.driver.close()
    // The file has its new session, the witness cannot be told: as after a crash in between, twice.
    for (let crash = 0; crash < 2; crash++) {
      mkdirSync(files.path('log.db-witness-new'))
      const sessionsBefore = readFileSync(files.path()).toString('latin1')
      await expect(reopen()).rejects.toMatchObject({ code: 'storage/unavailable' })
      rmdirSync(files.path('log.db-witness-new'))
      expect(readFileSync(files.path()).toString('latin1')).not.toBe(sessionsBefore)
    }
    expect(await reopen()).toMatchObject({ wasRestored: false, head: { ...first.head, headSeq: 3 } })
  })

  it('is not suspected when the witness missed the last appends', async () => {
    const first = await reopen()
    const witness = readFileSync(files.path('log.db-witness'))
    await write(first.driver, 1, 3)
    await killThread(first.driver)
    expect(readFileSync(files.path('log.db-witness'))).not.toEqual(witness)
    writeFileSync(files.path('log.db-witness'), witness)
    expect(await reopen()).toMatchObject({ wasRestored: false, head: { ...first.head, headSeq: 3 } })
  })

  it.each([
    ['moved without its witness', []],
    ['moved with it', ['-witness']],
  ])('is not suspected when it was %s', async (_name, along) => {
    const first = await reopen()
    await write(first.driver, 1, 3)
    await first.driver.close()
    for (const end of ['', ...along]) copyFileSync(files.path(`log.db${end}`), files.path(`moved.db${end}`))
    expect(await reopen('moved.db')).toMatchObject({
      wasRestored: false,
      head: { ...first.head, headSeq: 3 },
    })
  })

  it.each(['', 'garbage', 'a'.repeat(32) + ' 00000000\n0000000000000099 00000000\n'])(
    'is not suspected by a witness that says %j',
    async (testimony) => {
      const first = await reopen()
      await write(first.driver, 1, 3)
      await first.driver.close()
      writeFileSync(files.path('log.db-witness'), testimony)
      expect(await reopen()).toMatchObject({ wasRestored: false, head: { ...first.head, headSeq: 3 } })
    },
  )

  it('needs no witness in memory', async () => {
    const driver = sqlite(':memory:')
    expect(await driver.open()).toEqual({ wasRestored: false })
    await driver.close()
    expect(existsSync(':memory:-witness')).toBe(false)
  })

  it('tells the witness of every append before it is acknowledged', async () => {
    const { driver } = await reopen()
    let said = readFileSync(files.path('log.db-witness'), 'latin1')
    for (let counter = 1; counter <= 3; counter++) {
      await write(driver, counter, counter)
      const now = readFileSync(files.path('log.db-witness'), 'latin1')
      expect(now > said, `${now} after ${said}`).toBe(true)
      said = now
    }
    expect(statSync(files.path('log.db-witness')).size).toBe(68)
  })
})
