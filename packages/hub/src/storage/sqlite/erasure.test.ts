import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { append, opAt, SqliteFiles } from '../../tests/sqlite-files.js'

let files: SqliteFiles

beforeEach(() => {
  files = new SqliteFiles()
})
afterEach(() => files.remove())

/** How often a text is in any of the files, whether anything refers to it or not. */
function countOf(secret: string): number {
  return readdirSync(files.folder)
    .map((name) => readFileSync(join(files.folder, name), 'latin1').split(secret).length - 1)
    .reduce((sum, count) => sum + count, 0)
}

it('what a truncated log held is in no free page of the file', async () => {
  const secret = 'what nobody may read any more'
  const driver = await files.open()
  const key = { workspace: 'acme', stream: 'doc:secret' }
  const head = await driver.openStream({ ...key, rule: 'text', ruleVersion: 1 })
  const body = new TextEncoder().encode(secret.repeat(40))
  for (let counter = 1; counter <= 200; counter++) await append(driver, head, [opAt(counter, 0, body)])
  const state = new TextEncoder().encode(secret.repeat(1_000))
  await driver.putSnapshot(key, { epoch: head.epoch, seq: 100, state })
  await driver.compact(key, head.epoch, 100)
  await driver.putSnapshot(key, { epoch: head.epoch, seq: 200, state: new Uint8Array(1) })
  expect(countOf(secret)).toBeGreaterThan(1_000)
  expect((await driver.truncate(key, head.epoch, 200))?.truncatedSeq).toBe(200)
  await driver.close()
  expect(countOf(secret)).toBe(0)
})
