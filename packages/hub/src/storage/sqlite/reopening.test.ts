import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { sqlite } from './sqlite.js'

it('opens the file with one thread at a time, whoever asks while an attempt fails', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'flowsync-reopening-'))
  const folder = join(parent, 'later')
  const driver = sqlite(join(folder, 'log.db'))
  const key = { workspace: 'default', stream: 'note:a' }
  let hasFailed = false
  const asked: Promise<unknown>[] = []
  while (!hasFailed) {
    asked.push(
      driver.findStream(key).catch(() => {
        hasFailed = true
      }),
    )
    await turn()
  }
  mkdirSync(folder)
  await Promise.all(asked)
  // A thread that was forgotten would hold the lock of the file for good.
  for (let attempt = 0; attempt < 3; attempt++) expect(await driver.findStream(key)).toBeUndefined()
  await driver.close()
  rmSync(parent, { recursive: true })
}, 20_000)
