import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, author, killThread, opAt, SqliteFiles } from '../../tests/sqlite-files.js'
import type { LogDriver, StreamHead } from '../driver.js'
import { SEGMENT_OPS } from '../segment.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
const BODY = new Uint8Array(20_000).fill(7)

let files: SqliteFiles
beforeEach(() => {
  files = new SqliteFiles()
})
afterEach(() => files.remove())

/** Appends, with a snapshot at every op, until it is refused; then tells the code and the last counter stored. */
async function fill(
  driver: LogDriver,
  head: StreamHead,
  from: number,
): Promise<{ code: unknown; through: number }> {
  for (let counter = from; ; counter++) {
    try {
      await append(driver, head, [opAt(counter, 0, BODY)])
    } catch (error) {
      return { code: (error as { code?: unknown }).code, through: counter - 1 }
    }
    await driver.putSnapshot(head, { epoch: head.epoch, seq: counter, state: Uint8Array.of(counter) })
  }
}

describe('a file that is full', { timeout: 30_000 }, () => {
  it('takes ops again at once when compaction has made room', async () => {
    const driver = await files.open('log.db', { limitBytes: 400_000 })
    const head = await driver.openStream(creation)
    const full = await fill(driver, head, 1)
    expect(full).toMatchObject({ code: 'storage/full' })
    expect(full.through).toBeGreaterThan(5)
    expect(await driver.findStream(head)).toMatchObject({ headSeq: full.through })

    expect(await driver.compact(head, head.epoch, SEGMENT_OPS)).toMatchObject({ floorSeq: full.through })
    const again = await fill(driver, head, full.through + 1)
    expect(again.through).toBeGreaterThan(full.through + 5)
    const slice = await driver.read({ ...head, afterSeq: 0, limitBytes: 100_000_000 })
    expect(slice?.ops.map(({ counter }) => counter)).toEqual(
      Array.from({ length: again.through }, (_, index) => index + 1),
    )
    expect(slice?.ops.every(({ body }) => body.length === BODY.length && body[9] === 7)).toBe(true)
  })

  it('takes ops again at once when a log was truncated', async () => {
    const driver = await files.open('log.db', { limitBytes: 400_000 })
    const head = await driver.openStream(creation)
    const { code, through } = await fill(driver, head, 1)
    expect(code).toBe('storage/full')
    const truncated = await driver.truncate(head, head.epoch, through)
    expect(truncated).toMatchObject({ truncatedSeq: through })
    if (truncated)
      expect(await append(driver, truncated, [opAt(through + 1, through, BODY)])).toMatchObject({
        kind: 'ok',
      })
  })

  it('does not grow when a compacted log goes on: freed pages are used again', async () => {
    const driver = await files.open()
    const head = await driver.openStream(creation)
    const sizes: number[] = []
    for (let round = 0; round < 4; round++) {
      for (let count = 1; count <= 100; count++)
        await append(driver, head, [opAt(round * 100 + count, 0, BODY)])
      const seq = (round + 1) * 100
      await driver.putSnapshot(head, { epoch: head.epoch, seq, state: Uint8Array.of(round) })
      for (let floorSeq = -1, next = 0; next > floorSeq;) {
        floorSeq = next
        next = (await driver.compact(head, head.epoch, seq))?.floorSeq ?? 0
      }
      sizes.push(statSync(files.path()).size)
    }
    const [first = 0, , , last = 0] = sizes
    expect(last, sizes.join(', ')).toBeLessThan(first * 1.5)
  })
})

// A process that may write no file beyond a size, until it is allowed to: Linux changes that from outside.
describe.runIf(process.platform === 'linux')('a disk that refuses writes for a while', () => {
  it('is gone on with by the same driver, which has lost nothing', { timeout: 60_000 }, async () => {
    const limit = 6_000_000
    const argv = [
      '--conditions=@flowsync/source',
      '--import',
      new URL('../../../source-loader.mjs', import.meta.url).href,
      new URL('../../tests/filling-writer.ts', import.meta.url).pathname,
      files.path(),
    ]
    const child = spawn('prlimit', [`--fsize=${limit}:`, process.execPath, ...argv], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ask = async (through: number): Promise<{ code: string; counter: number; headSeq: number }> => {
      child.stdin.write(`${through}\n`)
      const { value } = (await lines.next()) as { value: string }
      return JSON.parse(value) as { code: string; counter: number; headSeq: number }
    }
    const refused = await ask(400)
    expect(['storage/unavailable', 'storage/full']).toContain(refused.code)
    expect(refused.counter).toBeGreaterThan(50)
    expect(refused.headSeq).toBe(refused.counter - 1)
    expect(await ask(400)).toEqual(refused)

    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:'])
    expect(await ask(400)).toEqual({ code: 'none', counter: 401, headSeq: 400 })
    child.stdin.end()
    expect(await exited).toEqual([0, null])
    const driver = await files.open()
    expect(await driver.countersOf(creation, [author])).toEqual([400])
  })
})

describe('a storage thread that dies', { timeout: 30_000 }, () => {
  it('is replaced: the driver goes on where the log ends', async () => {
    const driver = await files.open()
    const head = await driver.openStream(creation)
    for (let round = 0; round < 3; round++) {
      const appending = append(driver, head, [opAt(round + 1)]).then(
        ({ kind }) => kind,
        (error: unknown) => (error as { code?: unknown }).code,
      )
      await killThread(driver)
      expect(['ok', 'storage/unavailable']).toContain(await appending)
      expect(await append(driver, head, [opAt(round + 1)])).toMatchObject({ seqs: [round + 1] })
    }
    expect(await driver.findStream(head)).toEqual({ ...head, headSeq: 3 })
  })
})
