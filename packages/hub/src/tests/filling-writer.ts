import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { isFlowSyncError } from '@flowsync/crdt'
import { sqlite } from '../storage/sqlite/sqlite.js'
import { append, opAt } from './sqlite-files.js'

// A process that appends to a log file as long as it can, once for each line it is sent, and says how far it came.

const driver = sqlite(process.argv[2] ?? '')
await driver.open()
const head = await driver.openStream({ workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 })
let counter = 1

for await (const line of createInterface({ input: stdin })) {
  const through = Number(line)
  let code = 'none'
  try {
    while (counter <= through) {
      await append(driver, head, [opAt(counter, 0, new Uint8Array(50_000).fill(counter))])
      counter++
    }
  } catch (error) {
    code = isFlowSyncError(error) ? error.code : String(error)
  }
  const stored = await driver.findStream(head)
  stdout.write(`${JSON.stringify({ code, counter, headSeq: stored?.headSeq })}\n`)
}
await driver.close()
