import { openSync, writeSync } from 'node:fs'
import { sqlite } from '../../storage/sqlite/sqlite.js'
import { ACKS, bodyOf, powerAuthor, type Acknowledged } from './acknowledged.js'

// A process that appends to, compacts and truncates the streams of a log file, and notes what was acknowledged.

const [, , folder = '', commits = '0'] = process.argv
const STREAMS = ['doc:appended', 'doc:compacted', 'doc:truncated']

const acks = openSync(`${folder}/${ACKS}`, 'w')
const driver = sqlite(`${folder}/log.db`)
await driver.open()

async function begin(stream: string): Promise<{ epoch: string; headSeq: number; floorSeq: number }> {
  return driver.openStream({ workspace: 'acme', stream, rule: 'text', ruleVersion: 1 })
}

async function commit(stream: string, length: number): Promise<void> {
  const { epoch, headSeq } = await begin(stream)
  const [counter = 0] = await driver.countersOf({ workspace: 'acme', stream }, [powerAuthor])
  const ops = Array.from({ length }, (_, index) => {
    const own = counter + index + 1
    return { replica: powerAuthor, counter: own, count: 1, base: headSeq, extra: [], body: bodyOf(own) }
  })
  const [outcome] = await driver.append([{ workspace: 'acme', stream, epoch, subject: 'alice', ops }])
  if (outcome?.kind !== 'ok') throw new Error('the append was refused')
  const said: Acknowledged = { stream, firstCounter: counter + 1, seqs: outcome.seqs }
  writeSync(acks, JSON.stringify(said))
}

async function snapshot(stream: string): Promise<void> {
  const { epoch, headSeq } = await begin(stream)
  await driver.putSnapshot({ workspace: 'acme', stream }, { epoch, seq: headSeq, state: bodyOf(headSeq) })
  if (stream === 'doc:compacted') await driver.compact({ workspace: 'acme', stream }, epoch, headSeq - 3)
  else await driver.truncate({ workspace: 'acme', stream }, epoch, headSeq)
}

for (let count = 1; count <= Number(commits); count++) {
  await Promise.all(STREAMS.map((stream, index) => commit(stream, 1 + ((count + index) % 5))))
  if (count % 8 === 0) await snapshot('doc:compacted')
  if (count % 20 === 0) await snapshot('doc:truncated')
}
// The power goes: nothing is closed.
process.kill(process.pid, 'SIGKILL')
